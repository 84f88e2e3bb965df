#include "call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "core.h"
#include "target.h"

bool call_init(struct call *call, struct sim *sim, struct sim_state *state, struct arena *arena,
	       const struct sim_request *request, int64_t now_ms)
{
	*call = (struct call){.sim = sim, .state = state, .arena = arena, .request = request, .now_ms = now_ms};
	call->path = "";
	if (target_parse(call))
		return true;
	call_answer_error(call, 400, "BadRequest", "The request URI is not valid.");
	return false;
}

void call_done(struct call *call)
{
	cJSON_Delete(call->body);
	cJSON_Delete(call->answer);
	call->body = call->answer = NULL;
}

const char *call_query(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->query_count; i++)
		if (text_equal_fold(call->query[i].name, name))
			return call->query[i].value;
	return NULL;
}

const char *call_header(const struct call *call, const char *name)
{
	for (size_t i = 0; i < call->request->header_count; i++)
		if (text_equal_fold(call->request->headers[i].name, name))
			return call->request->headers[i].value;
	return NULL;
}

const char *call_base_url(const struct call *call)
{
	if (call->request->host)
		return arena_printf(call->arena, "https://%s", call->request->host);
	return call->sim->options.base_url;
}

void call_answer(struct call *call, int status, cJSON *body)
{
	cJSON_Delete(call->answer);
	call->raw = NULL;
	call->status = status;
	call->answer = body;
}

void call_answer_raw(struct call *call, int status, const char *content_type, const char *body)
{
	call_answer(call, status, NULL);
	call->raw = arena_copy_text(call->arena, body);
	call->raw_type = arena_copy_text(call->arena, content_type);
}

void call_answer_error_object(struct call *call, int status, cJSON *error)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddItemToObject(body, "error", error);
	call_answer(call, status, body);
}

void call_answer_error(struct call *call, int status, const char *code, const char *message, ...)
{
	cJSON *error = cJSON_CreateObject();
	va_list ap;

	va_start(ap, message);
	cJSON_AddStringToObject(error, "code", code);
	cJSON_AddStringToObject(error, "message", arena_vprintf(call->arena, message, ap));
	va_end(ap);
	call_answer_error_object(call, status, error);
}

void call_add_header(struct call *call, const char *name, const char *value)
{
	if (call->header_count < ARRAY_SIZE(call->headers))
		call->headers[call->header_count++] =
			(struct sim_header){.name = name, .value = arena_copy_text(call->arena, value)};
}
