/*
 * The promises of product.md section 1, put to the test: a full completion is harmed in every way at every one of its
 * requests, in many random orders of answers; the next undisturbed pass must converge, and nothing may exist twice, be
 * changed or be lost.
 *
 *     torture [--scenario NAME] [--slot] [--first ORDER] [--orders N] [--seed S] [--in-turn | --lag]
 *
 * With --slot a deployment slot is to be created beside what the scenario holds, which must be complete.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "invariants.h"
#include "rig.h"

enum { LAG_PASSES_MAX = 60 };

struct torture {
	const char *scenario;
	uint64_t seed, first, orders;
	struct rig rig;
	struct desired *desired;
	struct invariants invariants;
	struct memory_of_passes memory;
	bool is_in_turn, is_lagging, creates_slot;
	size_t schedules, passes, requests;
};

static void torture_fail(const struct torture *t, uint64_t order, enum harm harm, size_t at, const char *what,
			 char *detail)
{
	printf("FAILED: scenario %s, order %llu, %s at request %zu (%s): %s%s%s\n", t->scenario,
	       (unsigned long long)order, harm_name(harm), at, t->rig.harmed, what, detail ? ": " : "",
	       detail ? detail : "");
	free(detail);
	exit(1);
}

/* A fresh tenant and a process that remembers nothing. */
static void torture_restart(struct torture *t, uint64_t order)
{
	rig_reset(&t->rig, t->scenario, t->seed * 1000003 + order);
	memory_of_passes_done(&t->memory);
	memory_of_passes_init(&t->memory);
}

static struct rig_outcome torture_pass(struct torture *t, enum harm harm, size_t at)
{
	struct rig_outcome outcome = rig_pass(&t->rig, t->desired, &t->memory, false, harm, at);

	t->passes++;
	t->requests += outcome.requests;
	return outcome;
}

/* How many requests a completion has in this order; and that it is one. */
static size_t torture_measure(struct torture *t, uint64_t order)
{
	struct rig_outcome outcome;
	char *problem = NULL;

	torture_restart(t, order);
	outcome = torture_pass(t, HARM_NONE, 0);
	if (outcome.trouble)
		torture_fail(t, order, HARM_NONE, 0, "an undisturbed pass does not converge", outcome.trouble);
	if (!invariants_hold(&t->invariants, &t->rig, &problem) || !invariants_are_healthy(&t->rig, &problem))
		torture_fail(t, order, HARM_NONE, 0, "after an undisturbed pass", problem);
	return outcome.requests;
}

/* Each site was restarted once, whatever happened on the way: the settings wait until what may pass by itself has
 * passed. A missing right does not, so what can be written is, and the rest later; and somebody else's write is a
 * restart, too. */
static void torture_check_restarts(struct torture *t, uint64_t order, enum harm harm, size_t at)
{
	bool has_slots = text_equal(t->scenario, "slots");
	bool has_staging = has_slots || text_equal(t->scenario, "upgrade-1x-slots");
	const struct {
		const char *site;
		unsigned least;
	} sites[] = {
		{"/app-scepman-contoso", !t->creates_slot},
		{"/app-scepman-contoso-cm", !t->creates_slot},
		{"/slots/staging", has_staging},
		{"/slots/beta", has_slots},
		/* A second creation over the first would be one more restart. */
		{"/slots/canary", t->creates_slot},
	};

	for (size_t i = 0; i < ARRAY_SIZE(sites); i++) {
		unsigned restarts = rig_restarts(&t->rig, sites[i].site);
		unsigned most = sites[i].least + (harm == HARM_DENIED) + (harm == HARM_MEDDLED && i == 0);

		if (restarts < sites[i].least || restarts > most) {
			printf("%s was restarted %u times\n", sites[i].site, restarts);
			torture_fail(t, order, harm, at, "restarts", NULL);
		}
	}
}

static void torture_schedule(struct torture *t, uint64_t order, enum harm harm, size_t at)
{
	struct rig_outcome outcome;
	char *problem = NULL;

	torture_restart(t, order);
	t->schedules++;
	outcome = torture_pass(t, harm, at);
	free(outcome.trouble);
	if (outcome.settings_writes_most > 1)
		torture_fail(t, order, harm, at, "one site's settings were written twice in a pass", NULL);
	if (!invariants_hold(&t->invariants, &t->rig, &problem))
		torture_fail(t, order, harm, at, "after the harmed pass", problem);
	/* A killed process remembers nothing; one that lives on waits as long as it was asked to. */
	if (outcome.was_killed) {
		memory_of_passes_done(&t->memory);
		memory_of_passes_init(&t->memory);
	}
	t->rig.now_ms += 60000;
	outcome = torture_pass(t, HARM_NONE, 0);
	if (outcome.trouble)
		torture_fail(t, order, harm, at, "the next undisturbed pass does not converge", outcome.trouble);
	if (outcome.settings_writes_most > 1)
		torture_fail(t, order, harm, at, "one site's settings were written twice in a pass", NULL);
	if (!invariants_hold(&t->invariants, &t->rig, &problem) || !invariants_are_healthy(&t->rig, &problem))
		torture_fail(t, order, harm, at, "after the next pass", problem);
	outcome = torture_pass(t, HARM_NONE, 0);
	if (outcome.writes || outcome.trouble)
		torture_fail(t, order, harm, at, "a converged tenant was written to", outcome.trouble);
	torture_check_restarts(t, order, harm, at);
}

/* Harm to a tenant that is complete: whatever the cloud says or does not say, there is no reason to write. */
static void torture_complete_tenant(struct torture *t, uint64_t order)
{
	struct rig_outcome outcome;
	size_t requests;

	free(torture_pass(t, HARM_NONE, 0).trouble);
	requests = torture_pass(t, HARM_NONE, 0).requests;
	for (size_t at = 0; at < requests; at++) {
		for (enum harm harm = HARM_NONE + 1; harm < HARM_KINDS; harm++) {
			t->schedules++;
			t->rig.now_ms += 60000;
			outcome = torture_pass(t, harm, at);
			free(outcome.trouble);
			if (outcome.writes)
				torture_fail(t, order, harm, at, "a complete tenant was written to", NULL);
			if (harm == HARM_MEDDLED && outcome.requests < requests)
				torture_fail(t, order, harm, at, "the pass did not look at everything", NULL);
		}
	}
}

/* Every request in every way; or, in turn over requests and orders, in one way: then HARM_KINDS - 1 orders meet all. */
static void torture_order(struct torture *t, uint64_t order)
{
	size_t requests = torture_measure(t, order);

	if (!t->is_in_turn)
		torture_complete_tenant(t, order);
	for (size_t at = 0; at < requests; at++)
		for (enum harm harm = HARM_NONE + 1; harm < HARM_KINDS; harm++)
			if (!t->is_in_turn || (at + order) % (HARM_KINDS - 1) == harm - 1u)
				torture_schedule(t, order, harm, at);
}

/* Replicas that answer differently for minutes: no harm but time, and as many passes as it takes. */
static void torture_lag(struct torture *t, uint64_t order)
{
	struct rig_outcome outcome = {0};
	char *problem = NULL;

	torture_restart(t, order);
	t->schedules++;
	for (unsigned pass = 0; pass < LAG_PASSES_MAX; pass++) {
		free(outcome.trouble);
		outcome = torture_pass(t, HARM_NONE, 0);
		if (!invariants_hold(&t->invariants, &t->rig, &problem))
			torture_fail(t, order, HARM_NONE, 0, "while replicas lag", problem);
		if (!outcome.trouble && !outcome.wait_s)
			break;
		t->rig.now_ms += 1000 * (outcome.wait_s ? outcome.wait_s : 1);
	}
	if (outcome.trouble || outcome.wait_s)
		torture_fail(t, order, HARM_NONE, 0, "the tenant does not converge", outcome.trouble);
	t->rig.now_ms += 3600 * 1000;
	outcome = torture_pass(t, HARM_NONE, 0);
	if (outcome.writes || outcome.trouble)
		torture_fail(t, order, HARM_NONE, 0, "a converged tenant was written to", outcome.trouble);
	if (!invariants_hold(&t->invariants, &t->rig, &problem) || !invariants_are_healthy(&t->rig, &problem))
		torture_fail(t, order, HARM_NONE, 0, "after the lag", problem);
	torture_check_restarts(t, order, HARM_NONE, 0);
}

/* What the scenario wants beyond the installation's name: 1.x has neither storage nor Certificate Master. */
static const char *torture_configuration(const struct torture *t)
{
	if (t->creates_slot)
		return "        deployment_slots: [{name: canary, create: true}]\n";
	if (!text_has_prefix(t->scenario, "upgrade-1x"))
		return "";
	return "        upgrade_from_1x: true\n"
	       "        storage_account: {name: stscepmannew, create: true}\n"
	       "        certificate_master: {app_service: app-scepman-contoso-cm, create: true}\n";
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"scenario", required_argument, NULL, 'c'}, {"orders", required_argument, NULL, 'o'},
		{"seed", required_argument, NULL, 's'},     {"in-turn", no_argument, NULL, 't'},
		{"first", required_argument, NULL, 'f'},    {"lag", no_argument, NULL, 'l'},
		{"slot", no_argument, NULL, 'n'},           {NULL, 0, NULL, 0}};
	struct torture t = {.scenario = "fresh", .seed = 20260820, .orders = 4};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			t.scenario = optarg;
		else if (option == 't')
			t.is_in_turn = true;
		else if (option == 'l')
			t.is_lagging = true;
		else if (option == 'n')
			t.creates_slot = true;
		else if (option == '?' || !text_parse_uint64(optarg, option == 'o'   ? &t.orders
								     : option == 'f' ? &t.first
										     : &t.seed))
			return 64;
	}
	t.desired = rig_desired("", torture_configuration(&t));
	rig_init(&t.rig, t.scenario, t.seed, t.is_lagging);
	memory_of_passes_init(&t.memory);
	invariants_init(&t.invariants, &t.rig);
	for (uint64_t order = t.first; order < t.first + t.orders; order++)
		(t.is_lagging ? torture_lag : torture_order)(&t, order);
	printf("%s: %zu schedules (%d ways of harm, %s, orders %llu to %llu, seed %llu), %zu passes, %zu requests\n",
	       t.scenario, t.schedules, t.is_lagging ? 0 : HARM_KINDS - 1,
	       t.is_lagging   ? "lagging replicas"
	       : t.is_in_turn ? "in turn"
			      : "each at every request",
	       (unsigned long long)t.first, (unsigned long long)(t.first + t.orders - 1), (unsigned long long)t.seed,
	       t.passes, t.requests);
	invariants_done(&t.invariants);
	rig_done(&t.rig);
	memory_of_passes_done(&t.memory);
	desired_free(t.desired);
	return 0;
}
