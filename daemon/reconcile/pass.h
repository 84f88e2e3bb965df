/*
 * One pass over one tenant: the whole control flow between the planner and the transport. Nothing to resume: killed
 * anywhere, the next pass observes everything again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "world/transport.h"
#include "world/world.h"

/* Who watches a pass: the audit trail, the backups of settings, the progress display. Any of them may be NULL. */
struct pass_observer {
	void *arg;
	/* A write is about to be sent. A negative errno holds it back, and *RET_MESSAGE (a constant, or in the world's
	 * arena) says why. */
	int (*before_write)(void *arg, struct world *world, const struct node *node, const struct request *request,
			    const char **ret_message);
	/* Its answer is in; the node has not absorbed it yet. */
	void (*after_write)(void *arg, struct world *world, const struct node *node, const struct request *request,
			    const struct response *response);
	/* A request is sent only after DELAY_MS. */
	void (*on_delay)(void *arg, struct world *world, const struct node *node, int64_t delay_ms);
	/* A request was answered and absorbed: something may be different. */
	void (*on_progress)(void *arg, struct world *world, const struct node *node);
};

struct pass {
	struct world world;
	struct transport *transport;
	const struct pass_observer *observer; /* or NULL */
	void (*on_done)(struct pass *pass, void *arg);
	void *arg;
	size_t in_flight, requests;
	bool is_stopping;
	bool is_done;
};

/* Starts a pass; pass->world must be initialised and hold its first nodes (installations_state()). ON_DONE is called
 * once, from the loop: never from inside this function, except when there is nothing to do at all. */
void pass_start(struct pass *pass, struct transport *transport, const struct pass_observer *observer,
		void (*on_done)(struct pass *pass, void *arg), void *arg);
/* Sends nothing more; on_done comes when what is in flight has been answered. */
void pass_stop(struct pass *pass);
