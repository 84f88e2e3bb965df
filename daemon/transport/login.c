#include "transport/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/redact.h"
#include "base/text.h"
#include "transport/call.h"
#include "world/json.h"

enum { LIFETIME_DEFAULT_S = 3600, LIFETIME_MAX_S = 48 * 3600 };

struct login {
	struct call call; /* first */
	struct http *http;
	struct http_transfer *transfer;
	const struct remedy_login *who;
	credential_answer_fn *on_answer;
	void *arg;
	void (*on_closed)(void *arg);
	void *closed_arg;
};

static void on_reply(void *arg, const struct reply *reply, int64_t duration_ms _unused_)
{
	struct login *login = arg;

	login->transfer = NULL;
	call_absorb(&login->call, reply);
}

static void send_login(struct call *call, const struct exchange_move *move)
{
	struct login *login = (struct login *)call;
	struct http_request request = {
		.method = move->method,
		.url = move->url,
		.body = move->body,
		.content_type = "application/x-www-form-urlencoded",
	};

	call->is_on_wire = true;
	login->transfer = http_send(login->http, &request, on_reply, login);
}

/* Seconds; some issuers write numbers as strings. */
static int64_t read_seconds(const cJSON *json, const char *name, int64_t otherwise)
{
	const cJSON *member = json_get(json, name);
	uint64_t seconds;

	if (cJSON_IsNumber(member) && member->valuedouble >= 0 && member->valuedouble < LIFETIME_MAX_S)
		return (int64_t)member->valuedouble;
	if (cJSON_IsString(member) && text_parse_uint64(member->valuestring, &seconds) && seconds < LIFETIME_MAX_S)
		return (int64_t)seconds;
	return member ? LIFETIME_MAX_S : otherwise;
}

/* The value at FIELD, which credential_login_append() encoded. */
static const char *decode_value(const char *field, struct arena *arena)
{
	size_t length = strcspn(field, "&");
	char *value = arena_copy_bytes(arena, field, length), *end = value;
	unsigned byte;

	for (const char *p = value; *p; p++) {
		if (*p == '%' && sscanf(p + 1, "%2x", &byte) == 1) {
			*end++ = (char)byte;
			p += 2;
		} else {
			*end++ = *p;
		}
	}
	*end = 0;
	return value;
}

/* TEXT without the proof of who we are: the endpoint may quote what it was sent. */
static const char *hide_proof(struct login *login, const char *text)
{
	static const char *const names[] = {"client_secret=", "client_assertion="};
	struct arena *arena = &login->call.exchange.arena;

	for (size_t i = 0; text && i < ARRAY_SIZE(names); i++) {
		const char *field = strstr(login->call.exchange.request.body, names[i]);

		if (field)
			text = redact_secret(arena, text, decode_value(field + strlen(names[i]), arena));
	}
	return text;
}

static struct fault explain(struct login *login, struct fault fault)
{
	struct arena *arena = &login->call.exchange.arena;
	const char *sentence;

	fault.code = hide_proof(login, fault.code);
	fault.message = hide_proof(login, fault.message);
	fault.request_id = hide_proof(login, fault.request_id);
	sentence = remedy_for_login(login->who, fault.code, fault.message, arena);
	/* Whatever the endpoint refuses, it is the login that must be put right. */
	if (fault.status >= 400 && fault.status < 500 && fault.class != FAULT_THROTTLED && fault.status != 408)
		fault.class = FAULT_CREDENTIAL;
	if (sentence)
		fault.message = arena_printf(arena, "%s gave no token (%s): %s", fault.host, fault.code, sentence);
	else if (fault.class == FAULT_CREDENTIAL)
		fault.message = arena_printf(arena, "No token for application %s in tenant %s: %s",
					     login->who->client_id, login->who->tenant_id, fault.message);
	fault.is_ambiguous = false;
	return fault;
}

static void on_call_closed(struct call *call)
{
	struct login *login = (struct login *)call;

	if (login->on_closed)
		login->on_closed(login->closed_arg);
	free(login);
}

static void finish_login(struct call *call, const struct response *response)
{
	struct login *login = (struct login *)call;
	const cJSON *token = json_get(response->body, "access_token");
	struct credential_answer answer = {0};

	if (response->fault.class != FAULT_NONE) {
		answer.fault = explain(login, response->fault);
	} else if (!cJSON_IsString(token) || !token->valuestring[0]) {
		answer.fault = refusal_from_garbage(&call->exchange.context, response->status, "no access_token",
						    &call->exchange.arena);
	} else {
		answer.token = token->valuestring;
		answer.lifetime_s = read_seconds(response->body, "expires_in", LIFETIME_DEFAULT_S);
		answer.refresh_in_s = read_seconds(response->body, "refresh_in", 0);
	}
	login->on_answer(login->arg, &answer);
	call_close(call, on_call_closed);
}

static const struct call_operations login_operations = {.send = send_login, .done = finish_login};

static const char *token_path(const struct credential_context *context, struct arena *arena)
{
	return arena_printf(arena, "/%s/oauth2/v2.0/token", context->tenant_id);
}

const char *login_token_url(const struct credential_context *context, struct arena *arena)
{
	return arena_printf(arena, "%s%s", context->authority, token_path(context, arena));
}

struct login *login_begin(const struct credential_context *context, const struct remedy_login *who, const char *form,
			  credential_answer_fn *on_answer, void *arg)
{
	struct login *login = memory_new(sizeof(*login));
	struct exchange_request request = {
		.service = SERVICE_SITE, /* anonymous, and no advice about rights: explain() gives its own */
		.method = METHOD_POST,
		.base_url = context->authority,
		.body = form,
		.is_anonymous = true,
	};
	struct arena arena = {0};

	request.path = token_path(context, &arena);
	login->http = context->http;
	login->who = who;
	login->on_answer = on_answer;
	login->arg = arg;
	call_init(&login->call, context->loop, &login_operations, &request, uv_hrtime());
	arena_done(&arena);
	call_begin(&login->call, 0);
	return login;
}

void login_cancel(struct login *login, void (*on_closed)(void *arg), void *arg)
{
	login->on_closed = on_closed;
	login->closed_arg = arg;
	if (login->transfer)
		http_cancel(login->transfer);
	call_close(&login->call, on_call_closed);
}
