#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/installation.h"
#include "reconcile/verdict.h"
#include "world/json.h"

#define RIG_BASE      "https://sim.test"
#define RIG_TENANT    "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"
#define RIG_CLIENT_ID "c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c"

enum { RIG_START_S = 1790000000, RIG_PENDING_MAX = 4096, RIG_STEP_MS = 20 };

struct rig_call {
	enum method method;
	enum service service;
	char *path, *body, *host;
	bool create_if_missing, is_collection;
	void *node, *arg;
	transport_response_fn *on_response;
};

const char *harm_name(enum harm harm)
{
	static const char *const names[HARM_KINDS] = {
		"none",       "killed before", "killed after",         "503",   "lost before",
		"lost after", "garbage",       "404 after the create", "empty", "403",
	};

	return names[harm];
}

/* splitmix64: small, and the same everywhere. */
static uint64_t rig_random(struct rig *rig)
{
	uint64_t z = rig->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* ---- the way to the simulated tenant ---- */

static void rig_exchange(struct rig *rig, const char *method, const char *host, const char *target, const char *body,
			 bool create_if_missing, struct sim_response *ret)
{
	struct sim_header headers[4];
	struct sim_request request = {
		.method = method,
		.host = host,
		.target = target,
		.headers = headers,
		.body = body,
		.body_length = body ? strlen(body) : 0,
	};
	char bearer[8192];

	if (rig->token) {
		snprintf(bearer, sizeof(bearer), "Bearer %s", rig->token);
		headers[request.header_count++] = (struct sim_header){"Authorization", bearer};
	}
	if (body)
		headers[request.header_count++] = (struct sim_header){
			"Content-Type", rig->token ? "application/json" : "application/x-www-form-urlencoded"};
	if (create_if_missing)
		headers[request.header_count++] = (struct sim_header){"Prefer", "create-if-missing"};
	rig->now_ms += RIG_STEP_MS;
	sim_handle(rig->sim, &request, rig->now_ms, ret);
}

static void rig_login(struct rig *rig)
{
	struct sim_response response;
	const char *token = NULL;
	struct arena arena = {0};
	cJSON *json;

	free(rig->token);
	rig->token = NULL;
	rig_exchange(rig, "POST", "sim.test", "/" RIG_TENANT "/oauth2/v2.0/token",
		     "client_id=" RIG_CLIENT_ID
		     "&grant_type=client_credentials&client_secret=s3c~simulated-tenant-only-0001"
		     "&scope=https%3A%2F%2Fsim.test%2F.default",
		     false, &response);
	json = json_parse(response.body ? response.body : "", response.body_length);
	if (response.status != 200 || json_get_text(json, "access_token", &arena, &token) < 0) {
		fprintf(stderr, "no token: %d %s\n", response.status, response.body);
		abort();
	}
	rig->token = memory_copy_text(token);
	cJSON_Delete(json);
	arena_done(&arena);
	sim_response_done(&response);
}

char *rig_get(struct rig *rig, const char *host, const char *target, int *ret_status)
{
	struct sim_response response;
	char *token = rig->token, *body;

	rig->token = NULL;
	rig_exchange(rig, "GET", host ? host : "sim.test", target, NULL, false, &response);
	rig->token = token;
	if (ret_status)
		*ret_status = response.status;
	body = memory_copy_text(response.body ? response.body : "");
	sim_response_done(&response);
	return body;
}

/* ---- answers ---- */

static const char *rig_header(const struct sim_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++)
		if (text_equal_fold(response->headers[i].name, name))
			return response->headers[i].value;
	return NULL;
}

/* A long-running operation is waited for, in virtual time. */
static void rig_wait_for_operation(struct rig *rig, struct sim_response *response)
{
	for (unsigned i = 0; i < 100 && response->status == 202; i++) {
		const char *location = rig_header(response, "Location");
		char *target = location && strlen(location) > strlen(RIG_BASE)
				       ? memory_copy_text(location + strlen(RIG_BASE))
				       : NULL;

		if (!target)
			return;
		sim_response_done(response);
		rig->now_ms += 1000;
		rig_exchange(rig, "GET", "sim.test", target, NULL, false, response);
		free(target);
	}
}

static void rig_deliver(const struct rig_call *call, int status, const char *body, size_t length, int64_t date_s,
			bool is_garbage)
{
	struct response response = {.status = status, .date_unix_s = date_s};
	struct arena arena = {0};

	if (length)
		response.body = json_parse(body, length);
	if (status == 0) {
		response.fault = (struct fault){
			.class = FAULT_UNREACHABLE, .message = "the connection was lost", .is_ambiguous = true};
	} else if (is_garbage || (length && !response.body)) {
		response.fault = (struct fault){
			.class = FAULT_GARBLED, .status = status, .message = "not JSON", .is_ambiguous = true};
	} else if (status >= 300) {
		(void)!json_get_text(response.body, "error/code", &arena, &response.fault.code);
		(void)!json_get_text(response.body, "error/message", &arena, &response.fault.message);
		response.fault.status = status;
		response.fault.class = fault_classify(status, response.fault.code, response.fault.message);
	}
	call->on_response(call->arg, call->node, &response);
	cJSON_Delete(response.body);
	arena_done(&arena);
}

static void rig_deliver_error(const struct rig *rig, const struct rig_call *call, int status, const char *code)
{
	char body[256];

	snprintf(body, sizeof(body), "{\"error\":{\"code\":\"%s\",\"message\":\"%s by the rig\"}}", code, code);
	rig_deliver(call, status, body, strlen(body), rig->now_ms / 1000, false);
}

/* ---- harm ---- */

static struct request rig_request_of(const struct rig_call *call)
{
	return (struct request){.method = call->method, .path = call->path};
}

static bool rig_is_write(const struct rig_call *call)
{
	const struct request request = rig_request_of(call);

	return request_is_mutating(&request);
}

/* What later reads of a thing just created have in their path: its id from the answer, or its own path. */
static void rig_hide(struct rig *rig, const struct rig_call *call, const struct sim_response *response)
{
	struct arena arena = {0};
	const char *id = NULL;
	cJSON *json;

	if (!rig_is_write(call) || response->status < 200 || response->status >= 300)
		return;
	json = response->body_length ? json_parse(response->body, response->body_length) : NULL;
	if (json && json_get_text(json, "id", &arena, &id) == 0) {
		free(rig->unborn);
		rig->unborn = memory_copy_text(id);
		rig->unborn_reads = 5;
	}
	cJSON_Delete(json);
	arena_done(&arena);
}

static void rig_count(struct rig *rig, const struct rig_call *call)
{
	rig->requests++;
	if (!rig_is_write(call))
		return;
	rig->writes++;
	if (call->method == METHOD_PUT && text_contains_fold(call->path, "/config/appsettings?")) {
		uintptr_t n = (uintptr_t)map_get(&rig->writes_by_path, call->path) + 1;

		map_put(&rig->writes_by_path, call->path, (void *)n);
		rig->settings_writes++;
		if (n > rig->settings_writes_most)
			rig->settings_writes_most = n;
	}
}

/* Harm that keeps the request from arriving. True: dealt with. */
static bool rig_strike_before(struct rig *rig, const struct rig_call *call, enum harm harm)
{
	switch (harm) {
	case HARM_KILL_BEFORE:
		rig->is_killed = true;
		return true;
	case HARM_UNAVAILABLE:
		rig_deliver_error(rig, call, 503, "ServiceUnavailable");
		return true;
	case HARM_LOST_BEFORE:
		rig_deliver(call, 0, NULL, 0, 0, false);
		return true;
	case HARM_DENIED:
		rig_deliver_error(rig, call, 403, "AuthorizationFailed");
		return true;
	case HARM_EMPTY:
		if (rig_is_write(call))
			return false;
		rig_deliver(call, 200, "{}", 2, rig->now_ms / 1000, false);
		return true;
	case HARM_NONE:
	case HARM_KILL_AFTER:
	case HARM_LOST_AFTER:
	case HARM_GARBAGE:
	case HARM_NOT_FOUND:
	case HARM_KINDS:
		return false;
	}
	return false;
}

/* Harm to the answer of what took effect. */
static void rig_strike_after(struct rig *rig, const struct rig_call *call, enum harm harm,
			     const struct sim_response *response)
{
	switch (harm) {
	case HARM_KILL_AFTER:
		rig->is_killed = true;
		return;
	case HARM_LOST_AFTER:
		rig_deliver(call, 0, NULL, 0, 0, false);
		return;
	case HARM_GARBAGE:
		rig_deliver(call, response->status, "<html>", 6, rig->now_ms / 1000, true);
		return;
	case HARM_NOT_FOUND:
		rig_hide(rig, call, response);
		break;
	case HARM_NONE:
	case HARM_KILL_BEFORE:
	case HARM_UNAVAILABLE:
	case HARM_LOST_BEFORE:
	case HARM_EMPTY:
	case HARM_DENIED:
	case HARM_KINDS:
		break;
	}
	rig_deliver(call, response->status, response->body, response->body_length, rig->now_ms / 1000, false);
}

static void rig_perform(struct rig *rig, const struct rig_call *call)
{
	enum harm harm = rig->requests == rig->harm_at ? rig->harm : HARM_NONE;
	struct sim_response response;

	rig_count(rig, call);
	if (rig_strike_before(rig, call, harm))
		return;
	if (rig->unborn_reads && call->method == METHOD_GET && text_contains_fold(call->path, rig->unborn)) {
		rig->unborn_reads--;
		rig_deliver_error(rig, call, 404, "ResourceNotFound");
		return;
	}
	rig_exchange(rig, method_name(call->method), call->host, call->path, call->body, call->create_if_missing,
		     &response);
	rig_wait_for_operation(rig, &response);
	if (rig->is_loud)
		printf("%3zu %-5s %.150s -> %d %.300s\n", rig->requests - 1, method_name(call->method), call->path,
		       response.status, response.status >= 300 && response.body ? response.body : "");
	rig_strike_after(rig, call, harm, &response);
	sim_response_done(&response);
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

/* Answers come in any order. */
static void rig_step(struct rig *rig)
{
	size_t i = rig_random(rig) % rig->pending_count;
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
	rig_login(rig);
}

void rig_init(struct rig *rig, const char *scenario, uint64_t seed)
{
	*rig = (struct rig){.transport.operations = &rig_operations};
	rig->sim = sim_new(&(struct sim_options){.seed = 1, .base_url = RIG_BASE});
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

/* ---- one pass ---- */

static void rig_on_done(struct pass *pass _unused_, void *arg _unused_)
{
}

static void rig_tally(const struct world *world, struct rig_outcome *outcome)
{
	for (const struct node *node = world->nodes; node; node = node->next_in_world) {
		outcome->in_sync += node->outcome == OUTCOME_IN_SYNC;
		outcome->planned += node->outcome == OUTCOME_PLANNED;
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
