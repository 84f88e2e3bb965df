#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "doctor/examine_parts.h"
#include "transport/url.h"

enum {
	SKEW_MAX_S = 5 * 60, /* what Entra puts up with in assertions */
	SKEW_NONE_S = 2,     /* whole seconds, and the way of the answer */
};

/* ---- the end of it ---- */

static void on_http_closed(void *arg)
{
	struct examination *examination = arg;

	examination->http = NULL;
	examine_signed_in(examination);
}

static void on_credential_closed(void *arg)
{
	struct examination *examination = arg;

	http_close(examination->http, on_http_closed, examination);
}

/* Not from inside of an answer: the credential is not done with it. */
static void on_turn(uv_timer_t *turn)
{
	struct examination *examination = turn->data;

	uv_close((uv_handle_t *)turn, NULL);
	credential_close(examination->credential, on_credential_closed, examination);
}

static void finish_answer(struct examination *examination)
{
	if (--examination->signing_in == 0)
		uv_timer_start(&examination->turn, on_turn, 0, 0);
}

/* ---- the authority ---- */

static void note_clock(struct examination *examination, int64_t date_s)
{
	struct notes *notes = &examination->diagnosis.notes;
	int64_t ahead_s = clock_unix_ms() / 1000 - date_s, skew_s = ahead_s < 0 ? -ahead_s : ahead_s;
	const char *side = ahead_s < 0 ? "behind" : "ahead of";

	if (skew_s > SKEW_MAX_S)
		notes_add(notes, &examination->arena, true,
			  "this machine's clock is %lld s %s the cloud's: what it signs is refused, and tokens seem to "
			  "live longer or shorter than they do. Set it right: timedatectl set-ntp true",
			  (long long)skew_s, side);
	else if (skew_s <= SKEW_NONE_S)
		notes_add(notes, &examination->arena, false, "this machine's clock agrees with the cloud's");
	else
		notes_add(notes, &examination->arena, false, "this machine's clock is %lld s %s the cloud's",
			  (long long)skew_s, side);
}

static const char *proxy_in_use(void)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!text_is_empty(getenv(names[i])))
			return names[i];
	return NULL;
}

/* How it came there: what of the environment and the configuration was in use, so that who looks knows where to look.
 */
static const char *describe_way(struct examination *examination)
{
	const char *proxy = proxy_in_use(), *ca_file = examination->options.tenant->cloud.ca_file;

	return arena_printf(&examination->arena, "%s%s%s%s%s", proxy ? " (through the proxy that " : "",
			    proxy ? proxy : "", proxy ? " names, where NO_PROXY does not except it)" : "",
			    ca_file ? ", trusting also " : "", ca_file ? ca_file : "");
}

static void on_authority(void *arg, const struct reply *reply, int64_t duration_ms _unused_)
{
	struct examination *examination = arg;
	struct notes *notes = &examination->diagnosis.notes;
	const char *authority = examination->options.tenant->cloud.authority;

	if (reply->type != REPLY_ANSWER) {
		notes_add(notes, &examination->arena, true, "%s", reply->message);
	} else {
		notes_add(notes, &examination->arena, false, "%s answers%s", authority, describe_way(examination));
		if (reply_date_s(reply))
			note_clock(examination, reply_date_s(reply));
	}
	finish_answer(examination);
}

static void ask_authority(struct examination *examination)
{
	const struct desired_tenant *tenant = examination->options.tenant;
	const struct http_request request = {
		.method = METHOD_GET,
		.url = arena_printf(&examination->arena, "%s/%s/v2.0/.well-known/openid-configuration",
				    tenant->cloud.authority, tenant->tenant_id),
	};

	examination->signing_in++;
	http_send(examination->http, &request, on_authority, examination);
}

/* ---- tokens ---- */

/* The token is for another tenant when that of the credential was not the one that is configured. */
static void check_tenant(struct examination *examination, const struct claims *claims)
{
	const struct desired_tenant *tenant = examination->options.tenant;

	if (!claims->tenant_id || text_equal_fold(claims->tenant_id, tenant->tenant_id))
		return;
	examination->diagnosis.has_failed = true;
	notes_add(&examination->diagnosis.notes, &examination->arena, true,
		  "the token is of tenant %s, and not of %s, which the configuration names: correct tenant_id, or sign "
		  "in with an identity of that tenant",
		  claims->tenant_id, tenant->tenant_id);
}

static void take_answer(struct examination *examination, struct diagnosis_token *token,
			const struct credential_answer *answer)
{
	struct arena *arena = &examination->arena;

	if (!answer->token) {
		examination->diagnosis.has_failed = true;
		token->problem = answer->fault.message ? arena_copy_text(arena, answer->fault.message)
						       : "the credential gave none, and no reason";
	} else if (claims_read(answer->token, arena, &token->claims)) {
		token->is_readable = true;
		check_tenant(examination, &token->claims);
	} else {
		notes_add(&examination->diagnosis.notes, arena, true,
			  "the token for %s cannot be read, so it is not known whose it is and what it holds",
			  token->url);
	}
	finish_answer(examination);
}

static void on_resource_manager(void *arg, const struct credential_answer *answer)
{
	struct examination *examination = arg;

	take_answer(examination, &examination->diagnosis.tokens[AUDIENCE_RESOURCE_MANAGER], answer);
}

static void on_graph(void *arg, const struct credential_answer *answer)
{
	struct examination *examination = arg;

	take_answer(examination, &examination->diagnosis.tokens[AUDIENCE_GRAPH], answer);
}

static void ask_for_token(struct examination *examination, enum audience audience, credential_answer_fn *on_answer)
{
	const struct credential_wish wish = {.audience = examination->diagnosis.tokens[audience].url};

	examination->signing_in++;
	credential_acquire(examination->credential, &wish, on_answer, examination);
}

/* ---- the beginning ---- */

static void on_warning(void *arg, const char *sentence)
{
	struct examination *examination = arg;

	notes_add(&examination->diagnosis.notes, &examination->arena, true, "%s", sentence);
}

/* The transport was made of the same parts a moment ago, so this hardly fails. */
static bool open_parts(struct examination *examination)
{
	const struct desired_tenant *tenant = examination->options.tenant;
	const struct http_options options = {
		.ca_file = tenant->cloud.ca_file,
		.timeout_ms = examination->options.daemon->request_timeout_s * 1000,
		.connections = 2,
		.is_read_only = true,
		.authority_url = tenant->cloud.authority,
	};
	struct credential_context context = {
		.loop = examination->loop,
		.authority = tenant->cloud.authority,
		.tenant_id = tenant->tenant_id,
		.warn = on_warning,
		.arg = examination,
	};
	char *problem = NULL;

	if (http_new(examination->loop, &options, &examination->http) < 0)
		return false;
	context.http = examination->http;
	if (credential_new(&context, &tenant->credential, &examination->credential, &problem) == 0)
		return true;
	free(problem);
	http_close(examination->http, NULL, NULL);
	return false;
}

void examine_sign_in(struct examination *examination)
{
	if (!open_parts(examination)) {
		examination->diagnosis.has_failed = true;
		for (size_t i = 0; i < AUDIENCES; i++)
			examination->diagnosis.tokens[i].problem = "the credential's files changed just now; try again";
		examine_signed_in(examination);
		return;
	}
	uv_timer_init(examination->loop, &examination->turn);
	examination->turn.data = examination;
	ask_authority(examination);
	ask_for_token(examination, AUDIENCE_RESOURCE_MANAGER, on_resource_manager);
	ask_for_token(examination, AUDIENCE_GRAPH, on_graph);
}
