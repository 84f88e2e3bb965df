/*
 * When a service that hands out managed identities is asked again. Pure: given the time, sleeps nowhere.
 *
 * The metadata service: 404 and 429 (it is being updated, or asked too often) and 5xx, with waits of 1, 2, 6, 14 and
 * 30 s; 410 (it is being replaced, which takes up to 70 s) every 10 s for as long. App Service and Azure Arc: 408, 429,
 * 500, 502, 503 and 504, with waits of 1, 2 and 6 s. Nothing else that is answered is asked again. Sources: auth.md
 * section 3, limits.md, Microsoft's retry guidance for how-to-use-vm-token.
 */
#pragma once

#include "transport/identity_source.h"
#include "transport/reply.h"

/* Of one acquisition; begins as all zero bytes, with HAS_ANSWERED if it ever did. */
struct identity_retry {
	unsigned failures; /* that count: those with 410 do not */
	bool has_answered; /* an HTTP answer came: there is such a service */
	bool is_gone;
	int64_t gone_since_ms; /* when it first said 410 */
};

/*
 * After REPLY (an answer or a loss) at NOW_MS (monotonic): how many milliseconds to wait before the same
 * request is sent again, or -1: REPLY is what there is. A service that nobody could
 * connect to, and that never answered, is not asked again, since there is none.
 */
int64_t identity_retry_after(struct identity_retry *retry, enum identity_service service, const struct reply *reply,
			     int64_t now_ms) _must_check_;
