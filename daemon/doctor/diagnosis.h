/*
 * What the doctor found of one tenant: who the identity is, what it has and lacks, and the commands that help. Plain
 * data that examine.h fills and diagnosis_text() and diagnosis_json() render. Holds no token.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"
#include "desired/desired.h"
#include "doctor/claims.h"
#include "doctor/demand.h"
#include "reconcile/command.h"

/* A sentence for the administrator. */
struct note {
	bool is_trouble;
	const char *text;
	struct note *next;
};

struct notes {
	struct note *first;
};

/* A command for an administrator, with what it is for. */
struct advice {
	const char *purpose;
	struct command command; /* url and body NULL: only TEXT is whole, the request holds what a shell finds out */
	struct advice *next;
};

enum audience { AUDIENCE_RESOURCE_MANAGER, AUDIENCE_GRAPH, AUDIENCES };

struct diagnosis_token {
	const char *url;     /* whom it is for */
	const char *problem; /* why there is none, or who refuses it; NULL: there is one */
	struct claims claims;
	bool is_readable; /* CLAIMS hold something */
};

struct diagnosis {
	struct arena *arena;
	const struct desired_tenant *tenant;
	struct diagnosis_token tokens[AUDIENCES];
	struct notes notes;
	struct demands demands;
	const char *const
		*to_spare; /* permissions on Graph that nothing asks for, ended by NULL; NULL: not looked at */
	const char *graph_object_id; /* of Microsoft Graph in this tenant; NULL: not known */
	struct advice *advice, **advice_tail;
	bool has_failed; /* no token, or no answer: nothing or not everything is known */
};

void diagnosis_init(struct diagnosis *diagnosis, const struct desired_tenant *tenant, struct arena *arena);
void notes_add(struct notes *notes, struct arena *arena, bool is_trouble, const char *format, ...) _printf_(4, 5);
/* Whom the tokens were issued to: the claims of one that is there, or NULL. */
const struct claims *diagnosis_identity(const struct diagnosis *diagnosis);
/* How many needs were found to be so. */
size_t diagnosis_count(const struct diagnosis *diagnosis, enum finding finding);
/* Fills diagnosis->advice with what gives the rights that are missing. Needs have been judged. */
void diagnosis_advise(struct diagnosis *diagnosis);

/* LOCAL: what was found on this machine. */
void diagnosis_text(const struct diagnosis *const *diagnoses, size_t count, const struct notes *local, bool has_colour,
		    struct buffer *ret);
void diagnosis_json(const struct diagnosis *const *diagnoses, size_t count, const struct notes *local,
		    struct buffer *ret);
