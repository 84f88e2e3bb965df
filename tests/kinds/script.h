/*
 * A cloud that says what a test tells it to: the planner's requests are matched with scripted answers, and all that
 * would have been written is kept. Not the simulated tenant: it keeps no state, so that a test can have it say
 * anything.
 */
#pragma once

#include "base/attributes.h"
#include "base/buffer.h"
#include "world/world.h"

struct script_answer {
	enum method method;
	const char *path; /* what the request's path must contain */
	int status;
	const char *body; /* JSON or NULL */
	bool is_once;
	struct script_answer *next;
};

struct script {
	struct arena arena;
	struct script_answer *answers;
	struct buffer writes; /* "PUT path body\n" each */
	unsigned reads;
};

void script_init(struct script *script);
void script_done(struct script *script);

/* From now on the cloud answers METHOD on paths that contain PATH with STATUS and BODY; what was said last counts. */
void script_says(struct script *script, enum method method, const char *path, int status, const char *body);
/* The same for the next such request only. */
void script_says_once(struct script *script, enum method method, const char *path, int status, const char *body);
/* An error in Azure's shape. */
void script_refuses(struct script *script, enum method method, const char *path, int status, const char *code);
/* Answers the planner until it has no more requests. A request without an answer fails the test. */
void script_play(struct script *script, struct world *world);
