#include "throttle.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

/* A bucket of tokens that refills steadily. */
struct bucket {
	double level;
	int64_t at_ms;
};

struct limit {
	double capacity, refill_per_s;
};

static const struct limit arm_reads = {250, 25}, arm_deletes = {200, 10}, arm_writes = {200, 10},
			  index_queries = {15, 3}, /* 15 in 5 s */
	graph_units = {3500, 350},                 /* 3500 in 10 s: a tenant of fewer than 50 users */
	graph_writes = {3000, 20};                 /* 3000 in 150 s */

void throttle_init(struct throttle *throttle, bool realistic)
{
	*throttle = (struct throttle){.realistic = realistic};
}

void throttle_clear(struct throttle *throttle)
{
	for (size_t i = 0; i < throttle->buckets.count; i++)
		free(throttle->buckets.entries[i].value);
	map_done(&throttle->buckets);
}

void throttle_done(struct throttle *throttle)
{
	throttle_clear(throttle);
}

/* How full the bucket NAME is now. Without realistic limits it is always full. */
static double *bucket_level(struct throttle *throttle, const struct call *call, const char *name,
			    const struct limit *limit)
{
	const char *key = arena_printf(call->arena, "%s %s", name, call->identity.app_id ? call->identity.app_id : "");
	struct bucket *bucket = map_get(&throttle->buckets, key);

	if (!bucket) {
		bucket = memory_new(sizeof(*bucket));
		*bucket = (struct bucket){.level = limit->capacity, .at_ms = call->now_ms};
		map_put(&throttle->buckets, key, bucket);
	}
	bucket->level += (double)(call->now_ms - bucket->at_ms) / 1000 * limit->refill_per_s;
	bucket->at_ms = call->now_ms;
	if (bucket->level > limit->capacity || !throttle->realistic)
		bucket->level = limit->capacity;
	return &bucket->level;
}

/* Takes COST from LEVEL: 0, or how many seconds to wait until it is there. What is refused costs nothing. */
static int64_t take(double *level, const struct limit *limit, double cost)
{
	if (*level < cost)
		return (int64_t)ceil((cost - *level) / limit->refill_per_s);
	*level -= cost;
	return 0;
}

static void add_number_header(struct call *call, const char *name, int64_t value)
{
	call_add_header(call, name, arena_printf(call->arena, "%lld", (long long)value));
}

static bool take_index(struct throttle *throttle, struct call *call)
{
	double *level = bucket_level(throttle, call, "index", &index_queries);
	int64_t wait_s = take(level, &index_queries, 1);

	if (wait_s) {
		call_answer_error(
			call, 429, "RateLimiting",
			"Client application has been throttled and should not attempt to repeat the request until an "
			"amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.");
		add_number_header(call, "Retry-After", wait_s);
	}
	add_number_header(call, "x-ms-user-quota-remaining", (int64_t)*level);
	call_add_header(call, "x-ms-user-quota-resets-after", "00:00:05");
	return wait_s != 0;
}

static bool take_arm(struct throttle *throttle, struct call *call)
{
	const char *method = call->request->method;
	bool reads = text_equal(method, "GET") || text_equal(method, "HEAD"), deletes = text_equal(method, "DELETE");
	const struct limit *limit = reads ? &arm_reads : deletes ? &arm_deletes : &arm_writes;
	const char *kind = reads ? "reads" : deletes ? "deletes" : "writes";
	bool in_subscription = call->segment_count >= 2 && text_equal_fold(call->segments[0], "subscriptions");
	const char *scope = in_subscription ? call->segments[1] : "tenant";
	double *level = bucket_level(throttle, call, arena_printf(call->arena, "%s %s", scope, kind), limit);
	int64_t wait_s = take(level, limit, 1);

	if (wait_s) {
		call_answer_error(
			call, 429, in_subscription ? "SubscriptionRequestsThrottled" : "TenantRequestsThrottled",
			"Number of '%.*s' requests for %s '%s' actor '%s' exceeded. Please try again after '%lld' "
			"seconds "
			"after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional "
			"information.",
			reads     ? 4
			: deletes ? 6
				  : 5,
			kind, in_subscription ? "subscription" : "tenant", scope,
			call->identity.object_id ? call->identity.object_id : "", (long long)wait_s);
		add_number_header(call, "Retry-After", wait_s);
	}
	add_number_header(call,
			  arena_printf(call->arena, "x-ms-ratelimit-remaining-%s-%s",
				       in_subscription ? "subscription" : "tenant", kind),
			  (int64_t)*level);
	return wait_s != 0;
}

/* What a request to Graph costs, in resource units. */
static int graph_cost(const struct call *call)
{
	const char *top = call_query(call, "$top");
	uint64_t rows = UINT64_MAX;
	int cost = 1;

	if (!text_equal(call->request->method, "GET"))
		return 1;
	if (text_has_suffix_fold(call->path, "/applications") || text_contains_fold(call->path, "/applications/") ||
	    text_has_suffix_fold(call->path, "/appRoleAssignments"))
		cost = 2;
	cost -= call_query(call, "$select") != NULL;
	cost += call_query(call, "$expand") != NULL;
	cost -= top && text_parse_uint64(top, &rows) && rows < 20;
	return cost < 1 ? 1 : cost;
}

static bool take_graph(struct throttle *throttle, struct call *call)
{
	bool writes = !text_equal(call->request->method, "GET");
	int cost = graph_cost(call);
	double *units = bucket_level(throttle, call, "graph units", &graph_units),
	       *left = bucket_level(throttle, call, "graph writes", &graph_writes), used;
	/* Background work is asked to call itself so, and is the first to wait. */
	double reserve =
		text_equal_fold(call_header(call, "x-ms-throttle-priority"), "Low") ? graph_units.capacity / 5 : 0;
	int64_t wait_s = 0;

	if (*units - reserve < cost)
		wait_s = (int64_t)ceil((cost + reserve - *units) / graph_units.refill_per_s);
	if (!wait_s && writes)
		wait_s = take(left, &graph_writes, 1);
	if (!wait_s)
		*units -= cost;
	used = 1 - *units / graph_units.capacity;
	if (wait_s) {
		call_answer_error(call, 429, "Request_ThrottledTemporarily",
				  "Your request is throttled temporarily. Please try after %lld seconds.",
				  (long long)wait_s);
		add_number_header(call, "Retry-After", wait_s);
		call_add_header(call, "x-ms-throttle-scope", "Tenant_Application/ReadWrite");
		call_add_header(call, "x-ms-throttle-information", "ResourceUnitLimitExceeded");
	}
	if (used > 0.8)
		call_add_header(call, "x-ms-throttle-limit-percentage", arena_printf(call->arena, "%.2f", used));
	add_number_header(call, "x-ms-resource-unit", cost);
	return wait_s != 0;
}

bool throttle_take(struct throttle *throttle, struct call *call)
{
	switch (call->service) {
	case SERVICE_ARM:
		if (text_contains_fold(call->path, "/Microsoft.ResourceGraph/"))
			return take_index(throttle, call);
		return take_arm(throttle, call);
	case SERVICE_GRAPH:
		/* A $batch costs what its parts cost. */
		return text_has_suffix_fold(call->path, "/$batch") ? false : take_graph(throttle, call);
	case SERVICE_CONTROL:
	case SERVICE_LOGIN:
	case SERVICE_METADATA:
	case SERVICE_SITE:
		return false;
	}
	return false;
}
