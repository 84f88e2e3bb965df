#include "transport/refusal.h"

#include <string.h>

#include "base/redact.h"
#include "base/text.h"
#include "transport/remedy.h"
#include "world/json.h"

enum { TEXT_MAX = 1000 };

const char *refusal_clean_text(const char *text, struct arena *arena)
{
	size_t length = strlen(text);
	bool is_cut = length > TEXT_MAX;
	char *clean;

	if (is_cut) {
		length = TEXT_MAX;
		/* Not in the middle of a UTF-8 sequence. */
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	clean = arena_copy_bytes(arena, text, length);
	for (unsigned char *p = (unsigned char *)clean; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = ' ';
		/* U+0080 to U+009F in UTF-8: to a terminal as good as an escape. */
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			p[0] = p[1] = ' ';
	}
	while (length && clean[length - 1] == ' ')
		clean[--length] = 0;
	return redact_forms(arena, is_cut ? arena_printf(arena, "%s" REDACT_CUT, clean) : clean);
}

/* Without the query: it is long, and says nothing to a reader who has the path. */
static const char *describe_request(const struct refusal_context *context, struct arena *arena)
{
	return arena_printf(arena, "%s %.*s", method_name(context->method), (int)strcspn(context->path, "?"),
			    context->path);
}

static const char *get_text(const cJSON *json, const char *path)
{
	const cJSON *member = json_get(json, path);

	return cJSON_IsString(member) && member->valuestring[0] ? member->valuestring : NULL;
}

/* The token endpoint writes "AADSTS7000215: sentence\r\nTrace ID: …": the code and the sentence are worth keeping. */
static void read_login_error(const cJSON *json, struct arena *arena, const char **ret_code, const char **ret_message)
{
	const char *description = get_text(json, "error_description");
	size_t length;

	*ret_code = get_text(json, "error");
	if (!description)
		return;
	if (text_has_prefix(description, "AADSTS")) {
		length = strcspn(description, ":");
		if (length < 24 && description[length])
			*ret_code = arena_copy_bytes(arena, description, length);
	}
	*ret_message = arena_copy_bytes(arena, description, strcspn(description, "\r\n"));
}

static void read_error(const cJSON *json, struct arena *arena, const char **ret_code, const char **ret_message)
{
	const cJSON *error = json_get(json, "error"), *detail;

	if (cJSON_IsString(error)) {
		read_login_error(json, arena, ret_code, ret_message);
		return;
	}
	/* Microsoft.Web answers {"Code","Message"} without the envelope; json_get() does not mind the case. */
	if (!cJSON_IsObject(error))
		error = json;
	*ret_code = get_text(error, "code");
	*ret_message = get_text(error, "message");
	/* What a provider says is often only in the first detail, under a code that says nothing (DeploymentFailed …).
	 */
	detail = cJSON_GetArrayItem(json_get(error, "details"), 0);
	if (!*ret_message)
		*ret_message = get_text(detail, "message");
	if (!*ret_code)
		*ret_code = get_text(detail, "code");
}

struct fault refusal_from_answer(const struct refusal_context *context, const struct reply *reply, const cJSON *json,
				 struct arena *arena)
{
	const char *code = NULL, *message = NULL, *remedy;
	struct fault fault = {.status = reply->status, .host = arena_copy_text(arena, context->host)};

	read_error(json, arena, &code, &message);
	fault.code = code ? refusal_clean_text(code, arena) : NULL;
	message = message ? refusal_clean_text(message, arena) : NULL;
	fault.request_id = reply_request_id(reply) ? refusal_clean_text(reply_request_id(reply), arena) : NULL;
	fault.class = fault_classify(reply->status, code, message);
	if (reply->status < 400) {
		fault.class = FAULT_REJECTED;
		message =
			"it redirects, and redirects are not followed, since a token must not travel to another host; "
			"check the URLs under cloud: and the proxy";
	}
	/* A proxy or a load balancer that says 404 in its own words says nothing about the thing itself. */
	if (fault.class == FAULT_NOT_FOUND && !fault.code && context->service != SERVICE_SITE) {
		fault.class = FAULT_GARBLED;
		message = "without an error code of the cloud, so nothing is concluded from it";
	}
	remedy = remedy_for_refusal(context, &fault, message, arena);
	fault.message = arena_printf(arena, "%s answered %s with %d%s%s%s%s%s%s", context->host,
				     describe_request(context, arena), reply->status, fault.code ? " " : "",
				     fault.code ? fault.code : "", message ? ": " : "", message ? message : "",
				     remedy ? " " : "", remedy ? remedy : "");
	return fault;
}

struct fault refusal_from_operation(const struct refusal_context *context, const char *outcome, const cJSON *error,
				    struct arena *arena)
{
	const char *code = NULL, *message = NULL;
	struct fault fault = {.status = 200, .host = arena_copy_text(arena, context->host)};

	read_error(error, arena, &code, &message);
	fault.code = refusal_clean_text(code ? code : outcome, arena);
	message = message ? refusal_clean_text(message, arena) : "no reason was given";
	/* An operation has no status of its own; only the code and the message can tell what it was. */
	fault.class = fault_classify(400, fault.code, message);
	fault.message = arena_printf(arena, "%s accepted %s, but the operation ended as %s (%s): %s", context->host,
				     describe_request(context, arena), outcome, fault.code, message);
	return fault;
}

struct fault refusal_from_garbage(const struct refusal_context *context, int status, const char *what,
				  struct arena *arena)
{
	return (struct fault){
		.class = FAULT_GARBLED,
		.status = status,
		.host = arena_copy_text(arena, context->host),
		.message = arena_printf(arena, "%s answered %s with %s; nothing is concluded from it", context->host,
					describe_request(context, arena), what),
	};
}
