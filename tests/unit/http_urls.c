/* The strict reader of URLs: what is taken apart, what is refused, and which links lead to our host. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "transport/url.h"

START_TEST(urls_are_taken_apart)
{
	static const struct {
		const char *text, *origin, *host, *path; /* ORIGIN NULL: refused */
	} cases[] = {
		{"https://a.example", "https://a.example", "a.example", ""},
		{"https://a.example/", "https://a.example", "a.example", "/"},
		{"HTTPS://a.example:8443/x?y=1#z", "HTTPS://a.example:8443", "a.example:8443", "/x?y=1"},
		{"https://a.example?y", "https://a.example", "a.example", "/?y"},
		{"https://[::1]:443/x", "https://[::1]:443", "[::1]:443", "/x"},
		{"https://[2001:db8::1]", "https://[2001:db8::1]", "[2001:db8::1]", ""},
		{"http://a/b c", "http://a", "a", "/b%20c"},
		{"https://a/\xc3\xa4<>\"", "https://a", "a", "/%C3%A4%3C%3E%22"},
		{"https://[::1", NULL},
		{"https://[::1]x", NULL},
		{"https://[x]", NULL},
		{"https://[]", NULL},
		{"https://a:", NULL},
		{"https://a:99999999", NULL},
		{"https://a:8o", NULL},
		{"https://user@a", NULL},
		{"https://a\\b", NULL},
		{"https://a/b\\c", NULL},
		{"https://a/b\r\nHost: c", NULL},
		{"https://a b/", NULL},
		{"https:///x", NULL},
		{"https:/a/x", NULL},
		{"ftp://a/x", NULL},
		{"//a/x", NULL},
		{"", NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct url url = {0};
		int r = url_parse(cases[i].text, &arena, &url);

		ck_assert_msg(r == (cases[i].origin ? 0 : -EINVAL), "%s", cases[i].text);
		ck_assert_pstr_eq(url.origin, cases[i].origin);
		ck_assert_pstr_eq(url.host, cases[i].host);
		ck_assert_pstr_eq(url.path, cases[i].path);
	}
	arena_done(&arena);
}
END_TEST

START_TEST(only_links_to_our_host_have_a_path)
{
	static const struct {
		const char *link, *origin, *path;
	} cases[] = {
		{"https://a.example/x", "https://a.example", "/x"},
		{"https://A.EXAMPLE:443/x", "https://a.example", "/x"},
		{"https://a.example/x", "https://a.example:443", "/x"},
		{"http://a.example:80/x", "http://a.example", "/x"},
		{"https://a.example", "https://a.example", "/"},
		{"/x?y", "https://a.example", "/x?y"},
		{"https://a.example:80/x", "https://a.example", NULL},
		{"http://a.example/x", "https://a.example", NULL},
		{"https://a.example.org/x", "https://a.example", NULL},
		{"https://a.exampl/x", "https://a.example", NULL},
		{"https://a.example@b/x", "https://a.example", NULL},
		{"//a.example/x", "https://a.example", NULL},
		{"/\\a.example/x", "https://a.example", NULL},
		{"https://a.example./x", "https://a.example", NULL},
		{"https://xa.example/x", "https://a.example", NULL},
		{"https://b.a.example/x", "https://a.example", NULL},
		{"https://a.example:4430/x", "https://a.example", NULL},
		{"https://a.example:0443/x", "https://a.example", NULL},
		{"https://a.example:@b/x", "https://a.example", NULL},
		{"https://a.example%2f@b/x", "https://a.example", NULL},
		{"https://a.example%00.b/x", "https://a.example", NULL},
		{"https://b\\@a.example/x", "https://a.example", NULL},
		{"https://\xef\xbd\x81.example/x", "https://a.example", NULL},
		{"https://a\xe3\x80\x82"
		 "example/x",
		 "https://a.example", NULL},
		{"https://[::ffff:127.0.0.1]/x", "https://127.0.0.1", NULL},
		{"https://[::1%25lo]/x", "https://[::1]", NULL},
		{"https://2130706433/x", "https://127.0.0.1", NULL},
		{"https://127.1/x", "https://127.0.0.1", NULL},
		{"https://a.example/x\r\nHost: b", "https://a.example", NULL},
		{"/x\r\nHost: b", "https://a.example", NULL},
		{"https:\\\\a.example\\x", "https://a.example", NULL},
		{"https:a.example/x", "https://a.example", NULL},
		{":443/x", "https://a.example", NULL},
		{"@b/x", "https://a.example", NULL},
		{".b/x", "https://a.example", NULL},
		{"https://a.example#@b/x", "https://a.example", "/"},
		{"/x?u=https://b/y", "https://a.example", "/x?u=https://b/y"},
		{"x", "https://a.example", NULL},
		{"", "https://a.example", NULL},
	};
	struct arena arena = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_pstr_eq(url_path_on_origin(cases[i].link, cases[i].origin, &arena), cases[i].path);
	arena_done(&arena);
}
END_TEST

START_TEST(a_link_without_end_is_refused)
{
	struct arena arena = {0};
	char *link = arena_alloc(&arena, 64 * 1024);

	for (size_t i = 0; i < 60 * 1024; i++)
		link[i] = i ? 'a' : '/';
	ck_assert_ptr_null(url_path_on_origin(link, "https://a.example", &arena));
	ck_assert_ptr_null(
		url_path_on_origin(arena_printf(&arena, "https://a.example%s", link), "https://a.example", &arena));
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_urls");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, urls_are_taken_apart);
	tcase_add_test(tcase, only_links_to_our_host_have_a_path);
	tcase_add_test(tcase, a_link_without_end_is_refused);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
