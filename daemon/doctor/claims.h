/*
 * Whom an access token was issued to, and what that may do, as far as the token says (transport/token_claims.h): data
 * of limited trust, fit for a terminal. The token itself is never kept nor shown.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"

enum identity_type {
	IDENTITY_UNKNOWN,
	IDENTITY_APPLICATION,
	IDENTITY_MANAGED,
	IDENTITY_PERSON,
};

struct claims {
	enum identity_type type;
	const char *app_id;              /* of a person: the program that asked; NULL: not said, likewise below */
	const char *object_id;           /* of the service principal or the person */
	const char *tenant_id;           /* that issued the token */
	const char *user_name;           /* of a person */
	const char *resource_id;         /* of a managed identity */
	const char *const *permissions;  /* of an application its app roles, of a person the scopes of the program */
	const char *const *person_roles; /* directory roles of a person, by the ids of their templates */
	size_t permission_count, person_role_count;
	bool has_person_roles; /* the token says which there are, be it none */
	int64_t expires_s;     /* Unix time; 0: not said */
};

/* False: TOKEN is no JWT whose payload can be read. Strings are copied into ARENA. */
bool claims_read(const char *token, struct arena *arena, struct claims *ret) _must_check_;
/* "application", "managed_identity", "user", "unknown": in JSON. */
const char *identity_type_name(enum identity_type type);
