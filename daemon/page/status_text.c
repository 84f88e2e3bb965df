#include "page/status_text.h"

#include "base/text.h"
#include "page/document.h"

enum { STATUS_TEXT_EVENTS = 8 };

/* "2026-01-02T03:04:05.678Z" -> "2026-01-02 03:04:05" */
static void add_time(struct buffer *ret, const char *time)
{
	if (text_is_empty(time))
		buffer_append_text(ret, "never");
	else
		buffer_printf(ret, "%.10s %.8s", time, time[10] ? time + 11 : "");
}

/* ---- an installation ---- */

static void add_conditions(const cJSON *instance, struct buffer *ret)
{
	const cJSON *condition;

	cJSON_ArrayForEach (condition, document_get(instance, "conditions")) {
		const char *type = document_text(condition, "type");

		if (text_equal(type, "Ready") || text_equal(type, "InSync"))
			continue;
		buffer_printf(ret, "    ! %s since ", type);
		add_time(ret, document_text(condition, "since"));
		buffer_printf(ret, ": %s\n", document_text(condition, "message"));
	}
}

static void add_pending(const cJSON *instance, struct buffer *ret)
{
	const cJSON *item;
	int pending = 0, withheld = cJSON_GetArraySize(document_get(instance, "withheld"));

	cJSON_ArrayForEach (item, document_get(instance, "actions")) {
		pending += !document_is_true(item, "applied");
	}
	if (pending)
		buffer_printf(ret, "    %d change%s pending; `scepmand plan` shows %s\n", pending,
			      pending == 1 ? "" : "s", pending == 1 ? "it" : "them");
	if (withheld)
		buffer_printf(ret, "    %d grant%s left to an administrator; `scepmand grants` prints the commands\n",
			      withheld, withheld == 1 ? " is" : "s are");
}

static void add_instance(const cJSON *instance, struct buffer *ret)
{
	const cJSON *write = document_get(instance, "last_write");

	buffer_printf(ret, "  %s: ", document_text(instance, "name"));
	if (!document_is_true(instance, "known")) {
		buffer_append_text(ret, "not known yet\n");
		return;
	}
	buffer_append_text(ret, document_is_true(instance, "in_sync") ? "in sync since " : "not in sync since ");
	add_time(ret, document_text(instance, "in_sync_since"));
	if (!document_is_true(instance, "ready")) {
		buffer_append_text(ret, ", not ready since ");
		add_time(ret, document_text(instance, "ready_since"));
	}
	buffer_append_char(ret, '\n');
	add_conditions(instance, ret);
	add_pending(instance, ret);
	if (!cJSON_IsObject(write))
		return;
	buffer_append_text(ret, "    last write: ");
	add_time(ret, document_text(write, "time"));
	buffer_printf(ret, " %s %s: %s\n", document_text(write, "kind"), document_text(write, "target"),
		      document_text(write, "result"));
}

/* ---- a tenant ---- */

static void add_passes(const cJSON *tenant, struct buffer *ret)
{
	const cJSON *last = document_get(tenant, "last_pass");

	buffer_printf(ret, "%s (%s)%s: ", document_text(tenant, "name"), document_text(tenant, "tenant_id"),
		      text_equal(document_text(tenant, "mode"), "plan") ? ", observed only" : "");
	if (cJSON_IsObject(last)) {
		buffer_append_text(ret, "last pass ");
		add_time(ret, document_text(last, "ended"));
		buffer_printf(ret, ", %s in %lld ms, %lld write%s; ", document_text(last, "result"),
			      document_number(last, "duration_ms"), document_number(last, "writes"),
			      document_number(last, "writes") == 1 ? "" : "s");
	}
	if (text_equal(document_text(tenant, "state"), "running")) {
		buffer_append_text(ret, "a pass is running");
	} else {
		buffer_append_text(ret, "next pass ");
		add_time(ret, document_text(tenant, "next_pass"));
	}
	if (document_number(tenant, "consecutive_failures"))
		buffer_printf(ret, "; %lld failures in a row", document_number(tenant, "consecutive_failures"));
	buffer_append_char(ret, '\n');
	if (!text_is_empty(document_text(tenant, "problem")))
		buffer_printf(ret, "  ! %s\n", document_text(tenant, "problem"));
}

static void add_events(const cJSON *tenant, bool is_verbose, struct buffer *ret)
{
	const cJSON *event, *events = document_get(tenant, "events");
	int skipped = is_verbose ? 0 : cJSON_GetArraySize(events) - STATUS_TEXT_EVENTS;

	if (cJSON_GetArraySize(events))
		buffer_append_text(ret, "  history:\n");
	cJSON_ArrayForEach (event, events) {
		const char *what = document_text(event, "target");

		if (skipped-- > 0)
			continue;
		buffer_append_text(ret, "    ");
		add_time(ret, document_text(event, "time"));
		buffer_printf(ret, " %s %s: %s%s%s%s%s\n", document_text(event, "event"),
			      document_text(event, "instance"), document_text(event, "kind"), *what ? " " : "",
			      *what ? what : document_text(event, "reason"), *document_text(event, "keys") ? ": " : "",
			      document_text(event, "keys"));
	}
}

/* ---- the whole ---- */

static void add_daemon(const cJSON *daemon, struct buffer *ret)
{
	const cJSON *reload = document_get(daemon, "last_reload");

	buffer_printf(ret, "scepmand %s, process %lld, running since ", document_text(daemon, "version"),
		      document_number(daemon, "pid"));
	add_time(ret, document_text(daemon, "started"));
	buffer_printf(ret, " UTC\nconfiguration %s, generation %s, in force since ",
		      document_text(daemon, "config_file"), document_text(daemon, "generation"));
	add_time(ret, document_text(daemon, "configured"));
	buffer_append_char(ret, '\n');
	if (cJSON_IsObject(reload) && !document_is_true(reload, "accepted")) {
		buffer_append_text(ret, "! a changed configuration was refused at ");
		add_time(ret, document_text(reload, "time"));
		buffer_printf(ret, " and is not used:\n%s\n", document_text(reload, "problem"));
	}
	if (*document_text(daemon, "state_problem"))
		buffer_printf(ret, "! %s\n", document_text(daemon, "state_problem"));
}

void status_text(const cJSON *status, bool is_verbose, struct buffer *ret)
{
	const cJSON *tenant, *instance, *summary = document_get(status, "summary");

	add_daemon(document_get(status, "daemon"), ret);
	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		buffer_append_char(ret, '\n');
		add_passes(tenant, ret);
		cJSON_ArrayForEach (instance, document_get(tenant, "instances")) {
			add_instance(instance, ret);
		}
		add_events(tenant, is_verbose, ret);
	}
	buffer_printf(ret, "\n%lld of %lld installations in sync, %lld ready; %lld blocked, %lld withheld.\n",
		      document_number(summary, "in_sync"), document_number(summary, "installations"),
		      document_number(summary, "ready"), document_number(summary, "blocked"),
		      document_number(summary, "withheld"));
}

bool status_text_is_ready(const cJSON *status)
{
	const cJSON *tenant, *instance;

	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		cJSON_ArrayForEach (instance, document_get(tenant, "instances")) {
			if (!document_is_true(instance, "known") || !document_is_true(instance, "ready"))
				return false;
		}
	}
	return true;
}
