#include "page/page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "page/document.h"
#include "page/page_chart.h"
#include "page/page_events.h"
#include "page/page_html.h"
#include "page/page_installation.h"
#include "page/page_state.h"
#include "page/page_style.h"

enum {
	PAGE_ID_SIZE = 48,
	PAGE_OVERVIEW_MAX = 12,
};

static const char *page_now(const cJSON *status)
{
	return document_text(document_get(status, "daemon"), "now");
}

static void page_id(char ret[PAGE_ID_SIZE], size_t tenant, size_t instance)
{
	snprintf(ret, PAGE_ID_SIZE, "t%zu-i%zu", tenant, instance);
}

/* No pass completed in time, although it is not the first that is awaited. */
static bool page_is_stale(const cJSON *status)
{
	const struct page_counts counts = page_count(status);

	return !document_is_true(status, "ready") && counts.of[PAGE_COMPLETE] + counts.of[PAGE_PENDING] > 0;
}

/* The state that the whole page stands for. What is old news is not well. */
static enum page_state page_shown(const cJSON *status, const struct page_counts *counts)
{
	enum page_state worst = page_state_worst(counts);

	return worst == PAGE_COMPLETE && page_is_stale(status) ? PAGE_PENDING : worst;
}

static void page_say_headline(const cJSON *status, const struct page_counts *counts, struct buffer *ret)
{
	page_headline(counts, ret);
	if (page_shown(status, counts) != page_state_worst(counts))
		buffer_append_text(ret, " as of the last check");
}

/* ---- the head ---- */

static void page_head(const cJSON *status, struct buffer *ret)
{
	const struct page_counts counts = page_count(status);
	enum page_state worst = page_shown(status, &counts);
	/* The tab shows the state, too; by its letter, as colours may not be told apart. */
	static const char *const icons[PAGE_STATES] = {
		[PAGE_BLOCKED] = "%23b3261e'/%3E%3Cpath d='M5 5l6 6m0-6l-6 6",
		[PAGE_PENDING] = "%238a5300'/%3E%3Cpath d='M8 3v6m0 2v2",
		[PAGE_UNKNOWN] = "%235b6470'/%3E%3Cpath d='M4 8h1m2.500h1m2.500h1",
		[PAGE_COMPLETE] = "%231a6b33'/%3E%3Cpath d='M4 8l3 3 5-6",
	};

	buffer_append_text(ret, "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head>"
				"<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, "
				"initial-scale=1\"/><meta name=\"color-scheme\" content=\"light dark\"/><title>");
	buffer_printf(ret, "%s ", page_state_symbol(worst));
	page_say_headline(status, &counts, ret);
	buffer_printf(ret,
		      " \u2013 scepmand</title><link rel=\"icon\" href=\"data:image/svg+xml,%%3Csvg "
		      "xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%%3E%%3Ccircle cx='8' cy='8' r='8' "
		      "fill='%s' fill='none' stroke='white' stroke-width='2'/%%3E%%3C/svg%%3E\"/>",
		      icons[worst]);
	html_format(ret, "<style>%s</style></head>\n", page_style);
}

static void page_top(const cJSON *status, struct buffer *ret)
{
	buffer_append_text(ret, "<body><a class=\"skip\" href=\"#main\">Skip to the state</a><header><p>"
				"<strong>scepmand</strong> <span class=\"quiet\">as of ");
	html_time(ret, page_now(status));
	buffer_append_text(ret, " UTC</span></p><nav aria-label=\"This daemon\"><a href=\"./\">Refresh</a> <a "
				"href=\"status\">JSON</a> <a href=\"metrics\">Metrics</a></nav></header>\n");
}

/* ---- the headline ---- */

/* Of all tenants: the longest ago that one was looked at, and when the next one is. */
static void page_checked(const cJSON *status, struct buffer *ret)
{
	const char *oldest = NULL, *next = NULL;
	const cJSON *tenant;
	size_t running = 0;

	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		const char *ended = document_text(document_get(tenant, "last_pass"), "ended");
		const char *due = document_text(tenant, "next_pass");

		running += text_equal(document_text(tenant, "state"), "running");
		if (!oldest || strcmp(ended, oldest) < 0)
			oldest = ended;
		if (*due && (!next || strcmp(due, next) < 0))
			next = due;
	}
	buffer_append_text(ret, "<p>");
	if (oldest && *oldest) {
		buffer_append_text(ret, cJSON_GetArraySize(document_get(status, "tenants")) > 1
						? "Every tenant was checked since "
						: "Last checked ");
		html_time(ret, oldest);
		buffer_append_text(ret, " UTC (");
		html_ago(ret, oldest, page_now(status));
		buffer_append_text(ret, "). ");
	} else {
		buffer_append_text(ret, "The first check is not over yet. ");
	}
	if (running) {
		buffer_append_text(ret, "A check is running now.");
	} else if (next) {
		buffer_append_text(ret, "Next check ");
		html_ago(ret, next, page_now(status));
		buffer_append_text(ret, ".");
	}
	buffer_append_text(ret, "</p>");
}

static void page_summary(const cJSON *status, struct buffer *ret)
{
	const struct page_counts counts = page_count(status);
	enum page_state worst = page_shown(status, &counts);

	html_format(ret, "<section class=\"summary %s\" aria-labelledby=\"headline\"><h1 id=\"headline\">",
		    page_state_class(worst));
	buffer_printf(ret, "<span aria-hidden=\"true\">%s\u00a0</span>", page_state_symbol(worst));
	page_say_headline(status, &counts, ret);
	buffer_append_text(ret, "</h1>");
	if (page_is_stale(status))
		buffer_append_text(ret,
				   "<p><strong>This may be out of date:</strong> not every tenant was checked within "
				   "three intervals. See the tenants below, and the daemon's log.</p>");
	page_checked(status, ret);
	buffer_append_text(ret, "</section>\n");
}

static void page_reload(const cJSON *status, struct buffer *ret)
{
	const cJSON *daemon = document_get(status, "daemon"), *reload = document_get(daemon, "last_reload");

	if (!cJSON_IsObject(reload) || document_is_true(reload, "accepted"))
		return;
	buffer_append_text(ret, "<section class=\"summary warn\" aria-labelledby=\"refused\"><h2 id=\"refused\"><span "
				"aria-hidden=\"true\">!\u00a0</span>A changed configuration was refused</h2><p>At ");
	html_time(ret, document_text(reload, "time"));
	html_format(ret,
		    " UTC; the one before it (generation <code>%s</code>) stays in force. Mend the file: it is read "
		    "again as soon as it changes.</p><pre><code>%s</code></pre><p>To check it before:</p><pre><code>"
		    "scepmand validate -c %s</code></pre></section>\n",
		    document_text(daemon, "generation"), document_text(reload, "problem"),
		    document_text(daemon, "config_file"));
}

static void page_state_directory(const cJSON *status, struct buffer *ret)
{
	const char *problem = document_text(document_get(status, "daemon"), "state_problem");

	if (*problem)
		html_format(ret,
			    "<section class=\"summary bad\" aria-labelledby=\"no-state\"><h2 id=\"no-state\"><span "
			    "aria-hidden=\"true\">\u2715\u00a0</span>Nothing can be written</h2><p>%s</p></section>\n",
			    problem);
}

/* ---- the installations ---- */

static void page_overview_row(const cJSON *tenant, const cJSON *instance, const char *id, struct buffer *ret)
{
	enum page_state state = page_state_of(instance);

	html_format(ret, "<tr><th scope=\"row\"><a href=\"#%s\">%s</a><br/><span class=\"quiet\">%s</span></th>", id,
		    document_text(instance, "name"), document_text(tenant, "name"));
	html_format(ret, "<td><span class=\"mark %s\"><span aria-hidden=\"true\">%s\u00a0</span>%s</span></td><td>",
		    page_state_class(state), page_state_symbol(state), page_state_word(state));
	if (*page_state_since(instance))
		html_time(ret, page_state_since(instance));
	buffer_append_text(ret, "</td></tr>");
}

/* The installations in the states from FIRST to LAST. */
static void page_overview_table(const cJSON *status, enum page_state first, enum page_state last, const char *caption,
				struct buffer *ret)
{
	html_format(ret,
		    "<table class=\"overview\"><caption>%s</caption><thead><tr><th scope=\"col\">Installation</th><th "
		    "scope=\"col\">State</th><th scope=\"col\">Since (UTC)</th></tr></thead><tbody>",
		    caption);
	for (enum page_state state = first; state <= last; state++) {
		const cJSON *tenant, *instance;
		size_t t = 0;

		cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
			size_t i = 0;

			cJSON_ArrayForEach (instance, document_get(tenant, "instances")) {
				char id[PAGE_ID_SIZE];

				page_id(id, t, i++);
				if (page_state_of(instance) == state)
					page_overview_row(tenant, instance, id, ret);
			}
			t++;
		}
	}
	buffer_append_text(ret, "</tbody></table>");
}

/* Of many, those that are well are folded: what is to be done fits a screen. */
static void page_overview(const cJSON *status, struct buffer *ret)
{
	const struct page_counts counts = page_count(status);
	size_t complete = counts.of[PAGE_COMPLETE];

	buffer_append_text(ret, "<section aria-labelledby=\"overview\"><h2 id=\"overview\">Installations</h2>");
	if (counts.all <= PAGE_OVERVIEW_MAX) {
		page_overview_table(status, PAGE_BLOCKED, PAGE_COMPLETE, "All installations, those in trouble first",
				    ret);
	} else {
		if (complete < counts.all)
			page_overview_table(status, PAGE_BLOCKED, PAGE_UNKNOWN, "Installations that are not complete",
					    ret);
		if (complete) {
			buffer_printf(ret, "<details><summary>%zu complete</summary>", complete);
			page_overview_table(status, PAGE_COMPLETE, PAGE_COMPLETE, "Installations that are complete",
					    ret);
			buffer_append_text(ret, "</details>");
		}
	}
	buffer_append_text(ret, "</section>\n");
}

static void page_tenant_passes(const cJSON *tenant, const char *now, struct buffer *ret)
{
	const cJSON *last = document_get(tenant, "last_pass");
	long long failures = document_number(tenant, "consecutive_failures");

	html_format(ret, "<p class=\"quiet\">Tenant <code>%s</code>%s. ", document_text(tenant, "tenant_id"),
		    text_equal(document_text(tenant, "mode"), "plan")
			    ? ", observed only (mode: plan): nothing is written"
			    : "");
	if (cJSON_IsObject(last)) {
		html_format(ret, "Last pass: %s, ", document_text(last, "result"));
		html_time(ret, document_text(last, "ended"));
		buffer_append_text(ret, " UTC, took ");
		html_duration(ret, document_number(last, "duration_ms"));
		buffer_append_text(ret, ". ");
	}
	if (text_equal(document_text(tenant, "state"), "running")) {
		buffer_append_text(ret, "A pass is running.");
	} else {
		buffer_append_text(ret, "Next pass ");
		html_ago(ret, document_text(tenant, "next_pass"), now);
		buffer_append_text(ret, ".");
	}
	buffer_append_text(ret, "</p>");
	if (failures)
		buffer_printf(
			ret,
			"<p class=\"mark bad\"><span aria-hidden=\"true\">\u2715\u00a0</span>Nothing could be learned "
			"of this "
			"tenant in the last %lld pass%s; the daemon goes on trying, less often each time.</p>",
			failures, failures == 1 ? "" : "es");
	if (*document_text(tenant, "problem"))
		html_format(ret, "<p class=\"mark warn\"><span aria-hidden=\"true\">!\u00a0</span>%s</p>",
			    document_text(tenant, "problem"));
}

static void page_tenant(const cJSON *tenant, size_t number, const char *now, struct buffer *ret)
{
	char id[PAGE_ID_SIZE];

	snprintf(id, sizeof(id), "t%zu", number);
	html_format(ret, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>", id, id,
		    document_text(tenant, "name"));
	page_tenant_passes(tenant, now, ret);
	buffer_append_text(ret, "<div class=\"cards\">");
	for (enum page_state state = PAGE_BLOCKED; state < PAGE_STATES; state++) {
		const cJSON *instance;
		size_t i = 0;

		cJSON_ArrayForEach (instance, document_get(tenant, "instances")) {
			page_id(id, number, i++);
			if (page_state_of(instance) == state)
				page_installation(instance, id, now, ret);
		}
	}
	buffer_append_text(ret, "</div></section>\n");
}

/* ---- passes, the daemon ---- */

static void page_passes(const cJSON *status, struct buffer *ret)
{
	const cJSON *tenant;
	char id[PAGE_ID_SIZE];
	size_t number = 0;

	buffer_append_text(ret, "<section aria-labelledby=\"passes\"><h2 id=\"passes\">The last passes</h2>");
	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		snprintf(id, sizeof(id), "passes-%zu", number++);
		page_chart(tenant, id, ret);
	}
	buffer_append_text(ret, "</section>\n");
}

static void page_daemon(const cJSON *status, struct buffer *ret)
{
	const cJSON *daemon = document_get(status, "daemon"), *reload = document_get(daemon, "last_reload");

	buffer_append_text(ret, "<section aria-labelledby=\"daemon\"><h2 id=\"daemon\">This daemon</h2><dl>");
	html_format(ret, "<dt>Version</dt><dd>scepmand %s</dd><dt>Configuration</dt><dd><code>%s</code></dd>",
		    document_text(daemon, "version"), document_text(daemon, "config_file"));
	html_format(ret, "<dt>Generation</dt><dd><code>%s</code>, in force since ",
		    document_text(daemon, "generation"));
	html_time(ret, document_text(daemon, "configured"));
	buffer_append_text(ret, " UTC</dd><dt>Last reload</dt><dd>");
	html_time(ret, document_text(reload, "time"));
	if (cJSON_IsObject(reload))
		buffer_append_text(ret, document_is_true(reload, "accepted") ? " UTC, accepted" : " UTC, refused");
	html_format(ret, "</dd><dt>State directory</dt><dd><code>%s</code>", document_text(daemon, "state_directory"));
	buffer_append_text(ret, "</dd><dt>Running since</dt><dd>");
	html_time(ret, document_text(daemon, "started"));
	buffer_printf(ret,
		      " UTC, process %lld</dd><dt>Interval</dt><dd>%lld s</dd><dt>Longest stall</dt><dd>%lld ms</dd>"
		      "</dl></section>\n",
		      document_number(daemon, "pid"), document_number(daemon, "interval_s"),
		      document_number(daemon, "loop_stall_max_ms"));
}

/* ---- the whole ---- */

void page_render(const cJSON *status, struct buffer *ret)
{
	const struct page_counts counts = page_count(status);
	const cJSON *tenant;
	size_t number = 0;

	page_head(status, ret);
	page_top(status, ret);
	buffer_append_text(ret, "<main id=\"main\" tabindex=\"-1\">\n");
	page_summary(status, ret);
	page_state_directory(status, ret);
	page_reload(status, ret);
	/* One installation needs no list of them. */
	if (counts.all > 1)
		page_overview(status, ret);
	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		page_tenant(tenant, number++, page_now(status), ret);
	}
	page_events(status, ret);
	page_passes(status, ret);
	page_daemon(status, ret);
	buffer_append_text(ret, "</main></body></html>\n");
}
