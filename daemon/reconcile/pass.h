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

struct pass_request;

/* Who watches a pass: the audit trail, the backups of settings, the progress display. Any of them may be NULL. */
struct pass_observer {
	void *arg;
	/* NODE is to be written with REQUEST, which waits until pass_release(WRITE, …) says, from the loop, whether it
	 * may. Until then NODE, its changes and what is observed of it stay as they are. */
	void (*before_write)(void *arg, struct pass_request *write, struct world *world, const struct node *node,
			     const struct request *request);
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
	size_t in_flight; /* requests, and writes that wait for their release */
	size_t requests;
	bool is_stopping;
	bool is_done;
};

/* Starts a pass; pass->world must be initialised and hold its first nodes (installations_state()). ON_DONE is called
 * once, from the loop: never from inside this function, except when there is nothing to do at all. */
void pass_start(struct pass *pass, struct transport *transport, const struct pass_observer *observer,
		void (*on_done)(struct pass *pass, void *arg), void *arg);
/* WRITE may be sent; or REFUSAL (in the world's arena or a constant) says why not. After pass_stop() it is not sent,
 * either, and that is its answer. */
void pass_release(struct pass_request *write, const char *refusal);
/* Sends nothing more; on_done comes when what is in flight has been answered. */
void pass_stop(struct pass *pass);
