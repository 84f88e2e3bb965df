#include "observe/log.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "observe/journal.h"

enum { LOG_SIZE_MAX = 64 * 1024, LOG_CLOSE_MAX_MS = 1000 };

static const struct {
	const char *name, *message_id;
} events[EVENT_COUNT] = {
	[EVENT_STARTED] = {"started", "9a78ac6e699d4668b4045f8e42ca0261"},
	[EVENT_STOPPING] = {"stopping", "15cb2b451e4c4fefa4f48cf1834330fc"},
	[EVENT_STOPPED] = {"stopped", "42218cc4bbaf4441ba7e23e9ca9feddc"},
	[EVENT_CONFIGURATION_LOADED] = {"configuration-loaded", "631bc4460cc248efa38804366ceb0d68"},
	[EVENT_CONFIGURATION_REFUSED] = {"configuration-refused", "c22137ae13ef4d9aa0354de58b077eab"},
	[EVENT_PASS_REQUESTED] = {"pass-requested", "9f08cfe078fb440090ef7f917ad346ce"},
	[EVENT_PASS_ENDED] = {"pass-ended", "487097f58e82445d851a57458ad016bd"},
	[EVENT_WRITE_BEGINS] = {"write-begins", "e7382135c6c046a28926f92aefcfed48"},
	[EVENT_WRITE_DONE] = {"write-done", "a1ea8c3e3e7b41e4bd7e6d1edbed1aaf"},
	[EVENT_WRITE_REFUSED] = {"write-refused", "9b7a99d8972e42169c8649d63b1db23b"},
	[EVENT_DRIFT_FOUND] = {"drift-found", "8eaf228836c94abf869e45e3ed817724"},
	[EVENT_DRIFT_HEALED] = {"drift-healed", "2e6b8e5d691b4f719c2f545a5f5fa6fb"},
	[EVENT_CONDITION_APPEARED] = {"condition-appeared", "98253be1711d460b8f9e8e9ccfa833d0"},
	[EVENT_CONDITION_CHANGED] = {"condition-changed", "e64166b1b7854cec8f043e30270f94eb"},
	[EVENT_CONDITION_GONE] = {"condition-gone", "ec8aafd9cce6459ca40aa461ea0db622"},
	[EVENT_THROTTLED] = {"throttled", "114564fff4b546e6bddd58568e4ff8a2"},
	[EVENT_WARNING] = {"warning", "17f4f3cb910942f985e608bdc1ebe50e"},
	[EVENT_REQUEST] = {"request", "add51593f7474731a6f8b4cbb89bfee7"},
	[EVENT_STATE_DIRECTORY] = {"state-directory", "343b80ed5430463687621a3d5d7ee66e"},
};

static const char *const level_names[] = {"error", "warning", "info", "debug"};
/* syslog(3); its header has names that are ours. */
static const int priorities[] = {3, 4, 6, 7};

static bool log_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat file;
	char actual[64];

	if (!stream || fstat(STDERR_FILENO, &file) < 0)
		return false;
	snprintf(actual, sizeof(actual), "%llu:%llu", (unsigned long long)file.st_dev, (unsigned long long)file.st_ino);
	return strcmp(stream, actual) == 0;
}

void log_set(struct log *log, enum log_level level, enum log_format format)
{
	log->level = level;
	log->format = format;
	log->has_priority = log_is_journal();
	if (format == LOG_FORMAT_AUTO)
		log->format = log->has_priority       ? LOG_FORMAT_JOURNAL
			      : isatty(STDERR_FILENO) ? LOG_FORMAT_TEXT
						      : LOG_FORMAT_JSON;
}

void log_open(struct log *log, enum log_level level, enum log_format format)
{
	log_set(log, level, format);
	log->writer = line_writer_new(STDERR_FILENO);
}

/* ---- forms ---- */

static void log_add_json(struct buffer *buffer, const char *name, const char *value)
{
	if (!value)
		return;
	buffer_printf(buffer, "%c\"%s\":\"", buffer->length ? ',' : '{', name);
	buffer_append_json_escaped(buffer, value);
	buffer_append_char(buffer, '"');
}

void log_format_json(struct buffer *ret, int64_t unix_ms, enum log_level level, enum log_event event,
		     const struct log_context *context, const char *message)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(unix_ms, time);
	log_add_json(ret, "time", time);
	log_add_json(ret, "level", level_names[level]);
	log_add_json(ret, "event", events[event].name);
	log_add_json(ret, "message", message);
	if (context) {
		log_add_json(ret, "tenant", context->tenant);
		log_add_json(ret, "instance", context->instance);
		log_add_json(ret, "node", context->node);
		log_add_json(ret, "action", context->action);
		log_add_json(ret, "reason", context->reason);
	}
	buffer_append_char(ret, '}');
}

void log_format_sentence(struct buffer *ret, const struct log_context *context, const char *message)
{
	if (context && context->tenant)
		buffer_printf(ret, "%s%s%s: ", context->tenant, context->instance ? "/" : "",
			      context->instance ? context->instance : "");
	buffer_append_text(ret, message);
}

void log_format_text(struct buffer *ret, int64_t unix_ms, enum log_level level, const struct log_context *context,
		     const char *message)
{
	struct buffer sentence;
	char time[CLOCK_RFC3339_SIZE];

	buffer_init(&sentence, LOG_SIZE_MAX);
	log_format_sentence(&sentence, context, message);
	clock_format_rfc3339(unix_ms, time);
	buffer_printf(ret, "%s %-7s ", time, level_names[level]);
	/* One entry is one line, whatever a service wrote into its message. */
	for (const char *p = sentence.data; *p; p++)
		buffer_append_char(ret, (unsigned char)*p < ' ' ? ' ' : *p);
	buffer_done(&sentence);
}

/* ---- ways out ---- */

static bool log_to_journal(enum log_level level, enum log_event event, const struct log_context *context,
			   const char *message)
{
	struct buffer sentence, entry;
	char priority[2] = {(char)('0' + priorities[level]), 0};
	bool was_sent;

	buffer_init(&sentence, LOG_SIZE_MAX);
	log_format_sentence(&sentence, context, message);
	buffer_init(&entry, 2 * LOG_SIZE_MAX);
	journal_add_field(&entry, "MESSAGE", sentence.data);
	journal_add_field(&entry, "PRIORITY", priority);
	journal_add_field(&entry, "MESSAGE_ID", events[event].message_id);
	journal_add_field(&entry, "SYSLOG_IDENTIFIER", "scepmand");
	if (context) {
		journal_add_field(&entry, "TENANT", context->tenant);
		journal_add_field(&entry, "INSTANCE", context->instance);
		journal_add_field(&entry, "NODE", context->node);
		journal_add_field(&entry, "ACTION", context->action);
		journal_add_field(&entry, "REASON", context->reason);
	}
	was_sent = !entry.overflowed && journal_send(JOURNAL_SOCKET, &entry) == 0;
	buffer_done(&entry);
	buffer_done(&sentence);
	return was_sent;
}

static void log_to_stderr(const struct log *log, enum log_level level, enum log_event event,
			  const struct log_context *context, const char *message)
{
	struct buffer line;

	buffer_init(&line, 4 * LOG_SIZE_MAX);
	if (log->has_priority && log->format != LOG_FORMAT_JSON)
		buffer_printf(&line, "<%d>", priorities[level]);
	if (log->format == LOG_FORMAT_JSON)
		log_format_json(&line, clock_unix_ms(), level, event, context, message);
	else
		log_format_text(&line, clock_unix_ms(), level, context, message);
	buffer_append_char(&line, '\n');
	if (log->writer)
		line_writer_put(log->writer, line.data, line.length);
	else
		fwrite(line.data, 1, line.length, stderr); /* unbuffered: one write(2) */
	buffer_done(&line);
}

static void log_say_lost(const struct log *log)
{
	unsigned lost = log->writer ? line_writer_take_lost(log->writer) : 0;
	char message[128];

	if (!lost)
		return;
	snprintf(message, sizeof(message), "%u line%s lost while standard error was not read", lost,
		 lost == 1 ? "" : "s");
	log_to_stderr(log, LOG_LEVEL_WARNING, EVENT_WARNING, NULL, message);
}

void log_say(const struct log *log, enum log_level level, enum log_event event, const struct log_context *context,
	     const char *format, ...)
{
	struct buffer message;
	va_list ap;

	/* Whatever comes next, also what is not important enough to be said. */
	log_say_lost(log);
	if (level > log->level)
		return;
	buffer_init(&message, LOG_SIZE_MAX);
	va_start(ap, format);
	buffer_vprintf(&message, format, ap);
	va_end(ap);
	if (log->format != LOG_FORMAT_JOURNAL || !log_to_journal(level, event, context, message.data))
		log_to_stderr(log, level, event, context, message.data);
	buffer_done(&message);
}

void log_complain(const char *lines)
{
	const char *priority = log_is_journal() ? "<3>" : "";

	while (*lines) {
		size_t length = strcspn(lines, "\n");

		fprintf(stderr, "%s%.*s\n", priority, (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

void log_close(struct log *log)
{
	if (!log->writer)
		return;
	/* The last chance to say what was lost. */
	line_writer_await_room(log->writer, LOG_CLOSE_MAX_MS);
	log_say_lost(log);
	line_writer_free(log->writer, LOG_CLOSE_MAX_MS);
	log->writer = NULL;
}
