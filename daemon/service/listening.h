/*
 * Where the daemon can be asked: the endpoint at daemon.listen. When the configuration changes, the new address takes
 * over only when it can be listened on.
 */
#pragma once

#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "observe/log.h"
#include "service/answers.h"
#include "service/endpoint.h"

struct listening {
	uv_loop_t *loop;
	struct answers *answers;
	struct endpoint *endpoint; /* NULL: "off" */
	char *address;             /* daemon.listen as it was when the endpoint began */
};

/* LISTENING has LOOP and ANSWERS. 0, or negative with *RET_PROBLEM (to be freed). */
int listening_begin(struct listening *listening, const struct desired *desired, char **ret_problem) _must_check_;
/* Goes where DESIRED says; where that cannot be, the old address stays, LOG is told, and the next call tries again. */
void listening_move(struct listening *listening, const struct desired *desired, const struct log *log);
/* The loop must run once more. */
void listening_end(struct listening *listening);
