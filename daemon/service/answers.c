#include "service/answers.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "service/status_json.h"

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
static void give_health(const struct status *status _unused_, struct endpoint_page *ret)
{
	give_text(ret, 200, "ok\n");
}

static void give_readiness(const struct status *status, struct endpoint_page *ret)
{
	if (status_is_ready(status, clock_monotonic_ms()))
		give_text(ret, 200, "ready\n");
	else
		give_text(ret, 503, "not ready: not every tenant had a pass within the last three intervals\n");
}

static void give_status(const struct status *status, struct endpoint_page *ret)
{
	cJSON *json = status_json(status, clock_unix_ms(), clock_monotonic_ms(), STATUS_EVENTS_SHOWN);
	char *text = cJSON_PrintUnformatted(json);

	if (!text)
		memory_exhausted();
	*ret = (struct endpoint_page){
		.status = 200,
		.content_type = "application/json",
		.body = text,
		.length = strlen(text),
	};
	cJSON_Delete(json);
}

static const struct {
	const char *path;
	void (*give)(const struct status *status, struct endpoint_page *ret);
} answers[] = {
	{"/healthz", give_health},
	{"/readyz", give_readiness},
	{"/status", give_status},
};

bool answers_give(void *arg, const char *path, struct endpoint_page *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (!text_equal(path, answers[i].path))
			continue;
		answers[i].give(arg, ret);
		return true;
	}
	return false;
}
