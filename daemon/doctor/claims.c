#include "doctor/claims.h"

#include "base/text.h"
#include "transport/token_claims.h"

static enum identity_type claims_type(const struct token_claims *token)
{
	if (token->resource_id)
		return IDENTITY_MANAGED;
	if (text_equal(token->identity_type, "app"))
		return IDENTITY_APPLICATION;
	/* Only a person is represented by a program; idtyp is an optional claim. */
	if (text_equal(token->identity_type, "user") || token->scopes.count || token->user_name)
		return IDENTITY_PERSON;
	return token->app_id ? IDENTITY_APPLICATION : IDENTITY_UNKNOWN;
}

bool claims_read(const char *text, struct arena *arena, struct claims *ret)
{
	const struct token_words *permissions;
	struct token_claims token;

	if (token_claims_read(text, arena, &token) < 0)
		return false;
	*ret = (struct claims){
		.type = claims_type(&token),
		.app_id = token.app_id,
		.object_id = token.object_id,
		.tenant_id = token.tenant_id,
		.user_name = token.user_name,
		.resource_id = token.resource_id,
		.person_roles = token.wids.words,
		.person_role_count = token.wids.count,
		.has_person_roles = token.has_wids,
		.expires_s = token.expires_s,
	};
	permissions = ret->type == IDENTITY_PERSON ? &token.scopes : &token.roles;
	ret->permissions = permissions->words;
	ret->permission_count = permissions->count;
	return true;
}

const char *identity_type_name(enum identity_type type)
{
	switch (type) {
	case IDENTITY_UNKNOWN:
		return "unknown";
	case IDENTITY_APPLICATION:
		return "application";
	case IDENTITY_MANAGED:
		return "managed_identity";
	case IDENTITY_PERSON:
		return "user";
	}
	return "unknown";
}
