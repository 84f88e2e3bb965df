/*
 * What the cloud still allows: one budget per host, subscription and direction, from Retry-After and the
 * remaining-quota headers. A request asks how long it must wait; an answer says how much is left. Pure: given the time
 * (a monotonic clock, so the wall clock may jump as it likes). Source: limits.md 3.2, 3.3, 3.5.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "transport/reply.h"
#include "world/request.h"

enum budget_kind {
	BUDGET_SUBSCRIPTION_READS,
	BUDGET_SUBSCRIPTION_WRITES, /* POST too: Resource Manager counts by method */
	BUDGET_TENANT_READS,
	BUDGET_TENANT_WRITES,
	BUDGET_RESOURCE_GRAPH,
	BUDGET_GRAPH,
	BUDGET_SITE,
};

struct budget {
	enum budget_kind kind;
	int64_t blocked_until_ms; /* the cloud named this moment */
	/* A bucket as the cloud keeps it, known from its headers only. */
	bool is_metered;
	double tokens;
	int64_t counted_ms;
	unsigned in_flight;
};

/* Which budget a request to SERVICE draws on. *RET_NAME is unique for it, in ARENA. HOST: for sites. */
enum budget_kind budget_find(enum service service, enum method method, const char *host, const char *path,
			     struct arena *arena, const char **ret_name);
/* Milliseconds until the next request may go; 0: now. */
int64_t budget_delay_ms(const struct budget *budget, int64_t now_ms);
/* A request goes. */
void budget_spend(struct budget *budget, int64_t now_ms);
/* REPLY came for one that went. How long it blocks the budget from now, in milliseconds, 0: not at all. */
int64_t budget_absorb(struct budget *budget, const struct reply *reply, int64_t now_ms);
