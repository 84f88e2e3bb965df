/* What the parts of the rig share with each other and with nobody else. */
#pragma once

#include "rig.h"

#define RIG_BASE      "https://sim.test"
#define RIG_TENANT    "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"
#define RIG_CLIENT_ID "c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c"
#define RIG_SITE                                                                                                       \
	"/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-scepman/providers/Microsoft.Web/sites/" \
	"app-scepman-contoso"

enum { RIG_START_S = 1790000000, RIG_PENDING_MAX = 4096, RIG_STEP_MS = 20 };

struct rig_call {
	enum method method;
	enum service service;
	char *path, *body, *host;
	bool create_if_missing, is_collection;
	int64_t due_ms; /* not before this virtual time */
	void *node, *arg;
	transport_response_fn *on_response;
};

/* rig_wire.c: the way to the simulated tenant and back. */
/* Gets a token unless the one at hand is still good. */
void rig_login(struct rig *rig);
void rig_exchange(struct rig *rig, const char *method, const char *host, const char *target, const char *body,
		  bool create_if_missing, struct sim_response *ret);
/* Waits, in virtual time, for a long-running operation; RESPONSE becomes its result. */
void rig_wait_for_operation(struct rig *rig, struct sim_response *response);
/* A collection's further pages are added to the first one. */
void rig_follow_pages(struct rig *rig, struct sim_response *response);
void rig_deliver(const struct rig_call *call, int status, const char *body, size_t length, int64_t date_s,
		 bool is_garbage);
void rig_deliver_error(const struct rig *rig, const struct rig_call *call, int status, const char *code);

/* rig_harm.c: one call from beginning to end, harmed or not. */
void rig_perform(struct rig *rig, const struct rig_call *call);
