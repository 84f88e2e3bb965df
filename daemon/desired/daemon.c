#include "desired/tables.h"

#include "desired/listen.h"
#include "desired/names.h"
#include "desired/scalar.h"

static const char *const levels[] = {"error", "warning", "info", "debug", NULL};
static const char *const formats[] = {"auto", "journal", "json", "text", NULL};

static const struct field log_fields[] = {
	{"level", scalar_read_word, offsetof(struct desired_daemon, log_level), .words = levels},
	{"format", scalar_read_word, offsetof(struct desired_daemon, log_format), .words = formats},
};

static const struct field limit_fields[] = {
	{"concurrency", scalar_read_unsigned, offsetof(struct desired_daemon, concurrency), .minimum = 1,
	 .maximum = 256},
	{"max_writes_per_pass", scalar_read_unsigned, offsetof(struct desired_daemon, max_writes_per_pass),
	 .minimum = 1, .maximum = 100 * 1000},
	{"request_timeout", scalar_read_duration, offsetof(struct desired_daemon, request_timeout_s), .minimum = 1,
	 .maximum = 600},
};

static const struct field rollout_fields[] = {
	{"probe", scalar_read_boolean, offsetof(struct desired_daemon, rollout.probe)},
	{"settle", scalar_read_duration, offsetof(struct desired_daemon, rollout.settle_s), .maximum = 600},
	{"timeout", scalar_read_duration, offsetof(struct desired_daemon, rollout.timeout_s), .maximum = 60 * 60},
	{"restart_space", scalar_read_duration, offsetof(struct desired_daemon, rollout.restart_space_s),
	 .maximum = 24 * 60 * 60},
};

/* All fill the daemon's own struct: their fields' offsets begin there, and so does the row that names them. */
static const struct table table_log = {.what = "log", TABLE_FIELDS(log_fields)};
static const struct table table_limits = {.what = "limits", TABLE_FIELDS(limit_fields)};
static const struct table table_rollout = {.what = "rollout", TABLE_FIELDS(rollout_fields)};

static const struct field fields[] = {
	{"interval", scalar_read_duration, offsetof(struct desired_daemon, interval_s), .minimum = 30,
	 .maximum = 24 * 60 * 60},
	{"jitter", scalar_read_percent, offsetof(struct desired_daemon, jitter), .maximum = 50},
	{"listen", scalar_read_text, offsetof(struct desired_daemon, listen), .complain = listen_check},
	{"listen_public", scalar_read_boolean, offsetof(struct desired_daemon, listen_public)},
	{"state_directory", scalar_read_text, offsetof(struct desired_daemon, state_directory),
	 .complain = names_check_absolute_path},
	{"log", reader_read_mapping, 0, .table = &table_log},
	{"limits", reader_read_mapping, 0, .table = &table_limits},
	{"rollout", reader_read_mapping, 0, .table = &table_rollout},
};

static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct desired_daemon *daemon = target;
	const struct tree_node *listen = tree_get(node, "listen");
	struct listen_address address;

	if (listen && listen_parse(daemon->listen, &address) && !address.is_loopback && !daemon->listen_public)
		reader_problem(reader, listen,
			       "listen: %s is reachable from other machines; write 127.0.0.1 or ::1 there, or add "
			       "listen_public: true",
			       problems_quote(reader->problems, daemon->listen));
}

const struct table table_daemon = {.what = "daemon", TABLE_FIELDS(fields), .check = check};
