#include "transport/credential_managed_identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "transport/arc_challenge.h"
#include "transport/identity_reply.h"
#include "transport/identity_retry.h"

/* One token on its way. */
struct identity_try {
	struct identity_try *next;
	struct managed_identity *credential;
	struct arena arena;
	struct identity_question question;
	struct identity_retry retry;
	struct http_transfer *transfer; /* NULL: none is under way */
	uv_timer_t timer;               /* until the next request; while PROBE_MS counts, until this one is given up */
	int64_t probe_ms;               /* as in the wish, until something answers */
	const char *authorization;      /* the line that answers Azure Arc's challenge, or NULL */
	bool has_claims;                /* what was handed out before will not do */
	credential_answer_fn *on_answer;
	void *arg;
};

/* The digest of the last token for an audience: the platform keeps what it hands out, and may give it again. */
struct handed_out {
	struct handed_out *next;
	const char *audience;
	char digest[DIGEST_SHA256_HEX_SIZE];
};

struct managed_identity {
	struct credential credential; /* first */
	const struct desired_credential *desired;
	struct arena arena;
	struct identity_source source;
	const char *arc_directory;
	struct identity_try *tries;
	struct handed_out *handed_out;
	bool has_answered; /* there is such a service */
	bool is_closing;
};

static void free_when_closed(struct managed_identity *credential)
{
	if (!credential->is_closing || credential->tries)
		return;
	if (credential->credential.on_closed)
		credential->credential.on_closed(credential->credential.closed_arg);
	arena_done(&credential->arena);
	free(credential);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct identity_try *try = handle->data, **link = &try->credential->tries;

	while (*link != try)
		link = &(*link)->next;
	*link = try->next;
	arena_done(&try->arena);
	free_when_closed(try->credential);
	free(try);
}

static void end_try(struct identity_try *try)
{
	if (try->transfer)
		http_cancel(try->transfer);
	try->transfer = NULL;
	if (!uv_is_closing((uv_handle_t *)&try->timer))
		uv_close((uv_handle_t *)&try->timer, on_timer_closed);
}

static void answer_and_end(struct identity_try *try, const struct credential_answer *answer)
{
	try->on_answer(try->arg, answer);
	end_try(try);
}

static void fail(struct identity_try *try, const char *sentence)
{
	struct credential_answer answer = identity_reply_problem(&try->question, sentence);

	answer_and_end(try, &answer);
}

/* Remembers TOKEN. True: it is the one that was handed out last time. */
static bool is_the_same_again(struct identity_try *try, const char *token)
{
	struct managed_identity *credential = try->credential;
	struct handed_out *last = credential->handed_out;
	char digest[DIGEST_SHA256_HEX_SIZE];
	bool is_same;

	while (last && !text_equal(last->audience, try->question.audience))
		last = last->next;
	if (!last) {
		last = arena_new(&credential->arena, struct handed_out);
		last->audience = arena_copy_text(&credential->arena, try->question.audience);
		last->next = credential->handed_out;
		credential->handed_out = last;
	}
	digest_sha256_hex(token, strlen(token), digest);
	is_same = text_equal(digest, last->digest);
	memcpy(last->digest, digest, sizeof(digest));
	return is_same;
}

static void finish(struct identity_try *try, const struct reply *reply)
{
	struct credential_answer answer;

	identity_reply_read(&try->question, reply, clock_unix_ms() / 1000, &try->arena, &answer);
	if (answer.token && is_the_same_again(try, answer.token) && try->has_claims)
		fail(try,
		     arena_printf(
			     &try->arena,
			     "%s demands a new sign-in of the managed identity (a claims challenge: its access was "
			     "changed or revoked), and %s gives the old token again: it keeps tokens for up to 24 "
			     "hours, and nobody can have them renewed. It passes when the token expires, if the "
			     "identity still has access then",
			     try->question.audience, try->credential->source.name));
	else
		answer_and_end(try, &answer);
}

static void wait_and_send(struct identity_try *try, int64_t wait_ms);

/* Azure Arc's first answer names a file, and the same request with its content is the second. */
static void answer_challenge(struct identity_try *try, const struct reply *reply)
{
	const char *directory = try->credential->arc_directory, *name, *problem;
	struct buffer line;

	if (reply->status != 401) {
		fail(try, arena_printf(&try->arena,
				       "%s answered %d without asking who we are, so it is not believed to be the "
				       "agent. Look at it with: sudo azcmagent show",
				       try->credential->source.name, reply->status));
		return;
	}
	buffer_init(&line, ARC_CHALLENGE_KEY_MAX + 64);
	buffer_append_text(&line, "Authorization: Basic ");
	problem = arc_challenge_parse(reply->headers[REPLY_CHALLENGE], directory, &try->arena, &name);
	if (!problem)
		problem = arc_challenge_read(directory, name, &try->arena, &line);
	if (!problem)
		try->authorization = arena_copy_text(&try->arena, line.data);
	buffer_done(&line);
	if (problem)
		fail(try, problem);
	else
		wait_and_send(try, 0);
}

static void on_reply(void *arg, const struct reply *reply, int64_t duration_ms _unused_)
{
	struct identity_try *try = arg;
	struct managed_identity *credential = try->credential;
	bool is_nobody = try->question.is_probe && !try->retry.has_answered &&
			 !identity_reply_is_azure(credential->source.service, reply);
	int64_t wait_ms;

	try->transfer = NULL;
	uv_timer_stop(&try->timer);
	wait_ms = identity_retry_after(&try->retry, credential->source.service, reply, clock_monotonic_ms());
	try->question.has_answered = try->retry.has_answered;
	credential->has_answered |= try->retry.has_answered && !is_nobody;
	if (wait_ms >= 0 && !is_nobody) {
		try->probe_ms = 0;
		/* Each challenge has a key of its own. */
		try->authorization = NULL;
		wait_and_send(try, wait_ms);
	} else if (credential->source.service == IDENTITY_ARC && !try->authorization && reply->type == REPLY_ANSWER &&
		   (reply->status == 401 || reply->status < 300)) {
		answer_challenge(try, reply);
	} else {
		finish(try, reply);
	}
}

static void on_silence(uv_timer_t *timer)
{
	struct identity_try *try = timer->data;
	struct credential_answer answer = identity_reply_absent(&try->question, &try->arena);

	answer_and_end(try, &answer);
}

static void send_request(uv_timer_t *timer)
{
	struct identity_try *try = timer->data;
	struct managed_identity *credential = try->credential;
	const char *headers[] = {credential->source.header, try->authorization, NULL};
	struct http_request request = {
		.method = METHOD_GET,
		.url = identity_source_request(&credential->source, credential->desired, try->question.audience,
					       &try->arena),
		.headers = headers,
		.is_local = true,
	};

	try->transfer = http_send(credential->credential.context.http, &request, on_reply, try);
	if (try->probe_ms)
		uv_timer_start(&try->timer, on_silence, (uint64_t)try->probe_ms, 0);
}

static void wait_and_send(struct identity_try *try, int64_t wait_ms)
{
	uv_timer_start(&try->timer, send_request, (uint64_t)wait_ms, 0);
}

static void acquire(struct credential *base, const struct credential_wish *wish, credential_answer_fn *on_answer,
		    void *arg)
{
	struct managed_identity *credential = (struct managed_identity *)base;
	struct identity_try *try = memory_new(sizeof(*try));

	try->credential = credential;
	try->question = (struct identity_question){
		.source = &credential->source,
		.desired = credential->desired,
		.audience = arena_copy_text(&try->arena, wish->audience),
		.tenant_id = base->context.tenant_id,
		.has_answered = credential->has_answered,
		.is_probe = wish->probe_ms > 0,
	};
	try->retry.has_answered = credential->has_answered;
	try->probe_ms = credential->has_answered ? 0 : wish->probe_ms;
	try->has_claims = wish->claims;
	try->on_answer = on_answer;
	try->arg = arg;
	try->next = credential->tries;
	credential->tries = try;
	uv_timer_init(base->context.loop, &try->timer);
	try->timer.data = try;
	wait_and_send(try, 0);
}

static void close_credential(struct credential *base)
{
	struct managed_identity *credential = (struct managed_identity *)base;

	credential->is_closing = true;
	for (struct identity_try *try = credential->tries; try; try = try->next)
		end_try(try);
	free_when_closed(credential);
}

static const struct credential_operations managed_identity_operations = {.acquire = acquire, .close = close_credential};

static struct identity_variables read_environment(void)
{
	return (struct identity_variables){
		.identity_endpoint = getenv("IDENTITY_ENDPOINT"),
		.identity_header = getenv("IDENTITY_HEADER"),
		.identity_server_thumbprint = getenv("IDENTITY_SERVER_THUMBPRINT"),
		.imds_endpoint = getenv("IMDS_ENDPOINT"),
		.msi_endpoint = getenv("MSI_ENDPOINT"),
		.pod_identity_authority_host = getenv("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
		.has_arc_agent = access(IDENTITY_ARC_AGENT, F_OK) == 0,
	};
}

int credential_managed_identity_new(const struct desired_credential *desired,
				    const struct managed_identity_options *options, struct credential **ret,
				    char **ret_problem)
{
	struct managed_identity *credential = memory_new(sizeof(*credential));
	struct identity_variables variables = options && options->variables ? *options->variables : read_environment();
	const char *problem;
	int r;

	credential->credential.operations = &managed_identity_operations;
	credential->desired = desired;
	credential->arc_directory =
		options && options->arc_directory ? options->arc_directory : ARC_CHALLENGE_DIRECTORY;
	r = identity_source_find(&variables, &credential->arena, &credential->source, &problem);
	if (r == 0) {
		*ret = &credential->credential;
		return 0;
	}
	*ret_problem = memory_copy_text(problem);
	arena_done(&credential->arena);
	free(credential);
	return r;
}
