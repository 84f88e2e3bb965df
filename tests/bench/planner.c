/*
 * What the planner costs, and how long the longest chain of dependent requests is: passes over N installations against
 * the simulated tenant in the same process.
 *
 *     planner-bench N…
 *
 * All requests that are possible at one time make a wave and are answered before the next wave begins, as if each took
 * one unit of time and any number could be under way. A request of a wave became possible only by an answer of the wave
 * before. So the number of waves is the length of the longest chain of requests of which each needs the one before: no
 * schedule is shorter. CPU time is taken while the daemon's own code absorbs an answer and plans; what the simulated
 * tenant does is not in it. One line of JSON for each pass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/installation.h"
#include "rig_internal.h"

enum { WRITES_MAX = 1000 * 1000, YAML_MAX = 1024 * 1024 };

struct waves {
	struct rig rig; /* first: its transport is what the pass sees */
	struct rig_call *calls;
	size_t count, allocated;
	size_t requests, writes, waves;
	int64_t spent_us;
};

/* ---- transport ---- */

static void waves_send(struct transport *transport, const struct request *request, void *node,
		       transport_response_fn *on_response, void *arg)
{
	struct waves *waves = (struct waves *)transport;

	if (waves->count == waves->allocated) {
		waves->allocated = waves->allocated ? waves->allocated * 2 : 1024;
		waves->calls = memory_resize(waves->calls, waves->allocated * sizeof(*waves->calls));
	}
	waves->writes += request_is_mutating(request);
	waves->calls[waves->count++] = (struct rig_call){
		.method = request->method,
		.service = request->service,
		.path = memory_copy_text(request->path),
		.body = memory_copy_text(request->body),
		.host = memory_copy_text(request->service == SERVICE_SITE ? request->host : "sim.test"),
		.create_if_missing = request->create_if_missing,
		.is_collection = request->is_collection,
		.node = node,
		.arg = arg,
		.on_response = on_response,
	};
}

static const struct transport_operations waves_operations = {.send = waves_send};

static int64_t cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

struct timed {
	struct waves *waves;
	const struct rig_call *call;
};

/* Stands between the answer and the pass. */
static void waves_on_response(void *arg, void *node, const struct response *response)
{
	struct timed *timed = arg;
	int64_t start_us = cpu_us();

	timed->call->on_response(timed->call->arg, node, response);
	timed->waves->spent_us += cpu_us() - start_us;
}

static void waves_answer(struct waves *waves, const struct rig_call *call)
{
	struct timed timed = {waves, call};
	struct rig_call through = *call;
	struct sim_response response;

	rig_login(&waves->rig);
	rig_exchange(&waves->rig, method_name(call->method), call->host, call->path, call->body,
		     call->create_if_missing, &response);
	rig_wait_for_operation(&waves->rig, &response);
	if (call->is_collection)
		rig_follow_pages(&waves->rig, &response);
	through.on_response = waves_on_response;
	through.arg = &timed;
	rig_deliver(&through, response.status, response.body, response.body_length, waves->rig.now_ms / 1000, false);
	sim_response_done(&response);
	waves->requests++;
}

static void waves_next(struct waves *waves)
{
	struct rig_call *calls = waves->calls;
	size_t count = waves->count;

	waves->calls = NULL;
	waves->count = waves->allocated = 0;
	waves->waves++;
	for (size_t i = 0; i < count; i++) {
		waves_answer(waves, &calls[i]);
		free(calls[i].path);
		free(calls[i].body);
		free(calls[i].host);
	}
	free(calls);
}

/* ---- passes ---- */

static const char *no_environment(const char *name _unused_)
{
	return NULL;
}

/* The configuration of the scenario "many:COUNT", or of "fresh". */
static struct desired *desire(uint64_t count)
{
	struct desired_problems problems = {0};
	struct desired *desired;
	struct buffer yaml;

	if (count == 1)
		return rig_desired("", "");
	buffer_init(&yaml, YAML_MAX);
	buffer_append_text(&yaml, "tenants:\n- name: contoso\n  tenant_id: " RIG_TENANT "\n"
				  "  cloud: {authority: \"" RIG_BASE "\", resource_manager: \"" RIG_BASE
				  "\", graph: \"" RIG_BASE "\"}\n"
				  "  credential: {type: client_secret, client_id: " RIG_CLIENT_ID
				  ", client_secret_file: /none}\n  instances:\n");
	for (unsigned long long i = 1; i <= count; i++)
		buffer_printf(&yaml,
			      "  - name: i%04llu\n"
			      "    subscription_id: 11111111-2222-4333-8444-555555555555\n"
			      "    resource_group: rg-scepman%04llu\n"
			      "    app_service: app-scepman-contoso%04llu\n"
			      "    app_registrations: {scepman_api: SCEPman-api-%04llu, certificate_master: "
			      "SCEPman-CM-%04llu}\n"
			      "    certificate_master: {app_service: app-scepman-contoso%04llu-cm}\n",
			      i, i, i, i, i, i);
	if (desired_load_text("bench.yaml", yaml.data, yaml.length, no_environment, &desired, &problems) < 0) {
		fprintf(stderr, "bench.yaml:%u: %s\n", problems.items[0].position.line, problems.items[0].message);
		exit(1);
	}
	desired_problems_done(&problems);
	buffer_done(&yaml);
	return desired;
}

static void on_done(struct pass *pass _unused_, void *arg _unused_)
{
}

static void run_pass(struct waves *waves, const struct desired *desired, struct memory_of_passes *memory,
		     uint64_t count, const char *name)
{
	size_t good = 0;
	struct pass pass = {0};
	int64_t start_us = cpu_us();

	waves->requests = waves->writes = waves->waves = 0;
	memory_of_passes_begin(memory);
	world_init(&pass.world, &desired->tenants[0], memory, false, waves->rig.now_ms / 1000, WRITES_MAX);
	installations_state(&pass.world);
	pass_start(&pass, &waves->rig.transport, NULL, on_done, NULL);
	waves->spent_us = cpu_us() - start_us;
	while (waves->count)
		waves_next(waves);
	for (const struct node *node = pass.world.nodes; node; node = node->next_in_world)
		good += node->outcome == OUTCOME_IN_SYNC;
	printf("{\"installations\":%llu,\"pass\":\"%s\",\"nodes\":%zu,\"good\":%zu,\"requests\":%zu,\"writes\":%zu,"
	       "\"waves\":%zu,\"us\":%lld}\n",
	       (unsigned long long)count, name, pass.world.node_count, good, waves->requests, waves->writes,
	       waves->waves, (long long)waves->spent_us);
	fflush(stdout);
	world_done(&pass.world);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct memory_of_passes memory;
		struct waves waves = {0};
		struct desired *desired;
		char scenario[32];
		uint64_t count;

		if (!text_parse_uint64(argv[i], &count) || count < 1 || count > 5000) {
			fputs("usage: planner-bench NUMBER-OF-INSTALLATIONS…\n", stderr);
			return 64;
		}
		snprintf(scenario, sizeof(scenario), count == 1 ? "fresh" : "many:%llu", (unsigned long long)count);
		memory_of_passes_init(&memory);
		waves.rig.transport.operations = &waves_operations;
		waves.rig.sim = sim_new(&(struct sim_options){.seed = 1, .base_url = RIG_BASE});
		rig_reset(&waves.rig, scenario, 1);
		desired = desire(count);
		run_pass(&waves, desired, &memory, count, "completion");
		run_pass(&waves, desired, &memory, count, "in sync");
		rig_done(&waves.rig);
		memory_of_passes_done(&memory);
		desired_free(desired);
	}
	return 0;
}
