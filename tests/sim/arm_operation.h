/*
 * Long-running operations of Azure Resource Manager: 202 with Location, Azure-AsyncOperation and Retry-After, then
 * polls. The effect on the tenant is made at once; what takes time is the saying so ("provisioningState"), as it is in
 * Azure.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/map.h"
#include "call.h"

struct arm_operation {
	char *resource_id; /* what a finished poll of Location shows; NULL: nothing (204-like, an empty 200) */
	int64_t ready_ms;  /* when it is done */
	bool is_settled;   /* the resource has been told */
};

enum { ARM_OPERATION_MS = 1000 };

/* Answers CALL with 202: BODY (taken over, may be NULL), and the headers to poll. RESOURCE_ID gets provisioningState
 * "Succeeded" when the operation is done; NULL: no resource. PROVIDER: "Microsoft.Storage", for the URL. */
void arm_operation_start(struct call *call, const char *provider, const char *resource_id, cJSON *body);
/* Tells resources whose operations are done by now. */
void arm_operation_settle(struct sim_state *state, int64_t now_ms);
/* Frees all operations and the map. */
void arm_operation_free_all(struct map *operations);

extern const struct sim_route arm_operation_routes[];
