#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kinds/installation.h"
#include "reconcile/verdict.h"
#include "rig_internal.h"

/* splitmix64: small, and the same everywhere. */
static uint64_t rig_random(struct rig *rig)
{
	uint64_t z = rig->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* ---- transport ---- */

static void rig_send(struct transport *transport, const struct request *request, void *node,
		     transport_response_fn *on_response, void *arg)
{
	struct rig *rig = (struct rig *)transport;

	if (rig->pending_count == RIG_PENDING_MAX)
		abort();
	rig->pending[rig->pending_count++] = (struct rig_call){
		.method = request->method,
		.service = request->service,
		.path = memory_copy_text(request->path),
		.body = memory_copy_text(request->body),
		.host = memory_copy_text(request->service == SERVICE_SITE ? request->host : "sim.test"),
		.create_if_missing = request->create_if_missing,
		.is_collection = request->is_collection,
		.due_ms = rig->now_ms + request->delay_ms,
		.node = node,
		.arg = arg,
		.on_response = on_response,
	};
}

static const struct transport_operations rig_operations = {.send = rig_send};

static void rig_call_done(struct rig_call *call)
{
	free(call->path);
	memory_free_secret(call->body);
	free(call->host);
}

/* A call that may be sent by now; when all are to be sent later, it becomes later. */
static size_t rig_choose(struct rig *rig)
{
	size_t start = rig_random(rig) % rig->pending_count, soonest = start;

	for (size_t n = 0; n < rig->pending_count; n++) {
		size_t i = (start + n) % rig->pending_count;

		if (rig->pending[i].due_ms <= rig->now_ms)
			return i;
		if (rig->pending[i].due_ms < rig->pending[soonest].due_ms)
			soonest = i;
	}
	rig->now_ms = rig->pending[soonest].due_ms;
	return soonest;
}

/* Answers come in any order. */
static void rig_step(struct rig *rig)
{
	size_t i = rig_choose(rig);
	struct rig_call call = rig->pending[i];

	rig->pending[i] = rig->pending[--rig->pending_count];
	rig_perform(rig, &call);
	/* A killed process frees nothing, but a test must not leak. */
	if (rig->is_killed)
		free(call.arg);
	rig_call_done(&call);
}

/* ---- life ---- */

void rig_reset(struct rig *rig, const char *scenario, uint64_t seed)
{
	char *error = NULL;

	if (sim_load_scenario(rig->sim, scenario, &error) < 0) {
		fprintf(stderr, "scenario %s: %s\n", scenario, error ? error : "?");
		abort();
	}
	rig->random = seed;
	rig->now_ms = (int64_t)RIG_START_S * 1000;
	rig->unborn_reads = 0;
	rig->was_meddled = false;
	rig_login(rig);
}

void rig_init(struct rig *rig, const char *scenario, uint64_t seed, bool is_lagging)
{
	*rig = (struct rig){.transport.operations = &rig_operations};
	rig->sim = sim_new(&(struct sim_options){.seed = seed, .base_url = RIG_BASE, .realistic_lag = is_lagging});
	rig->pending = memory_new(RIG_PENDING_MAX * sizeof(*rig->pending));
	rig_reset(rig, scenario, seed);
}

void rig_done(struct rig *rig)
{
	sim_free(rig->sim);
	free(rig->pending);
	free(rig->token);
	free(rig->unborn);
	map_done(&rig->writes_by_path);
}

static const char *rig_no_environment(const char *name _unused_)
{
	return NULL;
}

struct desired *rig_desired(const char *tenant_extra, const char *instance_extra)
{
	struct desired_problems problems = {0};
	struct arena arena = {0};
	struct desired *desired;
	const char *yaml;

	yaml = arena_printf(&arena,
			    "tenants:\n"
			    "  - name: contoso\n"
			    "    tenant_id: " RIG_TENANT "\n"
			    "    cloud: {authority: \"" RIG_BASE "\", resource_manager: \"" RIG_BASE
			    "\", graph: \"" RIG_BASE "\"}\n"
			    "    credential: {type: client_secret, client_id: " RIG_CLIENT_ID
			    ", client_secret_file: /none}\n"
			    "%s"
			    "    instances:\n"
			    "      - name: production\n"
			    "        subscription_id: 11111111-2222-4333-8444-555555555555\n"
			    "        resource_group: rg-scepman\n"
			    "        app_service: app-scepman-contoso\n"
			    "%s",
			    tenant_extra, instance_extra);
	if (desired_load_text("rig.yaml", yaml, strlen(yaml), rig_no_environment, &desired, &problems) < 0) {
		for (size_t i = 0; i < problems.count; i++)
			fprintf(stderr, "rig.yaml:%u:%u: %s\n", problems.items[i].position.line,
				problems.items[i].position.column, problems.items[i].message);
		abort();
	}
	desired_problems_done(&problems);
	arena_done(&arena);
	return desired;
}

unsigned rig_restarts(struct rig *rig, const char *site)
{
	char *text = rig_get(rig, NULL, "/_sim/counters", NULL);
	cJSON *counters = cJSON_Parse(text), *item;
	unsigned restarts = 0;

	cJSON_ArrayForEach (item, cJSON_GetObjectItem(counters, "restarts"))
		if (text_has_suffix_fold(item->string, site))
			restarts = (unsigned)item->valuedouble;
	cJSON_Delete(counters);
	free(text);
	return restarts;
}

/* ---- one pass ---- */

static void rig_on_done(struct pass *pass _unused_, void *arg _unused_)
{
}

static void rig_tally(const struct world *world, struct rig_outcome *outcome)
{
	for (const struct node *node = world->nodes; node; node = node->next_in_world) {
		outcome->in_sync += node->outcome == OUTCOME_IN_SYNC;
		outcome->planned += node->outcome == OUTCOME_PLANNED;
		outcome->planned_though_free += node->outcome == OUTCOME_PLANNED && !node_is_held(world, node);
		outcome->withheld += node->outcome == OUTCOME_WITHHELD;
		outcome->blocked += node->outcome == OUTCOME_BLOCKED;
		outcome->failed += node->outcome == OUTCOME_FAILED;
		outcome->open += node->outcome == OUTCOME_OPEN;
		if (!outcome->trouble && !node_is_good(node)) {
			const struct node *root = verdict_root(node);
			const char *text = root->fault.message ? root->fault.message : root->condition.message;

			if (asprintf(&outcome->trouble, "%s, outcome %d, because of %s: %s %s", node->name,
				     node->outcome, root->name, reason_name(root->condition.reason),
				     text ? text : "-") < 0)
				memory_exhausted();
		}
	}
}

struct rig_outcome rig_pass(struct rig *rig, const struct desired *desired, struct memory_of_passes *memory,
			    bool is_plan, enum harm harm, size_t at)
{
	struct rig_outcome outcome = {0};
	struct pass pass = {0};

	rig_login(rig);
	rig->harm = harm;
	rig->harm_at = at;
	rig->is_killed = false;
	rig->unborn_reads = 0;
	rig->requests = rig->writes = rig->settings_writes = rig->settings_writes_most = 0;
	map_done(&rig->writes_by_path);
	memory_of_passes_begin(memory);
	world_init(&pass.world, &desired->tenants[0], memory, is_plan, rig->now_ms / 1000, 200);
	installations_state(&pass.world);
	pass_start(&pass, &rig->transport, NULL, rig_on_done, NULL);
	while (rig->pending_count && !rig->is_killed)
		rig_step(rig);
	outcome.was_killed = rig->is_killed;
	while (rig->pending_count) {
		struct rig_call *call = &rig->pending[--rig->pending_count];

		free(call->arg);
		rig_call_done(call);
	}
	outcome.requests = rig->requests;
	outcome.writes = rig->writes;
	outcome.settings_writes_most = rig->settings_writes_most;
	(void)verdict_is_worth_another_pass(&pass.world, &outcome.wait_s);
	rig_tally(&pass.world, &outcome);
	world_done(&pass.world);
	return outcome;
}
