/*
 * Turns what the cloud says when it refuses (or when there is no answer) into a fault whose message a person
 * understands at night: which host, what happened, and the command or the decision that helps. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/attributes.h"
#include "transport/reply.h"
#include "world/request.h"

/* What was asked, for the sentence. */
struct refusal_context {
	enum service service;
	enum method method;
	const char *host;
	const char *path;
	const char *client_id;    /* of the application that asks; NULL: not known, or a person */
	bool is_managed_identity; /* which has no app registration, so other commands help it */
};

/*
 * The fault for an answer with STATUS >= 300, whose body is JSON (NULL: none, or not JSON). Reads the error bodies of
 * Resource Manager, of single resource providers ("Code", "Message"), of Graph and of the token endpoint. Strings live
 * in ARENA. Sources: wire.md sections 2 and 9, domain.md 5.1.
 */
struct fault refusal_from_answer(const struct refusal_context *context, const struct reply *reply, const cJSON *json,
				 struct arena *arena);
/* The fault for an operation that ended as "Failed" or "Canceled": ERROR is its "error" object, or NULL. */
struct fault refusal_from_operation(const struct refusal_context *context, const char *outcome, const cJSON *error,
				    struct arena *arena);
/* The fault for an answer that there is, but that cannot be understood; WHAT ends the sentence "HOST answered … with".
 */
struct fault refusal_from_garbage(const struct refusal_context *context, int status, const char *what,
				  struct arena *arena);
/* TEXT of the cloud made fit for a terminal and a log: one line, no control characters, nothing that looks like a
 * secret, and cut (base/redact.h) after 1,000 bytes. */
const char *refusal_clean_text(const char *text, struct arena *arena);
