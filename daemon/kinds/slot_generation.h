/*
 * What can be said about the SCEPman behind a slot from the outside, by its settings only (domain.md 4.2, 4.5): is
 * it 1.x, which managed-identity settings would break; is it a split tenancy, whose identity settings are not ours; is
 * it 3.0 or newer, which can log through a data collection rule? Pure; the answer carries its evidence for people.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "world/observed.h"

enum slot_generation { SLOT_GENERATION_UNKNOWN, SLOT_GENERATION_V1, SLOT_GENERATION_V2 };

enum tenancy {
	TENANCY_SINGLE,
	TENANCY_SPLIT,          /* HomeTenantId or HomeApplicationId is there: somebody set it up so */
	TENANCY_SPLIT_SUSPECTED /* TenantId is not the tenant of the subscription: treated alike, but reported */
};

/* The assertion of the configuration for APP, or NULL. */
const struct desired_version_assertion *slot_version_assertion(const struct web_app *app);

/* TENANT_ID: the tenant of the subscription. */
enum tenancy slot_tenancy(const struct settings *settings, const char *tenant_id);

/*
 * ASSERTION (or NULL) beats all evidence; any evidence of 1.x beats that of 2.x. *RET_EVIDENCE says in half a sentence
 * what decided.
 *
 * IS_UPGRADE_WANTED is the consent upgrade_from_1x (domain.md 2.20). It says: what the settings still show of an
 * installation that was *set up* with 1.x (TenantName without TenantId, an ApplicationKey without a managed identity
 * of its own) does not outweigh what says that 2.x *runs*: a channel of the vendor, from which the restart after our
 * write fetches 2.x or newer, whatever runs now. It does not turn a package of 1.x, or one of somebody's own of which
 * nobody asserts a version, into a 2.x.
 */
enum slot_generation slot_generation(const struct settings *settings, const struct site *site, enum tenancy tenancy,
				     const struct desired_version_assertion *assertion, bool is_upgrade_wanted,
				     const char **ret_evidence);

/* Is it certain that it is 3.0 or newer, or will be after a restart: by assertion, or by an artifact URL of a channel
 * that has 3.x? */
bool slot_is_at_least_3(const struct settings *settings, enum web_app_role role,
			const struct desired_version_assertion *assertion);
