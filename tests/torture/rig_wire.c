#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "rig_internal.h"
#include "world/json.h"

/* ---- the way to the simulated tenant ---- */

void rig_exchange(struct rig *rig, const char *method, const char *host, const char *target, const char *body,
		  bool create_if_missing, struct sim_response *ret)
{
	struct sim_header headers[4];
	struct sim_request request = {
		.method = method,
		.host = host,
		.target = target,
		.headers = headers,
		.body = body,
		.body_length = body ? strlen(body) : 0,
	};
	char bearer[8192];

	if (rig->token) {
		snprintf(bearer, sizeof(bearer), "Bearer %s", rig->token);
		headers[request.header_count++] = (struct sim_header){"Authorization", bearer};
	}
	if (body)
		headers[request.header_count++] = (struct sim_header){
			"Content-Type", rig->token ? "application/json" : "application/x-www-form-urlencoded"};
	if (create_if_missing)
		headers[request.header_count++] = (struct sim_header){"Prefer", "create-if-missing"};
	rig->now_ms += RIG_STEP_MS;
	sim_handle(rig->sim, &request, rig->now_ms, ret);
}

void rig_login(struct rig *rig)
{
	struct sim_response response;
	const char *token = NULL;
	struct arena arena = {0};
	cJSON *json;

	/* A token is good for an hour. */
	if (rig->token && rig->now_ms >= rig->token_ms && rig->now_ms - rig->token_ms < 45 * 60 * 1000)
		return;
	free(rig->token);
	rig->token = NULL;
	rig->token_ms = rig->now_ms;
	rig_exchange(rig, "POST", "sim.test", "/" RIG_TENANT "/oauth2/v2.0/token",
		     "client_id=" RIG_CLIENT_ID
		     "&grant_type=client_credentials&client_secret=s3c~simulated-tenant-only-0001"
		     "&scope=https%3A%2F%2Fsim.test%2F.default",
		     false, &response);
	json = json_parse(response.body ? response.body : "", response.body_length);
	if (response.status != 200 || json_get_text(json, "access_token", &arena, &token) < 0) {
		fprintf(stderr, "no token: %d %s\n", response.status, response.body);
		abort();
	}
	rig->token = memory_copy_text(token);
	cJSON_Delete(json);
	arena_done(&arena);
	sim_response_done(&response);
}

char *rig_get(struct rig *rig, const char *host, const char *target, int *ret_status)
{
	struct sim_response response;
	char *token = rig->token, *body;

	rig->token = NULL;
	rig_exchange(rig, "GET", host ? host : "sim.test", target, NULL, false, &response);
	rig->token = token;
	if (ret_status)
		*ret_status = response.status;
	body = memory_copy_text(response.body ? response.body : "");
	sim_response_done(&response);
	return body;
}

/* ---- answers ---- */

static const char *rig_header(const struct sim_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (text_equal_fold(response->headers[i].name, name))
			return response->headers[i].value;
	return NULL;
}

/* A long-running operation is waited for, in virtual time. */
void rig_wait_for_operation(struct rig *rig, struct sim_response *response)
{
	for (unsigned i = 0; i < 100 && response->status == 202; i++) {
		const char *location = rig_header(response, "Location");
		char *target = location && strlen(location) > strlen(RIG_BASE)
				       ? memory_copy_text(location + strlen(RIG_BASE))
				       : NULL;

		if (!target)
			return;
		sim_response_done(response);
		rig->now_ms += 1000;
		rig_exchange(rig, "GET", "sim.test", target, NULL, false, response);
		free(target);
	}
}

/* The target of an answer's next page, to be freed, or NULL. */
static char *rig_next_page(const cJSON *page)
{
	const cJSON *link = cJSON_GetObjectItemCaseSensitive(page, "nextLink");

	if (!link)
		link = cJSON_GetObjectItemCaseSensitive(page, "@odata.nextLink");
	if (!cJSON_IsString(link) || !text_has_prefix(link->valuestring, RIG_BASE))
		return NULL;
	return memory_copy_text(link->valuestring + strlen(RIG_BASE));
}

void rig_follow_pages(struct rig *rig, struct sim_response *response)
{
	cJSON *all = response->status == 200 ? json_parse(response->body, response->body_length) : NULL;
	char *target = rig_next_page(all);
	bool has_more = target;

	while (target) {
		struct sim_response next;
		cJSON *page, *item;

		rig_exchange(rig, "GET", "sim.test", target, NULL, false, &next);
		free(target);
		page = json_parse(next.body, next.body_length);
		while ((item = cJSON_DetachItemFromArray(cJSON_GetObjectItem(page, "value"), 0)))
			cJSON_AddItemToArray(cJSON_GetObjectItem(all, "value"), item);
		target = rig_next_page(page);
		cJSON_Delete(page);
		sim_response_done(&next);
	}
	if (has_more) {
		free(response->body);
		response->body = cJSON_PrintUnformatted(all);
		response->body_length = strlen(response->body);
	}
	cJSON_Delete(all);
}

void rig_deliver(const struct rig_call *call, int status, const char *body, size_t length, int64_t date_s,
		 bool is_garbage)
{
	struct response response = {.status = status, .date_unix_s = date_s};
	struct arena arena = {0};

	if (length)
		response.body = json_parse(body, length);
	if (status == 0) {
		response.fault = (struct fault){
			.class = FAULT_UNREACHABLE, .message = "the connection was lost", .is_ambiguous = true};
	} else if (is_garbage || (length && !response.body)) {
		response.fault = (struct fault){
			.class = FAULT_GARBLED, .status = status, .message = "not JSON", .is_ambiguous = true};
	} else if (status >= 300) {
		(void)!json_get_text(response.body, "error/code", &arena, &response.fault.code);
		(void)!json_get_text(response.body, "error/message", &arena, &response.fault.message);
		response.fault.status = status;
		response.fault.class = fault_classify(status, response.fault.code, response.fault.message);
	}
	call->on_response(call->arg, call->node, &response);
	cJSON_Delete(response.body);
	arena_done(&arena);
}

void rig_deliver_error(const struct rig *rig, const struct rig_call *call, int status, const char *code)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"error\":{\"code\":\"%s\",\"message\":\"%s by the rig\"}}", code, code);
	rig_deliver(call, status, body, strlen(body), rig->now_ms / 1000, false);
}
