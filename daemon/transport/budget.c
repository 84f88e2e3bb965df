#include "transport/budget.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Refill per second of the buckets of limits.md 3.2; 0: no bucket, only what the headers say outright. */
static const struct {
	double refill_per_s, capacity;
	enum reply_header remaining;
} buckets[] = {
	[BUDGET_SUBSCRIPTION_READS] = {25, 250, REPLY_REMAINING_SUBSCRIPTION_READS},
	[BUDGET_SUBSCRIPTION_WRITES] = {10, 200, REPLY_REMAINING_SUBSCRIPTION_WRITES},
	[BUDGET_TENANT_READS] = {25, 250, REPLY_REMAINING_TENANT_READS},
	[BUDGET_TENANT_WRITES] = {10, 200, REPLY_REMAINING_TENANT_WRITES},
	[BUDGET_RESOURCE_GRAPH] = {0, 0, REPLY_HEADERS},
	[BUDGET_GRAPH] = {0, 0, REPLY_HEADERS},
	[BUDGET_SITE] = {0, 0, REPLY_HEADERS},
};

enum budget_kind budget_find(enum service service, enum method method, const char *host, const char *path,
			     struct arena *arena, const char **ret_name)
{
	const char *subscription = "/subscriptions/";
	bool is_read = method == METHOD_GET;
	size_t length;

	if (service == SERVICE_GRAPH) {
		*ret_name = "graph";
		return BUDGET_GRAPH;
	}
	if (service == SERVICE_SITE) {
		*ret_name = arena_printf(arena, "site %s", host);
		return BUDGET_SITE;
	}
	if (text_contains_fold(path, "/providers/Microsoft.ResourceGraph/")) {
		*ret_name = "resource-graph";
		return BUDGET_RESOURCE_GRAPH;
	}
	length = text_has_prefix_fold(path, subscription) ? strcspn(path + strlen(subscription), "/?") : 0;
	if (!length) {
		*ret_name = is_read ? "tenant reads" : "tenant writes";
		return is_read ? BUDGET_TENANT_READS : BUDGET_TENANT_WRITES;
	}
	*ret_name =
		arena_printf(arena, "%s %.*s", is_read ? "reads" : "writes", (int)length, path + strlen(subscription));
	return is_read ? BUDGET_SUBSCRIPTION_READS : BUDGET_SUBSCRIPTION_WRITES;
}

static double tokens_at(const struct budget *budget, int64_t now_ms)
{
	double refilled = (double)(now_ms - budget->counted_ms) / 1000 * buckets[budget->kind].refill_per_s;
	double capacity = buckets[budget->kind].capacity;

	if (budget->tokens >= capacity || refilled <= 0)
		return budget->tokens;
	return budget->tokens + refilled > capacity ? capacity : budget->tokens + refilled;
}

int64_t budget_delay_ms(const struct budget *budget, int64_t now_ms)
{
	double wait_ms;
	int64_t whole_ms;

	if (now_ms < budget->blocked_until_ms)
		return budget->blocked_until_ms - now_ms;
	if (!budget->is_metered)
		return 0;
	wait_ms = (1 - tokens_at(budget, now_ms)) * 1000 / buckets[budget->kind].refill_per_s;
	if (wait_ms <= 0)
		return 0;
	/* Rounded up by hand: ceil() would be the only thing that we need libm for. */
	whole_ms = (int64_t)wait_ms;
	return whole_ms + ((double)whole_ms < wait_ms);
}

void budget_spend(struct budget *budget, int64_t now_ms)
{
	budget->in_flight++;
	if (!budget->is_metered)
		return;
	budget->tokens = tokens_at(budget, now_ms) - 1;
	budget->counted_ms = now_ms;
}

/* "hh:mm:ss" in milliseconds, or 0. */
static int64_t parse_duration_ms(const char *text)
{
	unsigned hours, minutes, seconds;
	int end = 0;

	if (!text || sscanf(text, "%3u:%2u:%2u%n", &hours, &minutes, &seconds, &end) != 3 || text[end])
		return 0;
	return ((int64_t)hours * 3600 + minutes * 60 + seconds) * 1000;
}

/* Some providers say 429 for one busy object; that is no reason to hold back everything else (limits.md 3.2). */
static bool is_about_one_object(const struct reply *reply)
{
	return text_contains_fold(reply->body, "AnotherOperation");
}

int64_t budget_absorb(struct budget *budget, const struct reply *reply, int64_t now_ms)
{
	const char *quota = reply->headers[REPLY_QUOTA_REMAINING];
	enum reply_header remaining = buckets[budget->kind].remaining;
	int64_t block_ms = 0, retry_after_ms;
	uint64_t left;

	if (budget->in_flight)
		budget->in_flight--;
	if (reply->type != REPLY_ANSWER)
		return 0;
	if (remaining != REPLY_HEADERS && reply->headers[remaining] &&
	    text_parse_uint64(reply->headers[remaining], &left) && left < 1000000) {
		/* Those that are still under way have not been counted by the cloud yet. */
		budget->is_metered = true;
		budget->tokens = (double)left - budget->in_flight;
		budget->counted_ms = now_ms;
	}
	if (quota && text_equal(quota, "0"))
		block_ms = parse_duration_ms(reply->headers[REPLY_QUOTA_RESETS_AFTER]);
	if ((reply->status == 429 || reply->status == 503) && !is_about_one_object(reply)) {
		retry_after_ms = reply_retry_after_ms(reply);
		if (retry_after_ms > block_ms)
			block_ms = retry_after_ms;
	}
	if (now_ms + block_ms > budget->blocked_until_ms)
		budget->blocked_until_ms = now_ms + block_ms;
	return block_ms;
}
