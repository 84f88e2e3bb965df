#include "transport/identity_reply.h"

#include <string.h>

#include "base/text.h"
#include "transport/refusal.h"
#include "transport/token_claims.h"
#include "world/json.h"

enum { LIFETIME_MAX_S = 48 * 3600, HALF_LIFE_FROM_S = 2 * 3600 };

struct credential_answer identity_reply_problem(const struct identity_question *question, const char *sentence)
{
	return (struct credential_answer){.fault = {.class = FAULT_CREDENTIAL,
						    .code = "ManagedIdentity",
						    .host = question->source->host,
						    .message = sentence}};
}

struct credential_answer identity_reply_absent(const struct identity_question *question, struct arena *arena)
{
	struct credential_answer answer = identity_reply_problem(
		question,
		arena_printf(arena,
			     "%s does not answer, so there is no managed identity here. On a machine that is not in "
			     "Azure (nor connected to Azure Arc) use another type of credential; in a container or "
			     "behind a firewall let it through",
			     question->source->name));

	/* At the start of a machine it may only not be there yet. */
	answer.fault.class = FAULT_UNREACHABLE;
	answer.is_unavailable = true;
	return answer;
}

/* Which identity was asked for, for sentences. */
static const char *describe_identity(const struct desired_credential *desired, struct arena *arena)
{
	if (desired->client_id)
		return arena_printf(arena, "the managed identity with client id %s", desired->client_id);
	if (desired->object_id)
		return arena_printf(arena, "the managed identity with object id %s", desired->object_id);
	if (desired->resource_id)
		return arena_printf(arena, "the managed identity %s", desired->resource_id);
	return "a managed identity of its own";
}

static bool is_named(const struct desired_credential *desired)
{
	return desired->client_id || desired->object_id || desired->resource_id;
}

static const char *explain_missing(const struct identity_question *question, const char *said, struct arena *arena)
{
	const struct desired_credential *desired = question->desired;
	const char *identities = !is_named(desired)     ? ""
				 : desired->resource_id ? arena_printf(arena, " --identities %s", desired->resource_id)
							: " --identities RESOURCE-ID-OF-THE-IDENTITY";
	const char *command = NULL;

	switch (question->source->service) {
	case IDENTITY_METADATA:
		command = "az vm identity assign --resource-group GROUP --name MACHINE";
		break;
	case IDENTITY_APP_SERVICE:
		command = "az webapp identity assign --resource-group GROUP --name APP";
		break;
	case IDENTITY_ARC:
		return arena_printf(arena,
				    "This machine does not have %s (%s says: %s). Look at it with: sudo azcmagent "
				    "show%s",
				    describe_identity(desired, arena), question->source->name, said,
				    is_named(desired) ? "; without client_id, object_id and resource_id its own is used"
						      : "");
	}
	return arena_printf(arena, "This machine does not have %s (%s says: %s). Give it with: %s%s",
			    describe_identity(desired, arena), question->source->name, said, command, identities);
}

static const char *find_words(const cJSON *json, const char *const *paths)
{
	for (; *paths; paths++) {
		const cJSON *member = json_get(json, *paths);

		if (cJSON_IsString(member) && member->valuestring[0])
			return member->valuestring;
	}
	return NULL;
}

static void explain_refusal(const struct identity_question *question, const struct reply *reply, const cJSON *json,
			    struct arena *arena, struct credential_answer *ret)
{
	static const char *const words[] = {"error_description", "message", "error/message", "error", NULL};
	const struct identity_source *source = question->source;
	const char *said = find_words(json, words);

	said = said ? refusal_clean_text(said, arena) : "it gave no reason";
	if (text_contains_fold(said, "multiple user assigned identities"))
		ret->fault.message = arena_printf(arena,
						  "This machine has several managed identities and none of its own (%s "
						  "says: %s). Name one with credential.client_id",
						  source->name, said);
	else if (reply->status == 400 && (text_contains_fold(said, "identity not found") ||
					  text_contains_fold(said, "managed identity found"))) {
		ret->fault.code = "IdentityNotFound";
		ret->fault.message = explain_missing(question, said, arena);
		/* A machine in Azure without an identity is as one without Azure, unless a certain one is wanted. */
		ret->is_unavailable = !is_named(question->desired);
	} else if (reply->status == 401 && source->service == IDENTITY_APP_SERVICE)
		ret->fault.message = arena_printf(arena,
						  "%s refuses IDENTITY_HEADER (%s). The value is new at each start of "
						  "the app, so it must come from this process's own environment",
						  source->name, said);
	else if (reply->status == 401 && source->service == IDENTITY_ARC)
		ret->fault.message = arena_printf(arena,
						  "%s refuses the content of the very file that it named (%s). Look at "
						  "the agent with: sudo azcmagent show; and start it again with: sudo "
						  "systemctl restart himdsd",
						  source->name, said);
	else if (reply->status >= 300 && reply->status < 400)
		ret->fault.message =
			arena_printf(arena,
				     "%s redirects, and redirects are not followed, since a token must not "
				     "come from another host",
				     source->name);
	else if (!identity_reply_is_azure(source->service, reply))
		ret->fault.message =
			arena_printf(arena,
				     "%s answered %d, not in the way of Azure's, so there is no managed "
				     "identity here: it is another cloud's, or a proxy's. Use another type "
				     "of credential",
				     source->name, reply->status);
	else
		ret->fault.message = arena_printf(arena, "%s gave no token for %s: it answered %d, %s", source->name,
						  question->audience, reply->status, said);
	/* Docker Desktop answers in the place of a service that it does not reach. */
	if (reply->status == 403 && text_contains_fold(reply->body, "unreachable"))
		ret->is_unavailable = true;
}

static void read_refusal(const struct identity_question *question, const struct reply *reply, const cJSON *json,
			 struct arena *arena, struct credential_answer *ret)
{
	int64_t retry_after_ms = reply_retry_after_ms(reply);

	if (question->is_probe && !identity_reply_is_azure(question->source->service, reply)) {
		*ret = identity_reply_absent(question, arena);
		return;
	}
	*ret = identity_reply_problem(question, NULL);
	explain_refusal(question, reply, json, arena, ret);
	ret->fault.status = reply->status;
	if (reply->status == 429)
		ret->fault.class = FAULT_THROTTLED;
	else if (reply->status == 404 || reply->status == 408 || reply->status == 410 || reply->status >= 500)
		ret->fault.class = FAULT_TRANSIENT;
	if (retry_after_ms > 0)
		ret->fault.retry_after_s = (retry_after_ms + 999) / 1000;
}

/* Seconds; the services write numbers as text. -1: not said, or nothing sensible. */
static int64_t read_seconds(const cJSON *json, const char *name)
{
	const cJSON *member = json_get(json, name);
	uint64_t seconds;

	if (cJSON_IsNumber(member) && member->valuedouble >= 0 && member->valuedouble < 1e11)
		return (int64_t)member->valuedouble;
	if (cJSON_IsString(member) && text_parse_uint64(member->valuestring, &seconds) && seconds < (uint64_t)1e11)
		return (int64_t)seconds;
	return -1;
}

static bool read_lifetime(const cJSON *json, int64_t now_unix_s, struct credential_answer *ret)
{
	int64_t in_s = read_seconds(json, "expires_in"), on_s = read_seconds(json, "expires_on"),
		refresh_in_s = read_seconds(json, "refresh_in");

	if (in_s < 0 && on_s < 0)
		return false;
	ret->lifetime_s = in_s >= 0 ? in_s : on_s - now_unix_s;
	if (ret->lifetime_s > LIFETIME_MAX_S)
		ret->lifetime_s = LIFETIME_MAX_S;
	/* The platform keeps what it hands out, so waiting for the end would mean waiting for its renewal, too. */
	if (refresh_in_s > 0)
		ret->refresh_in_s = refresh_in_s;
	else if (ret->lifetime_s > HALF_LIFE_FROM_S)
		ret->refresh_in_s = ret->lifetime_s / 2;
	return true;
}

/* Is MEMBER what was WANTED? If it was asked for at all, and if it was said, or must be said. */
static bool is_echoed(const cJSON *json, const char *wanted, const char *member, const char *other, bool must_be_said)
{
	const cJSON *said = json_get(json, member);

	if (!wanted)
		return true;
	if (!said && other)
		said = json_get(json, other);
	return cJSON_IsString(said) ? text_equal_fold(said->valuestring, wanted) : !must_be_said;
}

/* Older agents of Azure Arc do not know that there are others and give the machine's own; newer ones say whose it is.
 */
static bool is_identity_right(const struct identity_question *question, const cJSON *json)
{
	const struct desired_credential *desired = question->desired;
	bool must_be_said = question->source->service == IDENTITY_ARC;

	return is_echoed(json, desired->client_id, "client_id", NULL, must_be_said) &&
	       is_echoed(json, desired->object_id, "object_id", NULL, must_be_said) &&
	       is_echoed(json, desired->resource_id, "msi_res_id", "mi_res_id", must_be_said);
}

/* NULL, or why the token that came is not the one that was asked for. */
static const char *find_fault_with(const struct identity_question *question, const cJSON *json, const char *token,
				   struct arena *arena)
{
	const cJSON *resource = json_get(json, "resource");
	struct token_claims claims = {0};
	const char *name = question->source->name;

	if (cJSON_IsString(resource))
		claims.audience = refusal_clean_text(resource->valuestring, arena);
	if (!token_claims_are_for(&claims, question->audience))
		return arena_printf(arena, "%s was asked for a token for %s and gave one for %s, which is not used",
				    name, question->audience, claims.audience);
	if (!is_identity_right(question, json))
		return arena_printf(arena,
				    "%s was asked for %s and gave the token of another, or did not say whose it is, so "
				    "it is not used.%s",
				    name, describe_identity(question->desired, arena),
				    question->source->service == IDENTITY_ARC
					    ? " Update the agent (its older versions know only the machine's own "
					      "identity), or remove the identity from credential: to use that"
					    : "");
	/* What is no JWT is left to the services to judge. */
	if (token_claims_read(token, arena, &claims) < 0)
		return NULL;
	if (!token_claims_are_for(&claims, question->audience))
		return arena_printf(arena, "%s was asked for a token for %s and gave one for %s, which is not used",
				    name, question->audience, claims.audience);
	if (text_is_guid(claims.tenant_id) && text_is_guid(question->tenant_id) &&
	    !text_equal_fold(claims.tenant_id, question->tenant_id))
		return arena_printf(arena,
				    "The managed identity of this machine belongs to tenant %s, and managed identities "
				    "work in their own tenant only, not in %s. Correct tenant_id, or use "
				    "client_certificate, client_secret or workload_identity",
				    claims.tenant_id, question->tenant_id);
	return NULL;
}

static void read_token(const struct identity_question *question, const struct reply *reply, const cJSON *json,
		       int64_t now_unix_s, struct arena *arena, struct credential_answer *ret)
{
	const cJSON *token = json_get(json, "access_token");
	const char *problem;

	*ret = (struct credential_answer){0};
	if (!cJSON_IsString(token) || !token->valuestring[0] || !read_lifetime(json, now_unix_s, ret)) {
		*ret = identity_reply_problem(question,
					      arena_printf(arena,
							   "%s answered %d without a token and its end (access_token, "
							   "expires_in or expires_on); nothing is concluded from it",
							   question->source->name, reply->status));
		ret->fault.class = FAULT_GARBLED;
		ret->fault.status = reply->status;
		return;
	}
	if (ret->lifetime_s <= 0)
		problem = arena_printf(arena,
				       "%s gave a token that has expired already. Check this machine's clock "
				       "(timedatectl)",
				       question->source->name);
	else
		problem = find_fault_with(question, json, token->valuestring, arena);
	if (problem)
		*ret = identity_reply_problem(question, problem);
	else
		ret->token = arena_copy_text(arena, token->valuestring);
}

static void read_loss(const struct identity_question *question, const struct reply *reply, struct arena *arena,
		      struct credential_answer *ret)
{
	if (!question->has_answered && !reply->is_garbled && (question->is_probe || !reply->was_sent)) {
		*ret = identity_reply_absent(question, arena);
		return;
	}
	*ret = identity_reply_problem(
		question, arena_printf(arena, "%s gave no token: %s", question->source->name, reply->message));
	ret->fault.class = reply->is_garbled ? FAULT_GARBLED : FAULT_UNREACHABLE;
}

void identity_reply_read(const struct identity_question *question, const struct reply *reply, int64_t now_unix_s,
			 struct arena *arena, struct credential_answer *ret)
{
	cJSON *json;

	if (reply->type != REPLY_ANSWER) {
		read_loss(question, reply, arena, ret);
		return;
	}
	json = reply->body ? json_parse(reply->body, reply->body_length) : NULL;
	if (reply->status == 200)
		read_token(question, reply, json, now_unix_s, arena, ret);
	else
		read_refusal(question, reply, json, arena, ret);
	cJSON_Delete(json);
}

bool identity_reply_is_azure(enum identity_service service, const struct reply *reply)
{
	cJSON *json;
	bool is_object;

	if (reply->type != REPLY_ANSWER || service != IDENTITY_METADATA)
		return reply->type == REPLY_ANSWER;
	json = reply->body ? json_parse(reply->body, reply->body_length) : NULL;
	is_object = cJSON_IsObject(json);
	cJSON_Delete(json);
	return is_object;
}
