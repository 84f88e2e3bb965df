#include "transport/azure.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/azure_parts.h"
#include "transport/http_memory.h"

static const struct fault fault_stopping = {
	.class = FAULT_REFUSED,
	.code = "Stopping",
	.message = "the program stops, so this was not brought to its end; the next pass looks again",
};

static const struct fault fault_read_only = {
	.class = FAULT_REFUSED,
	.code = "ReadOnly",
	.message = "a request that would change something was not sent, since this is a plan",
};

static void end_handles(struct azure *azure);

static void unlink_call(struct azure_call *call)
{
	if (call->next)
		call->next->previous = call->previous;
	if (call->previous)
		call->previous->next = call->next;
	else
		call->azure->calls = call->next;
}

static void on_call_closed(struct call *call)
{
	struct azure_call *own = (struct azure_call *)call;

	unlink_call(own);
	azure_wake(own->azure);
	free(own);
}

static void on_call_done(struct call *call, const struct response *response)
{
	struct azure_call *own = (struct azure_call *)call;

	if (own->on_response)
		own->on_response(own->arg, own->node, response);
	own->on_response = NULL;
	call_close(call, on_call_closed);
}

static const struct call_operations azure_call_operations = {
	.get_token = azure_get_token,
	.send = azure_send_call,
	.done = on_call_done,
};

/* A request that must not be sent still gets its response from the loop: as a call that is stopped before it begins. */
static void begin(struct azure_call *call, int64_t delay_ms, const struct fault *refusal)
{
	if (refusal)
		call->call.stop = *refusal;
	call_begin(&call->call, refusal ? 0 : delay_ms);
}

static void link_call(struct azure *azure, struct azure_call *call)
{
	call->next = azure->calls;
	if (call->next)
		call->next->previous = call;
	azure->calls = call;
}

static uint64_t next_seed(struct azure *azure)
{
	/* splitmix64 */
	uint64_t z = azure->random += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static struct azure_audience *audience_of(struct azure *azure, enum service service)
{
	switch (service) {
	case SERVICE_RESOURCE_MANAGER:
		return &azure->resource_manager;
	case SERVICE_GRAPH:
		return &azure->graph;
	case SERVICE_SITE:
		break;
	}
	return NULL;
}

static void azure_send(struct transport *transport, const struct request *request, void *node,
		       transport_response_fn *on_response, void *arg)
{
	struct azure *azure = (struct azure *)transport;
	struct azure_call *call = memory_new(sizeof(*call));
	const struct fault *refusal = NULL;
	struct exchange_request exchange = {
		.service = request->service,
		.method = request->method,
		.path = request->path,
		.body = request->body,
		.client_id = azure->tenant->credential.client_id,
		.is_write = request_is_mutating(request),
		.is_collection = request->is_collection,
		.is_anonymous = request->service == SERVICE_SITE,
		.accepts_text = request->service == SERVICE_SITE,
		.is_tried_once = request->service == SERVICE_SITE,
	};
	struct arena arena = {0};

	call->azure = azure;
	call->node = node;
	call->on_response = on_response;
	call->arg = arg;
	call->is_write = exchange.is_write;
	call->create_if_missing = request->create_if_missing;
	call->audience = audience_of(azure, request->service);
	exchange.base_url = call->audience ? call->audience->base_url
					   : arena_printf(&arena, "https://%s", request->host ? request->host : "");
	/* Kinds write Graph's paths as the documentation does, without the version. */
	if (request->service == SERVICE_GRAPH && !text_has_prefix(request->path, "/v1.0/"))
		exchange.path = arena_printf(&arena, "/v1.0%s", request->path);
	call_init(&call->call, azure->loop, &azure_call_operations, &exchange, next_seed(azure));
	for (size_t i = 0; i < ARRAY_SIZE(call->queue); i++)
		call->queue[i] = azure_find_queue(azure, request, call->call.exchange.context.host,
						  i ? METHOD_POST : METHOD_GET);
	arena_done(&arena);
	link_call(azure, call);
	azure->counters.requests++;
	if (azure->is_stopping) {
		refusal = &fault_stopping;
	} else if (azure->options.is_read_only && exchange.is_write) {
		azure->counters.refused++;
		refusal = &fault_read_only;
	}
	begin(call, request->delay_ms, refusal);
}

static const struct transport_operations azure_operations = {.send = azure_send};

/* Everything that is not on the wire ends now, and when all is closed, that too. */
static void stop_calls(struct azure *azure)
{
	struct azure_call *next;

	if (azure->is_closing)
		azure_cancel_transit(azure);
	for (struct azure_call *call = azure->calls; call; call = next) {
		next = call->next;
		if (!call->on_response)
			continue;
		azure_withdraw(call);
		if (call->parcel)
			call->call.stop = fault_stopping;
		else
			call_abort(&call->call, &fault_stopping);
	}
}

static void on_idle(uv_idle_t *idle)
{
	struct azure *azure = idle->data;

	uv_idle_stop(idle);
	if (!azure->is_stopping) {
		azure_dispatch(azure);
		return;
	}
	stop_calls(azure);
	if (azure->calls)
		return;
	if (azure->on_stopped) {
		void (*on_stopped)(void *arg) = azure->on_stopped;

		azure->on_stopped = NULL;
		on_stopped(azure->stopped_arg);
	}
	if (azure->is_closing)
		end_handles(azure);
}

void azure_wake(struct azure *azure)
{
	if (!uv_is_closing((uv_handle_t *)&azure->idle))
		uv_idle_start(&azure->idle, on_idle);
}

static void warn(void *arg, const char *sentence)
{
	struct azure *azure = arg;

	if (azure->options.observer.warning)
		azure->options.observer.warning(azure->options.observer.arg, sentence);
}

static int new_http(struct azure *azure, const struct desired_daemon *limits, char **ret_problem)
{
	const struct desired_cloud *cloud = &azure->tenant->cloud;
	struct http_options options = {
		.ca_file = cloud->ca_file,
		.timeout_ms = limits->request_timeout_s * 1000,
		.connections = limits->concurrency,
		.is_read_only = azure->options.is_read_only,
		.authority_url = cloud->authority,
		.sites_url = cloud->web_apps,
	};
	int r;

	http_memory_install();
	r = http_new(azure->loop, &options, &azure->http);
	if (r == -EBADMSG &&
	    asprintf(ret_problem, "%s (cloud.ca_file of tenant %s) holds no certificate; it must be a PEM file",
		     cloud->ca_file, azure->tenant->name) < 0)
		memory_exhausted();
	if (r < 0 && r != -EBADMSG &&
	    asprintf(ret_problem, "%s (cloud.ca_file of tenant %s) cannot be read: %s", cloud->ca_file,
		     azure->tenant->name, strerror(-r)) < 0)
		memory_exhausted();
	return r;
}

static int new_credential(struct azure *azure, char **ret_problem)
{
	struct credential_context context = {
		.loop = azure->loop,
		.http = azure->http,
		.authority = azure->tenant->cloud.authority,
		.tenant_id = azure->tenant->tenant_id,
		.warn = warn,
		.arg = azure,
	};
	char *problem = NULL;
	int r = credential_new(&context, &azure->tenant->credential, &azure->credential, &problem);

	if (r < 0 && asprintf(ret_problem, "tenant %s has no credential: %s", azure->tenant->name, problem) < 0)
		memory_exhausted();
	free(problem);
	return r;
}

int azure_new(uv_loop_t *loop, const struct desired_tenant *tenant, const struct desired_daemon *limits,
	      const struct azure_options *options, struct azure **ret, char **ret_problem)
{
	struct azure *azure = memory_new(sizeof(*azure));
	int r;

	azure->transport.operations = &azure_operations;
	map_init_in(&azure->queues, &azure->arena);
	azure->loop = loop;
	azure->tenant = tenant;
	azure->options = *options;
	azure->concurrency = limits->concurrency ? limits->concurrency : 1;
	azure->random = options->seed;
	if (!azure->random && RAND_bytes((unsigned char *)&azure->random, sizeof(azure->random)) != 1)
		memory_exhausted();
	r = new_http(azure, limits, ret_problem);
	if (r < 0) {
		free(azure);
		return r;
	}
	r = new_credential(azure, ret_problem);
	if (r < 0) {
		http_close(azure->http, NULL, NULL);
		free(azure);
		return r;
	}
	azure_audience_init(&azure->resource_manager, azure, tenant->cloud.resource_manager,
			    tenant->cloud.resource_manager_audience, next_seed(azure));
	azure_audience_init(&azure->graph, azure, tenant->cloud.graph, NULL, next_seed(azure));
	azure->sharing_tail = &azure->sharing;
	uv_idle_init(loop, &azure->idle);
	uv_timer_init(loop, &azure->timer);
	azure->idle.data = azure->timer.data = azure;
	*ret = azure;
	return 0;
}

struct transport *azure_transport(struct azure *azure)
{
	return &azure->transport;
}

const struct azure_counters *azure_counters(const struct azure *azure)
{
	return &azure->counters;
}

void azure_stop(struct azure *azure, void (*on_stopped)(void *arg), void *arg)
{
	azure->is_stopping = true;
	azure->on_stopped = on_stopped;
	azure->stopped_arg = arg;
	azure_wake(azure);
}

static void free_azure(struct azure *azure)
{
	if (--azure->open_handles)
		return;
	if (azure->on_closed)
		azure->on_closed(azure->closed_arg);
	azure_audience_done(&azure->resource_manager);
	azure_audience_done(&azure->graph);
	map_done(&azure->queues);
	arena_done(&azure->arena);
	free(azure);
}

static void on_handle_closed(uv_handle_t *handle)
{
	free_azure(handle->data);
}

static void on_part_closed(void *arg)
{
	free_azure(arg);
}

static void on_credential_closed(void *arg)
{
	struct azure *azure = arg;

	/* Only now, since its logins travel over http. */
	http_close(azure->http, on_part_closed, azure);
}

static void end_handles(struct azure *azure)
{
	azure->open_handles = 3;
	uv_close((uv_handle_t *)&azure->idle, on_handle_closed);
	uv_close((uv_handle_t *)&azure->timer, on_handle_closed);
	credential_close(azure->credential, on_credential_closed, azure);
}

void azure_rest(struct azure *azure)
{
	token_end_pass(&azure->resource_manager.token);
	token_end_pass(&azure->graph.token);
	http_rest(azure->http);
}

void azure_close(struct azure *azure, void (*on_closed)(void *arg), void *arg)
{
	azure->is_stopping = azure->is_closing = true;
	azure->on_closed = on_closed;
	azure->closed_arg = arg;
	azure_wake(azure);
}
