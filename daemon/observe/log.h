/*
 * The log of the running daemon: one entry per thing that happened, with the fields that product.md section 4 names.
 * To the journal with its fields, or to standard error as JSON lines or text. It is told no secrets, and adds none:
 * values of settings, bodies and tokens are nobody's business here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "desired/desired.h"
#include "observe/line_writer.h"

/* What happened. Each has a name ("pass-ended", the member `event` of a JSON line) and a MESSAGE_ID of its own. */
enum log_event {
	EVENT_STARTED,
	EVENT_STOPPING,
	EVENT_STOPPED,
	EVENT_CONFIGURATION_LOADED,
	EVENT_CONFIGURATION_REFUSED,
	EVENT_PASS_REQUESTED,
	EVENT_PASS_ENDED,
	EVENT_WRITE_BEGINS,
	EVENT_WRITE_DONE,
	EVENT_WRITE_REFUSED,
	EVENT_DRIFT_FOUND,
	EVENT_DRIFT_HEALED,
	EVENT_CONDITION_APPEARED,
	EVENT_CONDITION_CHANGED,
	EVENT_CONDITION_GONE,
	EVENT_THROTTLED,
	EVENT_WARNING,
	EVENT_REQUEST,
	EVENT_STATE_DIRECTORY,
	EVENT_COUNT,
};

/* What it concerns; members that are NULL are left out. */
struct log_context {
	const char *tenant, *instance, *node, *action, *reason;
};

struct log {
	enum log_level level;       /* what is less important is not said */
	enum log_format format;     /* never AUTO after log_init() */
	bool has_priority;          /* standard error is the journal's: text begins with <N> */
	struct line_writer *writer; /* of standard error; NULL: written at once */
};

/* From here on whoever does not read standard error keeps nobody from anything: what is lost by that is said. LOG must
 * be zeroed. */
void log_open(struct log *log, enum log_level level, enum log_format format);
/* Again for another LEVEL and FORMAT. FORMAT auto: the journal when standard error is connected to it, text on a
 * terminal, else JSON lines. */
void log_set(struct log *log, enum log_level level, enum log_format format);
/* Each of LINES to standard error, as an error where that is the journal. For what is said before there is a log. */
void log_complain(const char *lines);
/* Waits up to two seconds for what is not read yet. */
void log_close(struct log *log);
/* CONTEXT may be NULL. */
void log_say(const struct log *log, enum log_level level, enum log_event event, const struct log_context *context,
	     const char *format, ...) _printf_(5, 6);

/* What log_say() writes, without the end of line. */
void log_format_json(struct buffer *ret, int64_t unix_ms, enum log_level level, enum log_event event,
		     const struct log_context *context, const char *message);
void log_format_text(struct buffer *ret, int64_t unix_ms, enum log_level level, const struct log_context *context,
		     const char *message);
/* "TENANT/INSTANCE: MESSAGE", as far as they are known. */
void log_format_sentence(struct buffer *ret, const struct log_context *context, const char *message);
