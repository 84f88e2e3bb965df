#include "transport/identity_retry.h"

enum {
	GONE_INTERVAL_MS = 10 * 1000,
	GONE_MS = 70 * 1000,
	PATIENCE_MS = 60 * 1000, /* who wants us to wait for longer is believed, but not waited for with a request */
};

static const int64_t metadata_waits_ms[] = {1000, 2000, 6000, 14000, 30000}, other_waits_ms[] = {1000, 2000, 6000};

static bool is_passing(enum identity_service service, const struct reply *reply)
{
	if (reply->type == REPLY_LOST)
		return !reply->is_permanent;
	if (service == IDENTITY_METADATA)
		return reply->status == 404 || reply->status == 429 || reply->status >= 500;
	return reply->status == 408 || reply->status == 429 || reply->status == 500 ||
	       (reply->status >= 502 && reply->status <= 504);
}

static int64_t wait_while_gone(struct identity_retry *retry, int64_t now_ms)
{
	if (!retry->is_gone) {
		retry->is_gone = true;
		retry->gone_since_ms = now_ms;
	}
	return now_ms - retry->gone_since_ms < GONE_MS ? GONE_INTERVAL_MS : -1;
}

int64_t identity_retry_after(struct identity_retry *retry, enum identity_service service, const struct reply *reply,
			     int64_t now_ms)
{
	bool is_metadata = service == IDENTITY_METADATA;
	const int64_t *waits_ms = is_metadata ? metadata_waits_ms : other_waits_ms;
	size_t count = is_metadata ? ARRAY_SIZE(metadata_waits_ms) : ARRAY_SIZE(other_waits_ms);
	int64_t wait_ms, asked_ms = -1;

	if (reply->type == REPLY_ANSWER) {
		retry->has_answered = true;
		asked_ms = reply_retry_after_ms(reply);
	}
	if (is_metadata && reply->type == REPLY_ANSWER && reply->status == 410)
		return wait_while_gone(retry, now_ms);
	/* Who takes a request is there, although the connection broke. */
	if (!(retry->has_answered || reply->was_sent) || !is_passing(service, reply) || retry->failures == count ||
	    asked_ms > PATIENCE_MS)
		return -1;
	wait_ms = waits_ms[retry->failures++];
	return wait_ms > asked_ms ? wait_ms : asked_ms;
}
