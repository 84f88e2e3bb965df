#include "service/answers.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "observe/exposition.h"
#include "page/page.h"
#include "observe/status_json.h"

enum { METRICS_SIZE_MAX = 16 << 20, UNREADY_SIZE_MAX = 1 << 20 };

static void give_text(struct endpoint_page *ret, unsigned status, const char *text)
{
	*ret = (struct endpoint_page){
		.status = status,
		.content_type = "text/plain; charset=utf-8",
		.body = memory_copy_text(text),
		.length = strlen(text),
	};
}

/* That it is answered says it all: the answer comes from the loop. */
static void give_health(const struct answers *answers _unused_, struct endpoint_page *ret)
{
	give_text(ret, 200, "ok\n");
}

/* Who is missing: a supervisor's log is often all that is left of it. */
static void give_unready(const struct answers *answers, struct endpoint_page *ret)
{
	const struct status *status = answers->status;
	int64_t now_ms = clock_monotonic_ms();
	struct buffer text;

	buffer_init(&text, UNREADY_SIZE_MAX);
	buffer_append_text(&text, "not ready: no pass has completed within the last three intervals for");
	for (size_t i = 0; i < status->tenant_count; i++)
		if (!status_tenant_is_ready(status, status->tenants[i], now_ms))
			buffer_printf(&text, " %s", status->tenants[i]->name);
	buffer_append_text(&text, "; / and /status say why\n");
	give_text(ret, 503, text.data);
	buffer_done(&text);
}

static void give_readiness(const struct answers *answers, struct endpoint_page *ret)
{
	if (status_is_ready(answers->status, clock_monotonic_ms()))
		give_text(ret, 200, "ready\n");
	else
		give_unready(answers, ret);
}

/* Thousands of small pieces. A pass that is under way takes them again, and gives them back at its end. */
static void answers_forget(const struct answers *answers, cJSON *document)
{
	cJSON_Delete(document);
	for (size_t i = 0; i < answers->status->tenant_count; i++)
		if (answers->status->tenants[i]->is_running)
			return;
	memory_give_back();
}

static void give_status(const struct answers *answers, struct endpoint_page *ret)
{
	cJSON *json = status_json(answers->status, clock_unix_ms(), clock_monotonic_ms(), STATUS_EVENTS_SHOWN);
	char *text = cJSON_PrintUnformatted(json);

	if (!text)
		memory_exhausted();
	*ret = (struct endpoint_page){
		.status = 200,
		.content_type = "application/json",
		.body = text,
		.length = strlen(text),
	};
	answers_forget(answers, json);
}

static void count_handle(uv_handle_t *handle _unused_, void *count)
{
	++*(size_t *)count;
}

static void give_metrics(const struct answers *answers, struct endpoint_page *ret)
{
	struct metrics_loop loop = {.stall_max_ms = answers->status->stall_max_ms};
	struct buffer text;

	uv_walk(answers->loop, count_handle, &loop.handles);
	buffer_init(&text, METRICS_SIZE_MAX);
	metrics_print(answers->metrics, &loop, &text);
	*ret = (struct endpoint_page){
		.status = 200,
		.content_type = EXPOSITION_CONTENT_TYPE,
		.length = text.length,
	};
	ret->body = buffer_steal(&text);
}

static void give_page(const struct answers *answers, struct endpoint_page *ret)
{
	cJSON *json = status_json(answers->status, clock_unix_ms(), clock_monotonic_ms(), STATUS_EVENTS_SHOWN);
	struct buffer html;

	buffer_init(&html, PAGE_SIZE_MAX);
	page_render(json, &html);
	answers_forget(answers, json);
	if (html.overflowed) {
		buffer_done(&html);
		give_text(ret, 500, "there is more to say than a page can hold: see /status\n");
		return;
	}
	*ret = (struct endpoint_page){
		.status = 200,
		.content_type = "text/html; charset=utf-8",
		.length = html.length,
	};
	ret->body = buffer_steal(&html);
}

static const struct {
	const char *path;
	void (*give)(const struct answers *answers, struct endpoint_page *ret);
} paths[] = {
	{"/", give_page},         {"/healthz", give_health},  {"/readyz", give_readiness},
	{"/status", give_status}, {"/metrics", give_metrics},
};

bool answers_give(void *arg, const char *path, struct endpoint_page *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!text_equal(path, paths[i].path))
			continue;
		paths[i].give(arg, ret);
		return true;
	}
	return false;
}
