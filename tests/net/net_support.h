/* A tenant, its server and a transport between them, for one test. */
#pragma once

#include <check.h>
#include <uv.h>

#include "server.h"
#include "transport/azure.h"

enum { NET_ANSWERS_MAX = 64 };

/* A response, kept beyond its callback. */
struct net_answer {
	unsigned count; /* how often it came: 1 is right */
	int status;
	struct fault fault;
	cJSON *body;
	int64_t date_unix_s;
};

struct net {
	uv_loop_t loop;
	struct arena arena;
	struct certificate certificate;
	struct server *server;
	struct desired_tenant tenant;
	struct desired_daemon limits;
	struct azure_options options;
	struct azure *azure;
	char directory[64];
	struct net_answer answers[NET_ANSWERS_MAX];
	unsigned responses;
	bool is_closed;
};

/* A server with HANDLER (ARG: the struct net) and a tenant that points to it. Change TENANT, LIMITS and OPTIONS before
 * net_connect(). */
void net_init(struct net *net, server_handler_fn *handler);
/* The same with a certificate of one's choice. */
void net_init_with(struct net *net, server_handler_fn *handler, const struct certificate_wish *wish);
void net_connect(struct net *net);
/* Sends REQUEST as number N, to be answered into answers[N]. */
void net_send(struct net *net, unsigned n, const struct request *request);
/* Runs the loop until nothing is left to do. */
void net_run(struct net *net);
/* net_send() as number 0, net_run(), and its answer. */
const struct net_answer *net_ask(struct net *net, const struct request *request);
/* Writes TEXT into a new file of the test's directory; its name lives as long as NET. */
const char *net_write_file(struct net *net, const char *name, const char *text);
/* Closes everything and looks that every request was answered exactly once. */
void net_done(struct net *net);

TCase *net_azure_case(void);
TCase *net_http_case(void);
TCase *net_batch_case(void);
TCase *net_loss_case(void);
TCase *net_tls_case(void);
TCase *net_login_case(void);
TCase *net_identity_case(void);
TCase *net_chain_case(void);
