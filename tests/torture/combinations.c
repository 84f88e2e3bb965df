/*
 * The planner must come to rest whatever the configuration says: random combinations of its switches, each against a
 * scenario. A plan writes nothing; passes come to an end with no node left open; then another one writes nothing; no
 * site's settings are written twice in a pass; and nothing foreign is changed on the way.
 *
 *     combinations [--seed S] [--first N] [--count N] [--show]
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "invariants.h"
#include "rig.h"

enum { PASSES_MAX = 10 };

/* ---- choosing ---- */

struct choice {
	const char *scenario;
	char tenant[512], instance[4096];
	bool has_hold;
};

struct dice {
	uint64_t state;
};

static uint64_t dice_throw(struct dice *dice, uint64_t sides)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % sides;
}

#define PICK(dice, texts) ((texts)[dice_throw(dice, ARRAY_SIZE(texts))])

static const char *const tenants[] = {"", "", "    entra_grants: report\n", "    azure_roles: report\n",
				      "    entra_grants: report\n    azure_roles: report\n"};
static const char *const slots[] = {"", "", "        deployment_slots: none\n", "        deployment_slots: [staging]\n",
				    "        deployment_slots: [staging, nosuch]\n"};
static const char *const productions[] = {"", "", "", "        production_slot: observe\n"};
static const char *const holds[] = {"", "", "", "        hold: true\n"};
static const char *const holds_of_first[] = {"", "        hold: true\n"};
static const char *const vaults[] = {"", "", "        key_vault: {manage: false}\n",
				     "        key_vault: {prestage_rbac: true}\n"};
static const char *const loggings[] = {"", "", "        logging: {manage: false}\n",
				       "        logging: {remove_shared_key: false}\n",
				       "        logging: {migrate_table: true}\n"};
/* The second installation may log to where the first one does. */
static const char *const other_loggings[] = {
	"", "        logging: {manage: false}\n",
	("        logging: {workspace: /subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman/"
	 "providers/Microsoft.OperationalInsights/workspaces/log-scepman-contoso}\n")};
static const char *const storages[] = {"", "", "        storage_account: {name: stscepmannew, create: true}\n",
				       "        storage_account: {name: stscepmancontoso}\n"};
static const char *const assertions[] = {"", "        version_assertion: {production: \">=3.0\"}\n"};
static const char *const consents[] = {"", "        upgrade_from_1x: true\n"};
static const char *const masters[] = {
	"",
	"        certificate_master: none\n",
	"        certificate_master: {app_service: app-scepman-contoso%s-cm}\n",
	"        certificate_master: {app_service: app-scepman-contoso%s-other, create: true}\n",
	"        certificate_master: {app_service: app-scepman-contoso%s-missing}\n",
};
static const char *const scenarios[] = {"fresh",     "linux",      "key-vault-policies", "slots", "two-installations",
					"completed", "upgrade-1x", "upgrade-1x-slots"};

static size_t choose_instance(struct dice *dice, char *to, size_t size, const char *suffix, const char *hold,
			      const char *registrations)
{
	size_t length = (size_t)snprintf(
		to, size, "%s%s%s%s%s%s%s%s%s", PICK(dice, slots), PICK(dice, productions), hold, PICK(dice, vaults),
		*suffix ? PICK(dice, other_loggings) : PICK(dice, loggings), PICK(dice, storages),
		*suffix ? "" : PICK(dice, assertions), PICK(dice, consents), registrations);
	const char *master = PICK(dice, masters);

	for (; *master && length + 2 < size; master++) {
		if (master[0] == '%') {
			length += (size_t)snprintf(to + length, size - length, "%s", suffix);
			master++;
		} else {
			to[length++] = *master;
		}
	}
	to[length] = 0;
	return length;
}

static struct choice choose(uint64_t seed, uint64_t number)
{
	static const char shared[] = "        app_registrations: {shared: true}\n";
	struct dice dice = {.state = seed * 1000003 + number};
	struct choice choice = {.scenario = PICK(&dice, scenarios)};
	bool is_shared = dice_throw(&dice, 2), has_two = text_equal(choice.scenario, "two-installations");
	const char *hold = has_two ? PICK(&dice, holds_of_first) : PICK(&dice, holds),
		   *hold2 = has_two ? PICK(&dice, holds) : "";
	size_t length;

	choice.has_hold = *hold || *hold2;
	snprintf(choice.tenant, sizeof(choice.tenant), "%s", PICK(&dice, tenants));
	length = choose_instance(&dice, choice.instance, sizeof(choice.instance), "", hold,
				 has_two && is_shared ? shared : "");
	if (!has_two)
		return choice;
	length += (size_t)snprintf(choice.instance + length, sizeof(choice.instance) - length,
				   "      - name: second\n"
				   "        subscription_id: 11111111-2222-4333-8444-555555555555\n"
				   "        resource_group: rg-scepman2\n"
				   "        app_service: app-scepman-contoso2\n");
	choose_instance(&dice, choice.instance + length, sizeof(choice.instance) - length, "2", hold2,
			is_shared ? shared
				  : "        app_registrations: {scepman_api: SCEPman-api-2, certificate_master: "
				    "SCEPman-CertMaster-2}\n");
	return choice;
}

/* ---- trying ---- */

struct trial {
	const struct choice *choice;
	uint64_t seed, number;
	struct rig *rig;
	struct desired *desired;
	struct memory_of_passes memory;
	struct invariants invariants;
	bool is_shown;
	size_t passes;
};

static void trial_fail(const struct trial *trial, const char *what, const char *detail)
{
	printf("FAILED: combination %llu of seed %llu: %s%s%s\nscenario %s\n%s%s", (unsigned long long)trial->number,
	       (unsigned long long)trial->seed, what, detail ? ": " : "", detail ? detail : "", trial->choice->scenario,
	       trial->choice->tenant, trial->choice->instance);
	exit(1);
}

/* What is true of every pass. */
static struct rig_outcome trial_pass(struct trial *trial, bool is_plan)
{
	struct rig_outcome outcome = rig_pass(trial->rig, trial->desired, &trial->memory, is_plan, HARM_NONE, 0);
	char *problem = NULL;

	trial->passes++;
	if (trial->is_shown)
		printf("  %s: %zu requests, %zu writes; %zu in sync, %zu planned, %zu withheld, %zu blocked, %zu "
		       "failed, "
		       "%zu open; %s\n",
		       is_plan ? "plan" : "pass", outcome.requests, outcome.writes, outcome.in_sync, outcome.planned,
		       outcome.withheld, outcome.blocked, outcome.failed, outcome.open,
		       outcome.trouble ? outcome.trouble : "-");
	if (outcome.open)
		trial_fail(trial, "a node was left open", outcome.trouble);
	if (outcome.failed)
		trial_fail(trial, "a request failed", outcome.trouble);
	if (is_plan && outcome.writes)
		trial_fail(trial, "a plan wrote", NULL);
	if (outcome.settings_writes_most > 1)
		trial_fail(trial, "one site's settings were written twice in a pass", NULL);
	if (!invariants_hold(&trial->invariants, trial->rig, &problem))
		trial_fail(trial, "after a pass", problem);
	free(outcome.trouble);
	outcome.trouble = NULL;
	return outcome;
}

static void trial_run(struct trial *trial)
{
	static const char *const sites[] = {"/app-scepman-contoso",  "/app-scepman-contoso-cm",
					    "/app-scepman-contoso2", "/app-scepman-contoso2-cm",
					    "/slots/staging",        "/slots/beta"};
	struct rig_outcome plan = trial_pass(trial, true), outcome = {0};
	unsigned passes = 0;

	do {
		trial->rig->now_ms += 1000 * (outcome.wait_s ? outcome.wait_s : 60);
		outcome = trial_pass(trial, false);
		if (!passes && !plan.planned != !(outcome.writes + outcome.planned))
			trial_fail(trial, "the plan and what came of it do not agree", NULL);
	} while ((outcome.writes || outcome.wait_s) && ++passes < PASSES_MAX);
	if (passes == PASSES_MAX)
		trial_fail(trial, "it does not come to rest", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++)
		if (rig_restarts(trial->rig, sites[i]) > 1)
			trial_fail(trial, "restarted twice", sites[i]);
	if (outcome.planned_though_free)
		trial_fail(trial, "something was left undone that nothing holds back", NULL);
	trial->rig->now_ms += 3600 * 1000;
	outcome = trial_pass(trial, false);
	if (outcome.writes)
		trial_fail(trial, "a tenant at rest was written to", NULL);
	outcome = trial_pass(trial, true);
	if (outcome.planned && !trial->choice->has_hold)
		trial_fail(trial, "a tenant at rest has a plan", NULL);
}

static size_t trial_of(uint64_t seed, uint64_t number, bool is_shown)
{
	struct choice choice = choose(seed, number);
	struct rig rig;
	struct trial trial = {.choice = &choice, .seed = seed, .number = number, .rig = &rig, .is_shown = is_shown};

	if (is_shown)
		printf("combination %llu: scenario %s\n%s%s", (unsigned long long)number, choice.scenario,
		       choice.tenant, choice.instance);
	trial.desired = rig_desired(choice.tenant, choice.instance);
	rig_init(&rig, choice.scenario, seed + number, false);
	memory_of_passes_init(&trial.memory);
	invariants_init(&trial.invariants, &rig);
	trial_run(&trial);
	invariants_done(&trial.invariants);
	memory_of_passes_done(&trial.memory);
	rig_done(&rig);
	desired_free(trial.desired);
	return trial.passes;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"seed", required_argument, NULL, 's'},
						{"first", required_argument, NULL, 'f'},
						{"count", required_argument, NULL, 'n'},
						{"show", no_argument, NULL, 'v'},
						{NULL, 0, NULL, 0}};
	uint64_t seed = 20260820, first = 0, count = 200;
	bool is_shown = false;
	size_t passes = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'v')
			is_shown = true;
		else if (option == '?' || !text_parse_uint64(optarg, option == 's'   ? &seed
								     : option == 'f' ? &first
										     : &count))
			return 64;
	}
	for (uint64_t number = first; number < first + count; number++)
		passes += trial_of(seed, number, is_shown);
	printf("%llu combinations from %llu on (seed %llu), %zu passes\n", (unsigned long long)count,
	       (unsigned long long)first, (unsigned long long)seed, passes);
	return 0;
}
