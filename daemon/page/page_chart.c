#include "page/page_chart.h"

#include "base/text.h"
#include "page/document.h"
#include "page/page_html.h"

enum {
	PAGE_CHART_SLOTS_MIN = 24, /* a few passes are bars, not walls */
	PAGE_CHART_SLOT = 10,      /* width of a pass; lengths are in units of the picture */
	PAGE_CHART_BAR = 7,
	PAGE_CHART_HEIGHT = 100,
};

static const struct {
	const char *result, *words, *symbol, *class;
} lanes[] = {
	{"in-sync", "in sync", "\u2713", "good"},
	{"drift", "drift left", "!", "warn"},
	{"blocked", "blocked", "\u2715", "bad"},
	{"failed", "failed", "\u2715\u2715", "bad"},
	{"interrupted", "interrupted", "\u2013", "unknown"},
};

static size_t lane_of(const cJSON *pass)
{
	for (size_t i = 0; i < ARRAY_SIZE(lanes); i++)
		if (text_equal(lanes[i].result, document_text(pass, "result")))
			return i;
	return ARRAY_SIZE(lanes) - 1;
}

static size_t count_in_lane(const cJSON *history, size_t lane)
{
	const cJSON *pass;
	size_t count = 0;

	cJSON_ArrayForEach (pass, history) {
		count += lane_of(pass) == lane;
	}
	return count;
}

static long long longest_ms(const cJSON *history)
{
	const cJSON *pass;
	long long longest = 1;

	cJSON_ArrayForEach (pass, history) {
		if (document_number(pass, "duration_ms") > longest)
			longest = document_number(pass, "duration_ms");
	}
	return longest;
}

/* ---- the picture ---- */

static void begin_picture(const cJSON *history, const char *class, int height, struct buffer *ret)
{
	int count = cJSON_GetArraySize(history);

	buffer_printf(ret,
		      "<svg class=\"%s\" viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\" "
		      "focusable=\"false\">",
		      class, (count < PAGE_CHART_SLOTS_MIN ? PAGE_CHART_SLOTS_MIN : count) * PAGE_CHART_SLOT, height);
}

static void add_bar(int number, int height, int room, const char *class, struct buffer *ret)
{
	buffer_printf(ret, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">", class,
		      number * PAGE_CHART_SLOT, room - height, PAGE_CHART_BAR, height);
}

static void add_bars(const cJSON *history, struct buffer *ret)
{
	long long longest = longest_ms(history);
	const cJSON *pass;
	int number = 0;

	begin_picture(history, "bars", PAGE_CHART_HEIGHT, ret);
	cJSON_ArrayForEach (pass, history) {
		int height = (int)(document_number(pass, "duration_ms") * PAGE_CHART_HEIGHT / longest);

		add_bar(number++, height < 2 ? 2 : height, PAGE_CHART_HEIGHT, lanes[lane_of(pass)].class, ret);
		html_format(ret, "<title>%s: %s, ", document_text(pass, "ended"), document_text(pass, "result"));
		html_duration(ret, document_number(pass, "duration_ms"));
		buffer_append_text(ret, "</title></rect>");
	}
	buffer_append_text(ret, "</svg>");
}

static void add_lane(const cJSON *history, size_t lane, struct buffer *ret)
{
	const cJSON *pass;
	int number = 0;

	begin_picture(history, "lane", PAGE_CHART_SLOT, ret);
	cJSON_ArrayForEach (pass, history) {
		if (lane_of(pass) == lane) {
			add_bar(number, PAGE_CHART_SLOT, PAGE_CHART_SLOT, lanes[lane].class, ret);
			buffer_append_text(ret, "</rect>");
		}
		number++;
	}
	buffer_append_text(ret, "</svg>");
}

static void add_picture(const cJSON *history, struct buffer *ret)
{
	buffer_append_text(ret, "<div class=\"chart\" aria-hidden=\"true\"><span class=\"quiet\">longest ");
	html_duration(ret, longest_ms(history));
	buffer_append_text(ret, "</span>");
	add_bars(history, ret);
	for (size_t lane = 0; lane < ARRAY_SIZE(lanes); lane++) {
		size_t count = count_in_lane(history, lane);

		if (!count)
			continue;
		buffer_printf(ret, "<span class=\"mark %s\">%s\u00a0%s %zu</span>", lanes[lane].class,
			      lanes[lane].symbol, lanes[lane].words, count);
		add_lane(history, lane, ret);
	}
	buffer_append_text(ret, "</div>");
}

/* ---- the words ---- */

static void add_sentence(const cJSON *history, struct buffer *ret)
{
	const char *separator = ": ";

	if (cJSON_GetArraySize(history) == 1)
		buffer_append_text(ret, "One pass, from ");
	else
		buffer_printf(ret, "The last %d passes, from ", cJSON_GetArraySize(history));
	html_time(ret, document_text(cJSON_GetArrayItem(history, 0), "started"));
	buffer_append_text(ret, " to ");
	html_time(ret, document_text(cJSON_GetArrayItem(history, cJSON_GetArraySize(history) - 1), "ended"));
	buffer_append_text(ret, " UTC");
	for (size_t lane = 0; lane < ARRAY_SIZE(lanes); lane++) {
		size_t count = count_in_lane(history, lane);

		if (!count)
			continue;
		buffer_printf(ret, "%s%zu %s", separator, count, lanes[lane].words);
		separator = ", ";
	}
	buffer_append_text(ret, "; the longest took ");
	html_duration(ret, longest_ms(history));
	buffer_append_text(ret, ".");
}

static void add_row(const cJSON *pass, struct buffer *ret)
{
	size_t lane = lane_of(pass);

	buffer_append_text(ret, "<tr><th scope=\"row\">");
	html_time(ret, document_text(pass, "ended"));
	html_format(ret,
		    "</th><td><span class=\"mark %s\"><span aria-hidden=\"true\">%s\u00a0</span>%s</span></td><td>",
		    lanes[lane].class, lanes[lane].symbol, lanes[lane].words);
	html_duration(ret, document_number(pass, "duration_ms"));
	buffer_printf(ret, "</td><td>%lld</td><td>%lld</td></tr>", document_number(pass, "writes"),
		      document_number(pass, "blocked"));
}

static void add_table(const cJSON *history, const char *tenant, struct buffer *ret)
{
	html_format(ret,
		    "<details class=\"twin\"><summary>The same as a table</summary><table "
		    "class=\"passes\"><caption>Passes over %s, "
		    "newest first</caption><thead><tr><th scope=\"col\">Ended (UTC)</th><th "
		    "scope=\"col\">Result</th><th scope=\"col\">Took</th><th scope=\"col\">Writes</th><th "
		    "scope=\"col\">Blocked</th></tr></thead><tbody>",
		    tenant);
	for (int i = cJSON_GetArraySize(history) - 1; i >= 0; i--)
		add_row(cJSON_GetArrayItem(history, i), ret);
	buffer_append_text(ret, "</tbody></table></details>");
}

void page_chart(const cJSON *tenant, const char *id, struct buffer *ret)
{
	const cJSON *history = document_get(tenant, "history");

	html_format(ret, "<h3 id=\"%s\">%s</h3>", id, document_text(tenant, "name"));
	if (!cJSON_GetArraySize(history)) {
		buffer_append_text(ret, "<p>No pass has ended yet.</p>");
		return;
	}
	html_format(ret, "<figure aria-labelledby=\"%s\">", id);
	add_picture(history, ret);
	buffer_append_text(ret, "<figcaption>");
	add_sentence(history, ret);
	buffer_append_text(ret, "</figcaption></figure>");
	add_table(history, document_text(tenant, "name"), ret);
}
