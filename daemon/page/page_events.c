#include "page/page_events.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "page/document.h"
#include "page/page_html.h"

enum {
	PAGE_EVENTS_OPEN = 15,   /* the others are folded */
	PAGE_EVENTS_SHOWN = 300, /* of all tenants together */
};

struct page_event {
	const cJSON *event;
	const char *tenant;
	size_t number; /* keeps the order of those of one instant */
};

/* ---- one ---- */

static const struct {
	const char *event, *symbol, *words, *class;
} names[] = {
	{"drift-found", "!", "drift found", "warn"},
	{"drift-healed", "\u2713", "healed", "good"},
	{"blocked", "\u2715", "blocked", "bad"},
	{"unblocked", "\u2713", "no longer blocked", "good"},
};

static void page_event_name(const char *event, struct buffer *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!text_equal(names[i].event, event))
			continue;
		html_format(ret, "<span class=\"mark %s\"><span aria-hidden=\"true\">%s\u00a0</span>%s</span>",
			    names[i].class, names[i].symbol, names[i].words);
		return;
	}
	html_text(ret, event);
}

static void page_event(const struct page_event *item, struct buffer *ret)
{
	const cJSON *event = item->event;
	const char *keys = document_text(event, "keys"), *reason = document_text(event, "reason");

	buffer_append_text(ret, "<tr><th scope=\"row\">");
	html_time(ret, document_text(event, "time"));
	buffer_append_text(ret, "</th><td>");
	page_event_name(document_text(event, "event"), ret);
	html_format(ret, "</td><td><b>%s</b> <span class=\"quiet\">in %s</span><br/>", document_text(event, "instance"),
		    item->tenant);
	html_format(ret, "%s %s", document_text(event, "kind"), document_text(event, "target"));
	if (*document_text(event, "slot"))
		html_format(ret, " (slot %s)", document_text(event, "slot"));
	if (*keys)
		html_format(ret, ": <code>%s</code>", keys);
	if (*reason)
		html_format(ret, " <b>%s</b>", reason);
	if (*document_text(event, "message"))
		html_format(ret, " <span class=\"quiet\">%s</span>", document_text(event, "message"));
	buffer_append_text(ret, "</td></tr>");
}

/* ---- all ---- */

static int page_compare_events(const void *a, const void *b)
{
	const struct page_event *x = a, *y = b;
	int order = strcmp(document_text(y->event, "time"), document_text(x->event, "time"));

	return order ? order : (x->number < y->number) - (x->number > y->number);
}

/* To be freed; sorted, the newest first. */
static struct page_event *page_collect_events(const cJSON *status, size_t *ret_count)
{
	const cJSON *tenant, *event;
	struct page_event *events;
	size_t count = 0;

	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		count += (size_t)cJSON_GetArraySize(document_get(tenant, "events"));
	}
	events = memory_new((count + 1) * sizeof(*events));
	count = 0;
	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		cJSON_ArrayForEach (event, document_get(tenant, "events")) {
			events[count] = (struct page_event){event, document_text(tenant, "name"), count};
			count++;
		}
	}
	qsort(events, count, sizeof(*events), page_compare_events);
	*ret_count = count;
	return events;
}

static void page_event_table(const struct page_event *events, size_t count, const char *caption, struct buffer *ret)
{
	if (!count)
		return;
	html_format(ret,
		    "<table class=\"events\"><caption>%s</caption><thead><tr><th scope=\"col\">Time (UTC)</th><th "
		    "scope=\"col\">Event</th><th scope=\"col\">Where and what</th></tr></thead><tbody>",
		    caption);
	for (size_t i = 0; i < count; i++)
		page_event(&events[i], ret);
	buffer_append_text(ret, "</tbody></table>");
}

void page_events(const cJSON *status, struct buffer *ret)
{
	size_t count, open;
	struct page_event *events = page_collect_events(status, &count);

	buffer_append_text(ret, "<section aria-labelledby=\"history\"><h2 id=\"history\">What drifted, and what was "
				"healed</h2>");
	if (!count)
		buffer_append_text(ret,
				   "<p>Nothing has happened yet: no drift was found, and nothing was blocked.</p>");
	if (count > PAGE_EVENTS_SHOWN)
		count = PAGE_EVENTS_SHOWN;
	open = count < PAGE_EVENTS_OPEN ? count : PAGE_EVENTS_OPEN;
	page_event_table(events, open, "The last events, newest first", ret);
	if (count > open) {
		buffer_printf(ret, "<details><summary>%zu earlier event%s</summary>", count - open,
			      count - open == 1 ? "" : "s");
		page_event_table(events + open, count - open, "Earlier events, newest first", ret);
		buffer_append_text(ret, "</details>");
	}
	buffer_append_text(ret, "</section>\n");
	free(events);
}
