#include "kinds/slot_generation.h"

#include "base/text.h"
#include "kinds/artifact_channel.h"

static bool is_set(const struct settings *settings, const char *name)
{
	return !text_is_empty(settings_get(settings, name));
}

const struct desired_version_assertion *slot_version_assertion(const struct web_app *app)
{
	const struct desired_instance *desired = app->installation->desired;
	const char *slot = app->is_slot ? app->label : "production";

	if (app->role != WEB_APP_SCEPMAN)
		return NULL;
	for (size_t i = 0; i < desired->version_assertion_count; i++)
		if (text_equal_fold(desired->version_assertions[i].slot, slot))
			return &desired->version_assertions[i];
	return NULL;
}

enum tenancy slot_tenancy(const struct settings *settings, const char *tenant_id)
{
	const char *ours = settings_get(settings, "AppConfig:AuthConfig:TenantId");

	if (is_set(settings, "AppConfig:AuthConfig:HomeTenantId") ||
	    is_set(settings, "AppConfig:AuthConfig:HomeApplicationId"))
		return TENANCY_SPLIT;
	if (!text_is_empty(ours) && !text_equal_fold(ours, tenant_id))
		return TENANCY_SPLIT_SUSPECTED;
	return TENANCY_SINGLE;
}

/* A triple with another slot's host name is only a copy, and proves nothing about the program that runs here. */
static bool has_own_identity_settings(const struct settings *settings, const struct site *site)
{
	return is_set(settings, "AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime") &&
	       site_has_host(site,
			     settings_get(settings, "AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname"));
}

/* What a 1.x runs from, or NULL. */
static const char *evidence_of_running_v1(const struct settings *settings)
{
	if (text_contains_fold(settings_get(settings, "WEBSITE_RUN_FROM_PACKAGE"), "glueckkanja/gk-scepman"))
		return "WEBSITE_RUN_FROM_PACKAGE names the artifacts of SCEPman 1.x";
	return NULL;
}

/*
 * What an installation has that was set up with 1.x, or NULL. Signs that survive an upgrade (its default certificate
 * name) or that a 2.x can share (no table endpoint, DebugMode) say nothing: with them an ordinary installation that
 * wants repair would be left alone for ever.
 */
static const char *evidence_of_v1_setup(const struct settings *settings, const struct site *site, enum tenancy tenancy)
{
	if (is_set(settings, "AppConfig:AuthConfig:TenantName") && !is_set(settings, "AppConfig:AuthConfig:TenantId"))
		return "AppConfig:AuthConfig:TenantName is set and TenantId is not";
	/* In a split tenancy the key is what 2.x and 3.x sign in with (domain.md 4.5). */
	if (tenancy == TENANCY_SINGLE && is_set(settings, "AppConfig:AuthConfig:ApplicationKey") &&
	    !has_own_identity_settings(settings, site))
		return "AppConfig:AuthConfig:ApplicationKey is set and no managed identity is enabled";
	return NULL;
}

static const char *evidence_of_v2(const struct settings *settings, const struct site *site)
{
	if (has_own_identity_settings(settings, site))
		return "its own managed identity is enabled";
	if (artifact_channel_of(WEB_APP_SCEPMAN, settings_get(settings, "WEBSITE_RUN_FROM_PACKAGE")) !=
	    CHANNEL_UNMANAGED)
		return "WEBSITE_RUN_FROM_PACKAGE names a channel of the vendor";
	return NULL;
}

/* The settings that 1.x was set up with are still there when 2.x runs: they outweigh what says 2.x until somebody
 * consents to the upgrade. What runs is another matter; no consent turns a 1.x package into a 2.x one. */
enum slot_generation slot_generation(const struct settings *settings, const struct site *site, enum tenancy tenancy,
				     const struct desired_version_assertion *assertion, bool is_upgrade_wanted,
				     const char **ret_evidence)
{
	const char *runs_v1 = evidence_of_running_v1(settings);
	const char *setup_v1 = evidence_of_v1_setup(settings, site, tenancy);
	const char *v2 = evidence_of_v2(settings, site);

	if (assertion) {
		*ret_evidence = "version_assertion in the configuration says so";
		return assertion->is_at_least_2 ? SLOT_GENERATION_V2 : SLOT_GENERATION_V1;
	}
	if (runs_v1 || (setup_v1 && !(v2 && is_upgrade_wanted))) {
		*ret_evidence = runs_v1 ? runs_v1 : setup_v1;
		return SLOT_GENERATION_V1;
	}
	*ret_evidence = v2 ? v2 : "its package is not one of the vendor's channels";
	return v2 ? SLOT_GENERATION_V2 : SLOT_GENERATION_UNKNOWN;
}

/* ">=3.0" and newer; assertions have the form ">=MAJOR.MINOR" or "<MAJOR.MINOR". */
static bool asserts_at_least_3(const struct desired_version_assertion *assertion)
{
	unsigned major = 0;

	if (!assertion || !assertion->is_at_least_2 || !text_has_prefix(assertion->version, ">="))
		return false;
	for (const char *p = assertion->version + 2; *p >= '0' && *p <= '9' && major < 1000; p++)
		major = 10 * major + (unsigned)(*p - '0');
	return major >= 3;
}

bool slot_is_at_least_3(const struct settings *settings, enum web_app_role role,
			const struct desired_version_assertion *assertion)
{
	if (asserts_at_least_3(assertion))
		return true;
	if (assertion && !assertion->is_at_least_2)
		return false;
	switch (artifact_channel_of(role, settings_get(settings, "WEBSITE_RUN_FROM_PACKAGE"))) {
	case CHANNEL_PROD:
	case CHANNEL_BETA:
	case CHANNEL_INTERNAL:
		return true;
	case CHANNEL_DEFERRED: /* one behind production, which is 3.1: not certain */
	case CHANNEL_UNMANAGED:
	case CHANNEL_URL:
		return false;
	}
	return false;
}
