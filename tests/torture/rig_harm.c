#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "rig_internal.h"
#include "world/json.h"

const char *harm_name(enum harm harm)
{
	static const char *const names[HARM_KINDS] = {
		"none",    "killed before",        "killed after", "503", "lost before", "lost after",
		"garbage", "404 after the create", "empty",        "403", "meddled",
	};

	return names[harm];
}

static struct request rig_request_of(const struct rig_call *call)
{
	return (struct request){.method = call->method, .path = call->path};
}

static bool rig_is_write(const struct rig_call *call)
{
	const struct request request = rig_request_of(call);

	return request_is_mutating(&request);
}

/* What later reads of a thing just created have in their path: its id from the answer, or its own path. */
static void rig_hide(struct rig *rig, const struct rig_call *call, const struct sim_response *response)
{
	struct arena arena = {0};
	const char *id = NULL;
	cJSON *json;

	if (!rig_is_write(call) || response->status < 200 || response->status >= 300)
		return;
	json = response->body_length ? json_parse(response->body, response->body_length) : NULL;
	if (json && json_get_text(json, "id", &arena, &id) == 0) {
		free(rig->unborn);
		rig->unborn = memory_copy_text(id);
		rig->unborn_reads = 5;
	}
	cJSON_Delete(json);
	arena_done(&arena);
}

static void rig_count(struct rig *rig, const struct rig_call *call)
{
	rig->requests++;
	if (!rig_is_write(call))
		return;
	rig->writes++;
	if (call->method == METHOD_PUT && text_contains_fold(call->path, "/config/appsettings?")) {
		uintptr_t n = (uintptr_t)map_get(&rig->writes_by_path, call->path) + 1;

		map_put(&rig->writes_by_path, call->path, (void *)n);
		rig->settings_writes++;
		if (n > rig->settings_writes_most)
			rig->settings_writes_most = n;
	}
}

/* What another writer does: reads all settings, adds one, writes all of them. */
static void rig_meddle(struct rig *rig)
{
	struct sim_response response;
	cJSON *settings;
	char *body;

	rig_exchange(rig, "POST", "sim.test", RIG_SITE "/config/appsettings/list?api-version=2025-05-01", NULL, false,
		     &response);
	settings = json_parse(response.body, response.body_length);
	sim_response_done(&response);
	cJSON_DeleteItemFromObject(cJSON_GetObjectItem(settings, "properties"), RIG_MEDDLED);
	cJSON_AddStringToObject(cJSON_GetObjectItem(settings, "properties"), RIG_MEDDLED, "was here");
	body = cJSON_PrintUnformatted(settings);
	rig_exchange(rig, "PUT", "sim.test", RIG_SITE "/config/appsettings?api-version=2025-05-01", body, false,
		     &response);
	if (response.status != 200)
		abort();
	sim_response_done(&response);
	cJSON_Delete(settings);
	free(body);
	rig->was_meddled = true;
}

/* Harm that keeps the request from arriving. True: dealt with. */
static bool rig_strike_before(struct rig *rig, const struct rig_call *call, enum harm harm)
{
	switch (harm) {
	case HARM_KILL_BEFORE:
		rig->is_killed = true;
		return true;
	case HARM_UNAVAILABLE:
		rig_deliver_error(rig, call, 503, "ServiceUnavailable");
		return true;
	case HARM_LOST_BEFORE:
		rig_deliver(call, 0, NULL, 0, 0, false);
		return true;
	case HARM_DENIED:
		rig_deliver_error(rig, call, 403, "AuthorizationFailed");
		return true;
	case HARM_EMPTY:
		if (rig_is_write(call))
			return false;
		rig_deliver(call, 200, "{}", 2, rig->now_ms / 1000, false);
		return true;
	case HARM_MEDDLED:
		/* Between the last look and the write there is a moment that nobody can guard: Azure knows no ETag
		 * here. */
		if (!text_has_prefix_fold(call->path, RIG_SITE "/config/appsettings?"))
			rig_meddle(rig);
		return false;
	case HARM_NONE:
	case HARM_KILL_AFTER:
	case HARM_LOST_AFTER:
	case HARM_GARBAGE:
	case HARM_NOT_FOUND:
	case HARM_KINDS:
		return false;
	}
	return false;
}

/* Harm to the answer of what took effect. */
static void rig_strike_after(struct rig *rig, const struct rig_call *call, enum harm harm,
			     const struct sim_response *response)
{
	switch (harm) {
	case HARM_KILL_AFTER:
		rig->is_killed = true;
		return;
	case HARM_LOST_AFTER:
		rig_deliver(call, 0, NULL, 0, 0, false);
		return;
	case HARM_GARBAGE:
		rig_deliver(call, response->status, "<html>", 6, rig->now_ms / 1000, true);
		return;
	case HARM_NOT_FOUND:
		rig_hide(rig, call, response);
		break;
	case HARM_NONE:
	case HARM_KILL_BEFORE:
	case HARM_UNAVAILABLE:
	case HARM_LOST_BEFORE:
	case HARM_EMPTY:
	case HARM_DENIED:
	case HARM_MEDDLED:
	case HARM_KINDS:
		break;
	}
	rig_deliver(call, response->status, response->body, response->body_length, rig->now_ms / 1000, false);
}

void rig_perform(struct rig *rig, const struct rig_call *call)
{
	enum harm harm = rig->requests == rig->harm_at ? rig->harm : HARM_NONE;
	struct sim_response response;

	if (harm != HARM_NONE)
		snprintf(rig->harmed, sizeof(rig->harmed), "%s %s", method_name(call->method), call->path);
	rig_count(rig, call);
	if (rig_strike_before(rig, call, harm))
		return;
	if (rig->unborn_reads && call->method == METHOD_GET && text_contains_fold(call->path, rig->unborn)) {
		rig->unborn_reads--;
		rig_deliver_error(rig, call, 404, "ResourceNotFound");
		return;
	}
	rig_exchange(rig, method_name(call->method), call->host, call->path, call->body, call->create_if_missing,
		     &response);
	rig_wait_for_operation(rig, &response);
	if (call->is_collection)
		rig_follow_pages(rig, &response);
	if (rig->is_loud)
		printf("%3zu %-5s %.150s -> %d %.300s\n", rig->requests - 1, method_name(call->method), call->path,
		       response.status, response.status >= 300 && response.body ? response.body : "");
	rig_strike_after(rig, call, harm, &response);
	sim_response_done(&response);
}
