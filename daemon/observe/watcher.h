/*
 * What happens to a tenant, told to whoever wants to know: the progress display, the log, the audit trail, metrics, the
 * status. A watcher only looks. Each function may be NULL; none is told a secret but through WORLD and REQUEST, whose
 * settings are secrets.
 */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "world/request.h"
#include "world/world.h"

struct watcher {
	void *arg;

	/* A write is recorded, and sent now. */
	void (*before_write)(void *arg, struct world *world, const struct node *node, const struct request *request);
	/* Its answer is in; the node has not absorbed it yet. */
	void (*after_write)(void *arg, struct world *world, const struct node *node, const struct request *request,
			    const struct response *response);
	/* A request, the probe of a site that was written, is sent only after DELAY_MS. */
	void (*delayed)(void *arg, struct world *world, const struct node *node, int64_t delay_ms);
	/* A request of the pass was answered and absorbed. */
	void (*answered)(void *arg, struct world *world, const struct node *node);

	/* An HTTP request came to its end: STATUS 0 when there was no answer. PARTS: how many requests of the pass it
	 * carried. */
	void (*request_finished)(void *arg, const struct desired_tenant *tenant, const char *host, enum method method,
				 int status, int64_t duration_ms, unsigned parts);
	/* HOST asks us to hold back for DURATION_MS. */
	void (*throttled)(void *arg, const struct desired_tenant *tenant, const char *host, int64_t duration_ms);
	/* A new token for AUDIENCE can be used until EXPIRES_UNIX_S. */
	void (*token_renewed)(void *arg, const struct desired_tenant *tenant, const char *audience,
			      int64_t expires_unix_s);
	/* Something an administrator should know, although it works. */
	void (*warning)(void *arg, const struct desired_tenant *tenant, const char *sentence);
};

enum { WATCHERS_MAX = 8 };

/* Who is told, in this order. The structs are not copied. */
struct watchers {
	const struct watcher *items[WATCHERS_MAX];
	size_t count;
};
