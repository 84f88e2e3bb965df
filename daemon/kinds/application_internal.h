/*
 * What the files of kind "application" share: application.c (want, differs, write), application_search.c (read, absorb:
 * which registration it is) and application_body.c (what is missing, and the JSON that adds it). For nobody else.
 */
#pragma once

#include "kinds/application.h"
#include "kinds/application_evidence.h"

/* An installation that uses the registration. */
struct application_user {
	struct node *evidence; /* kind "application-evidence" */
	struct application_user *next;
};

/* What the rounds of reading found so far. */
struct application_search {
	struct application *accepted;    /* by an id that settings record */
	const char *accepted_by_several; /* their ids, for the message; NULL: at most one */
	const char *missing;             /* recorded ids that nothing answers to; NULL: none */
};

struct application_want {
	enum application_purpose purpose;
	struct desired_app_registration desired;
	const char *unique_name; /* the alternate key under which we make it */
	struct application_user *users;
	struct application_search search;
};

static inline const struct application_want *application_want(const struct node *node)
{
	return node->want;
}

/* The I-th id that the settings of its users record, without repetition; NULL: there are no more. */
const char *application_recorded_id(const struct node *node, size_t i);

/* kind->read, kind->is_absence and kind->absorb. */
void application_read(const struct world *world, const struct node *node, struct arena *arena, struct request *ret);
bool application_is_absence(const struct node *node, const struct fault *fault);
enum absorbed application_absorb(struct world *world, struct node *node, const cJSON *body);

/* kind->assume. */
void application_assume(struct world *world, struct node *node);

/* The application that JSON describes, copied; NULL: a member is missing or has a wrong type. */
struct application *application_parse(struct arena *arena, enum application_purpose purpose, const cJSON *json);

/* One thing that the registration lacks. */
enum application_lack {
	LACK_ROLE,
	LACK_IDENTIFIER_URI,
	LACK_REDIRECT_URI,
	LACK_ID_TOKENS,
	LACK_USER_READ,
	LACK_HOME_PAGE
};

struct application_missing {
	enum application_lack lack;
	const char *value; /* the role's value, the URI; NULL: a URI that the cloud has yet to assign a host name for */
	const struct application_role *role;
	const struct application_missing *next;
};

/* What NODE's application lacks of what it must have; NULL: nothing. Nothing observed lacks everything. */
const struct application_missing *application_find_missing(const struct node *node, struct arena *arena);
/*
 * The body of the request that makes it, and of the one that adds what is MISSING to what was observed. The first says
 * no more than the name: when it finds that there is one already, it must not replace what that one has.
 */
const char *application_create_body(const struct node *node, struct arena *arena);
/* What was observed, with the members that BODY replaces; NULL: it would make no sense. */
struct application *application_updated(const struct node *node, const char *body, struct arena *arena);
const char *application_update_body(const struct node *node, const struct application_missing *missing,
				    struct arena *arena);
