#include "net_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *net_write_file(struct net *net, const char *name, const char *text)
{
	const char *path = arena_printf(&net->arena, "%s/%s", net->directory, name);
	FILE *stream = fopen(path, "we");

	ck_assert_ptr_nonnull(stream);
	fputs(text, stream);
	fclose(stream);
	ck_assert_int_eq(chmod(path, 0600), 0);
	return path;
}

void net_init_with(struct net *net, server_handler_fn *handler, const struct certificate_wish *wish)
{
	const char *url;

	*net = (struct net){.directory = "/tmp/scepmand-net-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(net->directory));
	ck_assert_int_eq(uv_loop_init(&net->loop), 0);
	certificate_make(wish, &net->certificate);
	net->server = server_new(&net->certificate, handler, net);
	url = arena_printf(&net->arena, "https://localhost:%u", server_port(net->server));
	net->tenant = (struct desired_tenant){
		.name = "test",
		.tenant_id = "11111111-1111-1111-1111-111111111111",
		.cloud = {.name = "custom",
			  .authority = url,
			  .resource_manager = url,
			  .graph = url,
			  .ca_file = net_write_file(net, "ca.pem", net->certificate.root_pem)},
		.credential = {.type = CREDENTIAL_CLIENT_SECRET,
			       .client_id = "22222222-2222-2222-2222-222222222222",
			       .client_secret_file = net_write_file(net, "secret", "canary secret+&\n")},
	};
	net->limits = (struct desired_daemon){.concurrency = 16, .max_writes_per_pass = 200, .request_timeout_s = 60};
	net->options.seed = 1;
}

void net_init(struct net *net, server_handler_fn *handler)
{
	net_init_with(net, handler, &(struct certificate_wish){.name = "localhost"});
}

void net_connect(struct net *net)
{
	char *problem = NULL;

	ck_assert_int_eq(azure_new(&net->loop, &net->tenant, &net->limits, &net->options, &net->azure, &problem), 0);
}

static void on_response(void *arg, void *node, const struct response *response)
{
	struct net *net = arg;
	struct net_answer *answer = node;

	answer->count++;
	answer->status = response->status;
	answer->fault = fault_copy(&net->arena, &response->fault);
	answer->body = cJSON_Duplicate(response->body, true);
	answer->date_unix_s = response->date_unix_s;
	net->responses++;
}

void net_send(struct net *net, unsigned n, const struct request *request)
{
	unsigned before = net->responses;

	transport_send(azure_transport(net->azure), request, &net->answers[n], on_response, net);
	ck_assert_msg(net->responses == before, "a response came from inside of transport_send()");
}

void net_run(struct net *net)
{
	uv_run(&net->loop, UV_RUN_DEFAULT);
}

const struct net_answer *net_ask(struct net *net, const struct request *request)
{
	cJSON_Delete(net->answers[0].body);
	net->answers[0] = (struct net_answer){0};
	net_send(net, 0, request);
	net_run(net);
	ck_assert_uint_eq(net->answers[0].count, 1);
	return &net->answers[0];
}

static void on_closed(void *arg)
{
	struct net *net = arg;

	net->is_closed = true;
}

void net_done(struct net *net)
{
	static const char *const names[] = {"ca.pem", "secret", "az", "a.key"};
	char path[128];

	if (net->azure) {
		azure_close(net->azure, on_closed, net);
		net_run(net);
		ck_assert(net->is_closed);
	}
	for (unsigned n = 0; n < NET_ANSWERS_MAX; n++) {
		ck_assert_uint_le(net->answers[n].count, 1);
		cJSON_Delete(net->answers[n].body);
	}
	ck_assert_int_eq(uv_loop_close(&net->loop), 0);
	server_free(net->server);
	certificate_done(&net->certificate);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", net->directory, names[i]);
		unlink(path);
	}
	rmdir(net->directory);
	arena_done(&net->arena);
}
