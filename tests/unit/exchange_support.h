/* Plays an exchange against a script of replies in virtual time, and says what it did. */
#pragma once

#include <check.h>

#include "transport/exchange.h"

enum { SCRIPT_MAX = 24 };

/* What comes back for one sending. A status of 0 is a loss. */
struct script_reply {
	int status;
	const char *body;
	const char *retry_after, *location, *async_operation, *challenge, *date;
	/* of a loss */
	bool was_sent, is_permanent;
};

struct script {
	const char *name;
	struct exchange_request request;
	struct script_reply replies[SCRIPT_MAX];
	/* What must come of it. */
	const char *sent; /* "GET /a|GET /b" */
	int status;
	enum fault_class fault;
	bool is_ambiguous;
	unsigned renewals;
	const char *message; /* part of the fault's */
	const char *body;    /* as compact JSON */
	int64_t slept_min_ms, slept_max_ms;
	int64_t retry_after_s;
};

extern const char script_base_url[];

/* Runs SCRIPT and checks everything that it states. */
void script_check(const struct script *script);
void script_check_all(const struct script *scripts, size_t count);
