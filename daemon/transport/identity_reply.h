/*
 * What a service that hands out managed identities said: a token that is the right one, or why there is none and what
 * helps. A token for another resource, of another identity or from another tenant than was asked for is no answer.
 * Pure. Source: auth.md section 3.
 */
#pragma once

#include "transport/credential.h"
#include "transport/identity_source.h"
#include "transport/reply.h"

struct identity_question {
	const struct identity_source *source;
	const struct desired_credential *desired; /* which identity */
	const char *audience, *tenant_id;
	bool has_answered; /* as far as we know there is such a service */
	bool is_probe;     /* whether there is one is the question: what is not Azure's is as good as nothing */
};

/* Fills RET, strings in ARENA. REPLY is an answer or a loss, and the last one: nothing will be asked again. */
void identity_reply_read(const struct identity_question *question, const struct reply *reply, int64_t now_unix_s,
			 struct arena *arena, struct credential_answer *ret);
/* SENTENCE as the reason why there is no token. */
struct credential_answer identity_reply_problem(const struct identity_question *question, const char *sentence);
/* There is no such service on this machine. */
struct credential_answer identity_reply_absent(const struct identity_question *question, struct arena *arena);
/* Is REPLY an answer of SERVICE as Azure has it, whatever it says? (The metadata service always speaks JSON, and other
 * clouds have one at the same address.) */
bool identity_reply_is_azure(enum identity_service service, const struct reply *reply);
