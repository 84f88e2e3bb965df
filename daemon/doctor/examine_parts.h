/* What the files of an examination share: examine.c (its course), examine_sign_in.c (tokens and the clock) and
 * examine_rights.c (what the identity may do where). Nobody else includes it. */
#pragma once

#include "base/map.h"
#include "doctor/diagnosis.h"
#include "doctor/examine.h"
#include "reconcile/pass.h"
#include "transport/azure.h"
#include "transport/credential.h"
#include "transport/http.h"

struct examination {
	uv_loop_t *loop;
	struct examination_options options;
	struct arena arena;
	struct diagnosis diagnosis;

	struct http *http;
	struct credential *credential;
	unsigned signing_in; /* answers that are awaited */
	uv_timer_t turn;     /* when the last of them is in */

	struct azure *azure;
	struct memory_of_passes memory;
	struct pass pass;

	struct map scopes; /* ARM id -> struct scope */
	unsigned asking;   /* answers that are awaited */
	bool owns_all;     /* every application that would be written */
};

/* Asks the authority for the time and the credential for tokens; then calls examine_signed_in() from the loop. */
void examine_sign_in(struct examination *examination);
void examine_signed_in(struct examination *examination);
/* What a token is worth is seen when it is used: keeps that FAULT refuses the one for AUDIENCE, if it does. */
void examine_refusal(struct examination *examination, enum audience audience, const struct fault *fault);
/* Asks what the identity may do where, judges each need; then calls examine_judged(), from the loop or at once. */
void examine_rights(struct examination *examination);
void examine_judged(struct examination *examination);
