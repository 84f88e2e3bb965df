#include "sim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arm_operation.h"
#include "base/memory.h"
#include "base/text.h"
#include "core.h"
#include "entra.h"
#include "graph.h"
#include "router.h"
#include "routes.h"
#include "scenarios.h"

enum { ANSWER_HEADERS_MAX = 32 };

struct sim *sim_new(const struct sim_options *options)
{
	struct sim *sim = memory_new(sizeof(*sim));

	sim->options = *options;
	sim->request_random = options->seed;
	sim->options.base_url =
		memory_copy_text(options->base_url ? options->base_url : "https://management.azure.com");
	state_init(&sim->state, options->seed);
	sim->interference = interference_new(&sim->options);
	sim->router = router_new(routes_by_service, ROUTES_SERVICES);
	sim->entra = entra_new();
	return sim;
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	entra_free(sim->entra);
	router_free(sim->router);
	interference_free(sim->interference);
	state_done(&sim->state);
	free((char *)(uintptr_t)sim->options.base_url);
	free(sim);
}

/* Replaces the tenant by JSON, which is taken over. */
static int load_json(struct sim *sim, cJSON *json, char **ret_error)
{
	struct sim_state state;
	int r;

	/* The generator goes on: ids that it has given are in the state, and must not be given once more. */
	state_init(&state, sim->state.random);
	r = state_load(&state, json, ret_error);
	if (r < 0) {
		state_done(&state);
		return r;
	}
	state_reseed(&state);
	state_done(&sim->state);
	sim->state = state;
	interference_reset(sim->interference);
	return 0;
}

int sim_load(struct sim *sim, const char *state_json, size_t length, char **ret_error)
{
	const char *end = NULL;
	cJSON *json = cJSON_ParseWithLengthOpts(state_json, length, &end, false);

	if (json)
		return load_json(sim, json, ret_error);
	if (asprintf(ret_error, "the state: is no JSON near byte %zu", end ? (size_t)(end - state_json) : (size_t)0) <
	    0)
		memory_exhausted();
	return -EINVAL;
}

int sim_load_scenario(struct sim *sim, const char *name, char **ret_error)
{
	cJSON *json = scenario_build(name);

	if (json)
		return load_json(sim, json, ret_error);
	if (asprintf(ret_error, "there is no scenario \"%s\"; there are %s", name, scenario_names()) < 0)
		memory_exhausted();
	return -ENOENT;
}

void sim_set_journal_sink(struct sim *sim, void (*write)(void *userdata, const char *line), void *userdata)
{
	interference_set_journal_sink(sim->interference, write, userdata);
}

void sim_set_challenge_sink(struct sim *sim, void (*write)(void *userdata, const char *path, const char *content),
			    void *userdata)
{
	entra_set_challenge_sink(sim->entra, write, userdata);
}

/* A GUID for one request: not from the tenant's generator, so that looking at a tenant does not change what it will do.
 */
static const char *request_guid(struct call *call)
{
	char guid[37];

	state_guid_from(&call->sim->request_random, guid);
	return arena_copy_text(call->arena, guid);
}

static void add_service_headers(struct call *call)
{
	const char *client_id = call_header(call, "x-ms-client-request-id"), *id = request_guid(call);

	switch (call->service) {
	case SERVICE_ARM:
		call_add_header(call, "x-ms-request-id", id);
		call_add_header(call, "x-ms-correlation-request-id",
				call_header(call, "x-ms-correlation-request-id")
					? call_header(call, "x-ms-correlation-request-id")
					: id);
		if (client_id && text_equal_fold(call_header(call, "x-ms-return-client-request-id"), "true"))
			call_add_header(call, "x-ms-client-request-id", client_id);
		break;
	case SERVICE_GRAPH:
		call_add_header(call, "request-id", id);
		client_id = call_header(call, "client-request-id");
		call_add_header(call, "client-request-id", client_id ? client_id : id);
		call_add_header(call, "OData-Version", "4.0");
		graph_finish(call, id);
		break;
	case SERVICE_LOGIN:
		call_add_header(call, "x-ms-request-id", id);
		break;
	case SERVICE_CONTROL:
	case SERVICE_METADATA:
	case SERVICE_SITE:
		break;
	}
}

/* RFC 9110 section 5.6.7. The clients judge their clock by it. */
static const char *http_date(struct call *call)
{
	time_t seconds = (time_t)(call->now_ms / 1000);
	struct tm tm;
	char text[64];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	return arena_copy_text(call->arena, text);
}

static void response_header(struct sim_response *ret, const char *name, const char *value)
{
	if (ret->header_count == ANSWER_HEADERS_MAX)
		return;
	ret->headers[ret->header_count++] =
		(struct sim_header){.name = memory_copy_text(name), .value = memory_copy_text(value)};
}

static void response_build(struct call *call, struct sim_response *ret)
{
	const char *type = call->raw ? call->raw_type : "application/json; charset=utf-8";

	*ret = (struct sim_response){.status = call->status, .fate = call->fate, .delay_ms = call->delay_ms};
	ret->headers = memory_new(ANSWER_HEADERS_MAX * sizeof(*ret->headers));
	if (call->raw)
		ret->body = memory_copy_text(call->raw);
	else
		ret->body = call->answer ? cJSON_PrintUnformatted(call->answer) : memory_copy_text("");
	if (!ret->body)
		memory_exhausted();
	ret->body_length = strlen(ret->body);
	if (ret->body_length)
		response_header(ret, "Content-Type", type);
	response_header(ret, "Date", http_date(call));
	if (call->service != SERVICE_SITE)
		response_header(ret, "Cache-Control", "no-cache");
	for (size_t i = 0; i < call->header_count; i++)
		response_header(ret, call->headers[i].name, call->headers[i].value);
}

static bool needs_token(const struct call *call)
{
	return call->service == SERVICE_ARM || call->service == SERVICE_GRAPH;
}

static void handle(struct call *call)
{
	call->service = core_classify(call->state, call->request->host, call->path);
	if (call->status)
		return;
	if (call->service == SERVICE_CONTROL) {
		interference_control(call->sim->interference, call);
		return;
	}
	arm_operation_settle(call->state, call->now_ms);
	if (!needs_token(call) || entra_authenticate(call))
		core_dispatch(call);
}

void sim_handle(struct sim *sim, const struct sim_request *request, int64_t now_ms, struct sim_response *ret)
{
	struct arena arena;
	struct call call;
	bool well_formed;

	arena_init(&arena);
	interference_tick(sim->interference, &sim->state, now_ms);
	well_formed = call_init(&call, sim, &sim->state, &arena, request, now_ms);
	(void)well_formed; /* a call that is not has its answer already, but passes here like any other */
	handle(&call);
	call.state = &sim->state;
	add_service_headers(&call);
	response_build(&call, ret);
	interference_finish(sim->interference, &call, ret);
	call_done(&call);
	arena_done(&arena);
}

void sim_response_done(struct sim_response *response)
{
	for (size_t i = 0; i < response->header_count; i++) {
		free((char *)(uintptr_t)response->headers[i].name);
		free((char *)(uintptr_t)response->headers[i].value);
	}
	free(response->headers);
	free(response->body);
	*response = (struct sim_response){0};
}
