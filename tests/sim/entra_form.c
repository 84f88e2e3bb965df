#include "entra_internal.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "core.h"
#include "target.h"

void entra_form_parse(struct call *call, struct entra_form *ret)
{
	const char *p = call->request->body, *end = p ? p + call->request->body_length : NULL;

	*ret = (struct entra_form){0};
	while (p && p < end && ret->count < ENTRA_FORM_MAX) {
		const char *next = memchr(p, '&', (size_t)(end - p));
		const char *stop = next ? next : end;
		const char *equals = memchr(p, '=', (size_t)(stop - p));

		if (equals) {
			struct sim_header *field = &ret->fields[ret->count];

			field->name = target_decode(call->arena, p, (size_t)(equals - p), true);
			field->value = target_decode(call->arena, equals + 1, (size_t)(stop - equals - 1), true);
			if (field->name && field->value)
				ret->count++;
		}
		p = next ? next + 1 : end;
	}
}

const char *entra_form_get(const struct entra_form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++) {
		if (text_equal(form->fields[i].name, name))
			return text_is_empty(form->fields[i].value) ? NULL : form->fields[i].value;
	}
	return NULL;
}

void entra_error(struct call *call, int status, const char *error, int code, const char *message, ...)
{
	char time[CLOCK_RFC3339_SIZE], trace[37], correlation[37];
	const char *given = call_query(call, "client-request-id");
	cJSON *body = cJSON_CreateObject(), *codes = cJSON_CreateArray();
	const char *text;
	va_list ap;

	if (!given)
		given = call_header(call, "client-request-id");
	state_guid_from(&call->sim->request_random, trace);
	state_guid_from(&call->sim->request_random, correlation);
	if (given && text_is_guid(given))
		memcpy(correlation, given, sizeof(correlation));
	clock_format_rfc3339(call->now_ms, time);
	time[10] = ' '; /* Entra writes 2026-01-02 03:04:05Z */
	memcpy(time + 19, "Z", 2);
	va_start(ap, message);
	text = arena_vprintf(call->arena, message, ap);
	va_end(ap);
	cJSON_AddStringToObject(body, "error", error);
	cJSON_AddStringToObject(body, "error_description",
				arena_printf(call->arena, "AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
					     code, text, trace, correlation, time));
	cJSON_AddItemToArray(codes, cJSON_CreateNumber(code));
	cJSON_AddItemToObject(body, "error_codes", codes);
	cJSON_AddStringToObject(body, "timestamp", time);
	cJSON_AddStringToObject(body, "trace_id", trace);
	cJSON_AddStringToObject(body, "correlation_id", correlation);
	cJSON_AddStringToObject(body, "error_uri",
				arena_printf(call->arena, "%s/error?code=%d", call_base_url(call), code));
	call_answer(call, status, body);
	call_add_header(call, "x-ms-request-id", trace);
}
