#include "scenarios.h"

#include <string.h>

#include "base/text.h"
#include "path.h"
#include "scenario_parts.h"

/* What a scenario makes of the empty tenant; COUNT is the number behind the colon. */
typedef void (*scenario_make)(struct arena *arena, cJSON *tenant, uint64_t count);

static void make_fresh(struct arena *arena, cJSON *tenant, uint64_t count)
{
	(void)count;
	scenario_deploy(arena, tenant, false, "");
}

static void make_linux(struct arena *arena, cJSON *tenant, uint64_t count)
{
	(void)count;
	scenario_deploy(arena, tenant, true, "");
}

static void make_key_vault_policies(struct arena *arena, cJSON *tenant, uint64_t count)
{
	(void)count;
	scenario_deploy(arena, tenant, false, "");
	scenario_use_policies(tenant);
}

static void make_completed(struct arena *arena, cJSON *tenant, uint64_t count)
{
	(void)count;
	scenario_deploy(arena, tenant, false, "");
	scenario_complete(arena, tenant, "");
}

/* Two slots beside production: one like it, one that runs the beta. Nobody completed anything. */
static void make_slots(struct arena *arena, cJSON *tenant, uint64_t count)
{
	cJSON *settings;

	(void)count;
	scenario_deploy(arena, tenant, false, "");
	scenario_add_slot(arena, tenant, "", "staging");
	settings = scenario_add_slot(arena, tenant, "", "beta");
	scenario_set(arena, settings, "WEBSITE_RUN_FROM_PACKAGE",
		     "https://raw.githubusercontent.com/scepman/install/master/dist/Artifacts-Beta.zip");
}

static void make_two_installations(struct arena *arena, cJSON *tenant, uint64_t count)
{
	(void)count;
	scenario_deploy(arena, tenant, false, "");
	scenario_deploy(arena, tenant, true, "2");
}

static void make_upgrade_1x(struct arena *arena, cJSON *tenant, uint64_t count)
{
	(void)count;
	scenario_deploy(arena, tenant, false, "");
	scenario_age(arena, tenant);
}

/* The slot was made from production, so it has the same application and key, and an identity without rights. */
static void make_upgrade_1x_slots(struct arena *arena, cJSON *tenant, uint64_t count)
{
	make_upgrade_1x(arena, tenant, count);
	scenario_add_slot(arena, tenant, "", "staging");
}

static void make_many(struct arena *arena, cJSON *tenant, uint64_t count)
{
	for (uint64_t i = 1; i <= count; i++)
		scenario_deploy(arena, tenant, false, arena_printf(arena, "%04u", (unsigned)i));
}

static const struct {
	const char *name;
	const char *about;
	scenario_make make;
} scenarios[] = {
	{"fresh", "what the vendor's template deploys on Windows; nobody completed it yet", make_fresh},
	{"linux", "what the vendor's template deploys on Linux; nobody completed it yet", make_linux},
	{"key-vault-policies", "fresh, with a vault that judges by access policies", make_key_vault_policies},
	{"completed", "what the vendor's cmdlet leaves behind", make_completed},
	{"slots", "fresh, with two deployment slots", make_slots},
	{"two-installations", "two fresh installations, one on Windows and one on Linux", make_two_installations},
	{"upgrade-1x", "an installation that was made with SCEPman 1.x and runs 2.x or later by now", make_upgrade_1x},
	{"upgrade-1x-slots", "the same with a deployment slot", make_upgrade_1x_slots},
	{"many", "as many fresh installations as the number behind the colon says", make_many},
};

const char *scenario_names(void)
{
	return "fresh, linux, key-vault-policies, completed, slots, two-installations, upgrade-1x, upgrade-1x-slots, "
	       "many:N";
}

cJSON *scenario_build(const char *name)
{
	size_t length = strcspn(name, ":");
	uint64_t count = 10;
	struct arena arena;
	cJSON *tenant = NULL;

	if (name[length] && (!text_parse_uint64(name + length + 1, &count) || count > 20000))
		return NULL;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_SIZE(scenarios) && !tenant; i++) {
		if (strlen(scenarios[i].name) != length || strncmp(scenarios[i].name, name, length) != 0)
			continue;
		if (name[length] && !text_equal(scenarios[i].name, "many"))
			continue;
		tenant = scenario_tenant(&arena);
		cJSON_AddStringToObject(tenant, "about", scenarios[i].about);
		scenarios[i].make(&arena, tenant, count);
	}
	arena_done(&arena);
	return tenant;
}
