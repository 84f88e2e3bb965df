/*
 * The transport of the program: takes the requests of a pass to Resource Manager, Microsoft Graph and the sites of one
 * tenant, with tokens, retries, a limit of concurrency, the cloud's budgets, and Graph reads of the same moment in one
 * $batch. The pass sees none of it (transport.h). It never decides what to ask, and in read-only mode never sends what
 * could change anything.
 *
 * A site that answers in plain text is given as a JSON string.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "transport/transport.h"

struct azure;

/* Who wants to know what goes over the wire: metrics, logs, the benchmark. Each function may be NULL; none is told a
 * secret. */
struct azure_observer {
	void *arg;
	/* An HTTP request came to its end: STATUS 0 when there was no answer. PARTS: how many requests of the pass it
	 * carried. */
	void (*request_finished)(void *arg, const char *host, enum method method, int status, int64_t duration_ms,
				 unsigned parts);
	/* HOST asks us to hold back for DURATION_MS. */
	void (*throttled)(void *arg, const char *host, int64_t duration_ms);
	/* A new token for AUDIENCE can be used until EXPIRES_UNIX_S. */
	void (*token_renewed)(void *arg, const char *audience, int64_t expires_unix_s);
	/* Something an administrator should know, although it works. */
	void (*warning)(void *arg, const char *sentence);
};

struct azure_options {
	bool is_read_only;              /* plan: mutating requests are refused before anything is sent, in two places */
	uint64_t seed;                  /* of the jitter; 0: from the operating system */
	struct azure_observer observer; /* copied */
};

/* Counts since azure_new(), for status and benchmark. */
struct azure_counters {
	uint64_t requests; /* of the pass */
	uint64_t sent;     /* HTTP requests, retries, pages and polls included, logins not */
	uint64_t writes;   /* of these, those that change something */
	uint64_t batches;
	uint64_t throttled;
	uint64_t refused; /* by read-only mode */
};

/*
 * TENANT and LIMITS must outlive it. 0 with *RET; or negative errno with *RET_PROBLEM (to be freed), a sentence for the
 * administrator: cloud.ca_file cannot be used, something that the type of credential needs is not there.
 */
int azure_new(uv_loop_t *loop, const struct desired_tenant *tenant, const struct desired_daemon *limits,
	      const struct azure_options *options, struct azure **ret, char **ret_problem) _must_check_;
struct transport *azure_transport(struct azure *azure);
const struct azure_counters *azure_counters(const struct azure *azure);
/* Nothing new is sent: what is on the wire may come back, all else is answered with FAULT_REFUSED; then ON_STOPPED is
 * called, from the loop. A write that waits for its operation, or whose answer never comes, is ambiguous. */
void azure_stop(struct azure *azure, void (*on_stopped)(void *arg), void *arg);
/* The pass is over: closes the connections that are kept. Tokens stay; one that is refused may be replaced again. */
void azure_rest(struct azure *azure);
/* Ends what is under way (each request still gets its one response), frees everything, then calls ON_CLOSED from the
 * loop. */
void azure_close(struct azure *azure, void (*on_closed)(void *arg), void *arg);
