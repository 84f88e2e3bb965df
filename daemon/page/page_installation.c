#include "page/page_installation.h"

#include <stdio.h>

#include "base/text.h"
#include "page/document.h"
#include "page/page_condition.h"
#include "page/page_html.h"
#include "page/page_state.h"

enum { PAGE_OPEN_MAX = 12 }; /* longer lists are folded */

static size_t page_count_actions(const cJSON *instance, bool is_applied)
{
	const cJSON *action;
	size_t count = 0;

	cJSON_ArrayForEach (action, document_get(instance, "actions")) {
		count += document_is_true(action, "applied") == is_applied;
	}
	return count;
}

/* ---- changes ---- */

static void page_what(const cJSON *json, struct buffer *ret)
{
	html_format(ret, "%s <b>%s</b>", document_text(json, "kind"), document_text(json, "target"));
	if (*document_text(json, "slot"))
		html_format(ret, " (slot %s)", document_text(json, "slot"));
}

static void page_value(const cJSON *action, const char *name, struct buffer *ret)
{
	if (cJSON_IsString(document_get(action, name)))
		html_format(ret, "<code>%s</code>", document_text(action, name));
	else
		buffer_append_text(ret, "nothing");
}

static void page_action(const cJSON *action, struct buffer *ret)
{
	html_format(ret, "<tr><th scope=\"row\">%s ", document_text(action, "action"));
	page_what(action, ret);
	buffer_append_text(ret, "</th><td>");
	if (*document_text(action, "key"))
		html_format(ret, "<b>%s</b>: ", document_text(action, "key"));
	if (*document_text(action, "before") || *document_text(action, "after")) {
		page_value(action, "before", ret);
		buffer_append_text(ret,
				   " <span aria-hidden=\"true\">\u2192</span><span class=\"unseen\">becomes</span> ");
		page_value(action, "after", ret);
	}
	if (*document_text(action, "reason"))
		html_format(ret, " <span class=\"quiet\">%s</span>", document_text(action, "reason"));
	if (cJSON_GetArraySize(document_get(action, "restarts")))
		buffer_append_text(ret, " <span class=\"quiet\">(restarts the site)</span>");
	buffer_append_text(ret, "</td></tr>");
}

static void page_actions(const cJSON *instance, bool is_applied, const char *title, struct buffer *ret)
{
	size_t count = page_count_actions(instance, is_applied);
	const cJSON *action;

	if (!count)
		return;
	buffer_printf(ret, "<details%s><summary>%s: %zu change%s</summary><table><caption class=\"unseen\">%s in ",
		      count <= PAGE_OPEN_MAX && !is_applied ? " open=\"open\"" : "", title, count,
		      count == 1 ? "" : "s", title);
	html_format(ret,
		    "%s</caption><thead><tr><th scope=\"col\">What</th><th scope=\"col\">From and to</th></tr></thead>"
		    "<tbody>",
		    document_text(instance, "name"));
	cJSON_ArrayForEach (action, document_get(instance, "actions")) {
		if (document_is_true(action, "applied") == is_applied)
			page_action(action, ret);
	}
	buffer_append_text(ret, "</tbody></table></details>");
}

/* ---- what an administrator is to grant ---- */

static void page_withheld(const cJSON *instance, struct buffer *ret)
{
	const cJSON *list = document_get(instance, "withheld"), *item;
	int count = cJSON_GetArraySize(list);

	if (!count)
		return;
	buffer_printf(
		ret,
		"<details%s><summary>For an administrator: %d grant%s withheld</summary><p>The configuration leaves "
		"these to you. <code>scepmand grants</code> prints the same commands.</p><ul>",
		count <= PAGE_OPEN_MAX ? " open=\"open\"" : "", count, count == 1 ? "" : "s");
	cJSON_ArrayForEach (item, list) {
		buffer_append_text(ret, "<li>");
		page_what(item, ret);
		if (*document_text(item, "command"))
			html_format(ret, "<pre><code>%s</code></pre>", document_text(item, "command"));
		else
			buffer_append_text(
				ret, " <span class=\"quiet\">its command follows once what it names exists</span>");
		buffer_append_text(ret, "</li>");
	}
	buffer_append_text(ret, "</ul></details>");
}

/* ---- the whole ---- */

static void page_since(const cJSON *instance, const char *now, struct buffer *ret)
{
	enum page_state state = page_state_of(instance);
	const char *since = page_state_since(instance);

	switch (state) {
	case PAGE_BLOCKED:
		buffer_append_text(ret, "<p>Blocked since ");
		break;
	case PAGE_PENDING:
		buffer_append_text(ret, "<p>Not complete since ");
		break;
	case PAGE_UNKNOWN:
		buffer_append_text(ret, "<p>No pass has ended yet; its state is not known.</p>");
		return;
	case PAGE_COMPLETE:
	case PAGE_STATES:
		buffer_append_text(ret, "<p>Complete since ");
		break;
	}
	html_time(ret, since);
	buffer_append_text(ret, " UTC (");
	html_age(ret, since, now);
	buffer_append_text(ret, ").");
	if (state == PAGE_BLOCKED && document_is_true(instance, "in_sync"))
		buffer_append_text(ret, " All that could be looked at is as desired.");
	buffer_append_text(ret, "</p>");
}

static void page_last_write(const cJSON *instance, struct buffer *ret)
{
	const cJSON *write = document_get(instance, "last_write");
	const char *result = document_text(write, "result");

	if (!cJSON_IsObject(write))
		return;
	buffer_append_text(ret, "<p class=\"quiet\">Last written: ");
	html_time(ret, document_text(write, "time"));
	buffer_append_text(ret, " UTC, ");
	page_what(write, ret);
	html_format(ret, ": %s</p>", text_equal(result, "ok") ? "done" : result);
}

void page_installation(const cJSON *instance, const char *id, const char *now, struct buffer *ret)
{
	enum page_state state = page_state_of(instance);

	html_format(ret, "<article class=\"card %s\" id=\"%s\" aria-labelledby=\"%s-name\"><h3 id=\"%s-name\">",
		    page_state_class(state), id, id, id);
	html_format(ret, "%s <span class=\"badge\"><span aria-hidden=\"true\">%s\u00a0</span>%s</span></h3>",
		    document_text(instance, "name"), page_state_symbol(state), page_state_word(state));
	page_since(instance, now, ret);
	page_conditions(instance, ret);
	page_actions(instance, false, "Pending", ret);
	page_withheld(instance, ret);
	page_last_write(instance, ret);
	page_actions(instance, true, "Written in the last pass", ret);
	buffer_append_text(ret, "</article>\n");
}
