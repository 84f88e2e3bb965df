/* Writing HTML: whatever comes from outside is text, and times are said as people say them. */
#include <check.h>
#include <stdlib.h>

#include "base/attributes.h"
#include "page/page_html.h"

static struct buffer html;

static void begin(void)
{
	buffer_init(&html, 1 << 16);
}

static void end(void)
{
	buffer_done(&html);
}

#define REPLACED "\xef\xbf\xbd"

static const struct {
	const char *text, *html;
} texts[] = {
	{"", ""},
	{"plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80", "plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"},
	{"<a href=\"x\" title='y'>&amp;", "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;"},
	{"tab\tline\n", "tab\tline\n"},
	{"\x01\x1b\x7f", REPLACED REPLACED REPLACED},
	{"\xc2\x85", REPLACED}, /* a control character in two bytes */
	{"\xe2\x80\xae"
	 "fdp.exe",
	 REPLACED "fdp.exe"},                                      /* right to left from here */
	{"\xff\xc0\xaf", REPLACED REPLACED REPLACED},              /* never in UTF-8; too long a form of / */
	{"\xe0\x80\xbc", REPLACED REPLACED REPLACED},              /* too long a form of < */
	{"\xed\xa0\x80", REPLACED REPLACED REPLACED},              /* half a pair */
	{"\xf4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED}, /* beyond the last character */
	{"\xef\xbf\xbe", REPLACED},                                /* no character */
	{"cut \xe2\x82", "cut " REPLACED REPLACED},
	{"cut \xf0<", "cut " REPLACED "&lt;"},
};

START_TEST(text_is_text)
{
	html_text(&html, texts[_i].text);
	ck_assert_str_eq(html.data, texts[_i].html);
}
END_TEST

START_TEST(prose_has_code_and_lines)
{
	html_prose(&html, "run `scepmand <grants>`\nor ` not");
	ck_assert_str_eq(html.data, "run <code>scepmand &lt;grants&gt;</code><br/>or ` not");
}
END_TEST

START_TEST(arguments_are_escaped_and_the_format_is_not)
{
	html_format(&html, "<p title=\"%s\">%s</p>", "\"", "<b>%s</b>");
	ck_assert_str_eq(html.data, "<p title=\"&quot;\">&lt;b&gt;%s&lt;/b&gt;</p>");
}
END_TEST

static const char now[] = "2026-03-04T03:12:45.000Z";
static const struct {
	const char *time, *ago;
} times[] = {
	{"2026-03-04T03:12:45.999Z", "0 seconds ago"},
	{"2026-03-04T03:12:44.000Z", "1 second ago"},
	{"2026-03-04T03:10:46.000Z", "119 seconds ago"},
	{"2026-03-04T03:10:45.000Z", "2 minutes ago"},
	{"2026-03-04T01:12:46.000Z", "119 minutes ago"},
	{"2026-03-04T01:12:45.000Z", "2 hours ago"},
	{"2026-02-27T03:12:45.000Z", "5 days ago"},
	{"2026-03-04T03:23:45.000Z", "in 11 minutes"},
	{"", ""},
	{"soon", ""},
};

START_TEST(ages_are_said)
{
	html_ago(&html, times[_i].time, now);
	ck_assert_str_eq(html.data, times[_i].ago);
}
END_TEST

START_TEST(times_are_marked)
{
	html_time(&html, now);
	ck_assert_str_eq(html.data, "<time datetime=\"2026-03-04T03:12:45.000Z\"><span>2026-03-04</span> "
				    "<span>03:12:45</span></time>");
	buffer_reset(&html);
	html_time(&html, "");
	ck_assert_str_eq(html.data, "never");
	buffer_reset(&html);
	html_time(&html, "1-1-1T1:1:1"); /* shorter than what is cut out of it */
	ck_assert_str_eq(html.data, "never");
}
END_TEST

static const struct {
	long long ms;
	const char *html;
} durations[] = {{0, "0 ms"},     {999, "999 ms"},      {1000, "1.0 s"},
		 {4210, "4.2 s"}, {60000, "1 min 0 s"}, {734567, "12 min 14 s"}};

START_TEST(durations_are_said)
{
	html_duration(&html, durations[_i].ms);
	ck_assert_str_eq(html.data, durations[_i].html);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("page_html");
	TCase *tests = tcase_create("html");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, text_is_text, 0, ARRAY_SIZE(texts));
	tcase_add_test(tests, prose_has_code_and_lines);
	tcase_add_test(tests, arguments_are_escaped_and_the_format_is_not);
	tcase_add_loop_test(tests, ages_are_said, 0, ARRAY_SIZE(times));
	tcase_add_test(tests, times_are_marked);
	tcase_add_loop_test(tests, durations_are_said, 0, ARRAY_SIZE(durations));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
