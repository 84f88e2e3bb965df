#include "transport/environment.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* Old and new names of the same clouds, the one that we use first. Source: the clouds of MSAL. */
static const char *const aliases[][4] = {
	{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
	{"login.microsoftonline.us", "login.usgovcloudapi.net"},
	{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
};

const char *environment_get(const char *name)
{
	const char *value = secure_getenv(name);

	return text_is_empty(value) ? NULL : value;
}

/* The text of URL after its scheme, without slashes at its end, and its length. */
static const char *bare(const char *url, size_t *ret_length)
{
	if (text_has_prefix_fold(url, "https://"))
		url += strlen("https://");
	*ret_length = strlen(url);
	while (*ret_length && url[*ret_length - 1] == '/')
		--*ret_length;
	return url;
}

static bool is_name(const char *text, size_t length, const char *name)
{
	return name && strlen(name) == length && strncasecmp(text, name, length) == 0;
}

bool environment_is_same_authority(const char *a, const char *b)
{
	size_t a_length, b_length;

	a = bare(a, &a_length);
	b = bare(b, &b_length);
	if (a_length == b_length && strncasecmp(a, b, a_length) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		bool has_a = false, has_b = false;

		for (size_t k = 0; k < ARRAY_SIZE(aliases[i]); k++) {
			has_a |= is_name(a, a_length, aliases[i][k]);
			has_b |= is_name(b, b_length, aliases[i][k]);
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

static bool is_allowed(const char *tenant_id)
{
	const char *allowed = environment_get("AZURE_ADDITIONALLY_ALLOWED_TENANTS");

	return allowed &&
	       (text_list_contains_fold(allowed, ';', tenant_id) || text_list_contains_fold(allowed, ';', "*"));
}

const char *environment_disagreement(const struct credential_context *context, struct arena *arena)
{
	const char *tenant = environment_get("AZURE_TENANT_ID"), *authority = environment_get("AZURE_AUTHORITY_HOST");

	/* A name of a tenant cannot be compared with its id; the login will tell. */
	if (tenant && text_is_guid(tenant) && !text_equal_fold(tenant, context->tenant_id) &&
	    !is_allowed(context->tenant_id))
		return arena_printf(
			arena,
			"AZURE_TENANT_ID in the environment is %s, and the configuration's tenant_id is %s; "
			"correct the one that is wrong, or give this tenant a credential of its own type, "
			"such as client_secret",
			tenant, context->tenant_id);
	if (authority && !environment_is_same_authority(authority, context->authority))
		return arena_printf(arena,
				    "AZURE_AUTHORITY_HOST in the environment is %s, and the configuration's cloud logs "
				    "in at %s; correct the one that is wrong (unset AZURE_AUTHORITY_HOST, or the key "
				    "cloud)",
				    authority, context->authority);
	return NULL;
}
