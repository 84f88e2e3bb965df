/*
 * The daemon's HTTP endpoint (product.md section 4): GET and HEAD of a few paths, answered on the loop, one at a time.
 * Knows nothing of what the pages say; never takes a request that could change something, and speaks no TLS.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/listen.h"

struct endpoint;

/* What a path is answered with. */
struct endpoint_page {
	unsigned status;          /* HTTP status */
	const char *content_type; /* a constant */
	char *body;               /* from malloc(); the endpoint frees it */
	size_t length;
};

/* Fills RET for PATH (decoded, without its query). False: there is no such page. */
typedef bool endpoint_answer_fn(void *arg, const char *path, struct endpoint_page *ret);

/*
 * Listens on ADDRESS, which is not "off", and has ANSWER asked from the loop. 0, or negative errno with *RET_PROBLEM
 * (to be freed). A request that names a host which is neither an address nor this machine's own is refused when ADDRESS
 * is a loopback: a page in somebody's browser could otherwise read the status through a name of its own (DNS
 * rebinding).
 */
int endpoint_start(uv_loop_t *loop, const struct listen_address *address, endpoint_answer_fn *answer, void *arg,
		   struct endpoint **ret, char **ret_problem) _must_check_;
/* The port that it listens on; 0: a unix socket. */
uint16_t endpoint_port(const struct endpoint *endpoint);
/* Ends all connections; ON_CLOSED is called from the loop when nothing of it is left there. */
void endpoint_close(struct endpoint *endpoint, void (*on_closed)(void *arg), void *arg);
