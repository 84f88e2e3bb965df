#include "service/status_text.h"

#include "base/text.h"

enum { STATUS_TEXT_EVENTS = 8 };

static const cJSON *get(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

static const char *text_of(const cJSON *json, const char *name)
{
	const char *text = cJSON_GetStringValue(get(json, name));

	return text ? text : "";
}

static bool is_true(const cJSON *json, const char *name)
{
	return cJSON_IsTrue(get(json, name));
}

static long long number_of(const cJSON *json, const char *name)
{
	const cJSON *item = get(json, name);

	return cJSON_IsNumber(item) ? (long long)item->valuedouble : 0;
}

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

	cJSON_ArrayForEach (condition, get(instance, "conditions")) {
		const char *type = text_of(condition, "type");

		if (text_equal(type, "Ready") || text_equal(type, "InSync"))
			continue;
		buffer_printf(ret, "    ! %s since ", type);
		add_time(ret, text_of(condition, "since"));
		buffer_printf(ret, ": %s\n", text_of(condition, "message"));
	}
}

static void add_pending(const cJSON *instance, struct buffer *ret)
{
	const cJSON *item;
	int pending = 0, withheld = cJSON_GetArraySize(get(instance, "withheld"));

	cJSON_ArrayForEach (item, get(instance, "actions")) {
		pending += !is_true(item, "applied");
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
	const cJSON *write = get(instance, "last_write");

	buffer_printf(ret, "  %s: ", text_of(instance, "name"));
	if (!is_true(instance, "known")) {
		buffer_append_text(ret, "not known yet\n");
		return;
	}
	buffer_append_text(ret, is_true(instance, "in_sync") ? "in sync since " : "not in sync since ");
	add_time(ret, text_of(instance, "in_sync_since"));
	if (!is_true(instance, "ready")) {
		buffer_append_text(ret, ", not ready since ");
		add_time(ret, text_of(instance, "ready_since"));
	}
	buffer_append_char(ret, '\n');
	add_conditions(instance, ret);
	add_pending(instance, ret);
	if (!cJSON_IsObject(write))
		return;
	buffer_append_text(ret, "    last write: ");
	add_time(ret, text_of(write, "time"));
	buffer_printf(ret, " %s %s: %s\n", text_of(write, "kind"), text_of(write, "target"), text_of(write, "result"));
}

/* ---- a tenant ---- */

static void add_passes(const cJSON *tenant, struct buffer *ret)
{
	const cJSON *last = get(tenant, "last_pass");

	buffer_printf(ret, "%s (%s)%s: ", text_of(tenant, "name"), text_of(tenant, "tenant_id"),
		      text_equal(text_of(tenant, "mode"), "plan") ? ", observed only" : "");
	if (cJSON_IsObject(last)) {
		buffer_append_text(ret, "last pass ");
		add_time(ret, text_of(last, "ended"));
		buffer_printf(ret, ", %s in %lld ms, %lld write%s; ", text_of(last, "result"),
			      number_of(last, "duration_ms"), number_of(last, "writes"),
			      number_of(last, "writes") == 1 ? "" : "s");
	}
	if (text_equal(text_of(tenant, "state"), "running")) {
		buffer_append_text(ret, "a pass is running");
	} else {
		buffer_append_text(ret, "next pass ");
		add_time(ret, text_of(tenant, "next_pass"));
	}
	if (number_of(tenant, "consecutive_failures"))
		buffer_printf(ret, "; %lld failures in a row", number_of(tenant, "consecutive_failures"));
	buffer_append_char(ret, '\n');
	if (!text_is_empty(text_of(tenant, "problem")))
		buffer_printf(ret, "  ! %s\n", text_of(tenant, "problem"));
}

static void add_events(const cJSON *tenant, bool is_verbose, struct buffer *ret)
{
	const cJSON *event, *events = get(tenant, "events");
	int skipped = is_verbose ? 0 : cJSON_GetArraySize(events) - STATUS_TEXT_EVENTS;

	if (cJSON_GetArraySize(events))
		buffer_append_text(ret, "  history:\n");
	cJSON_ArrayForEach (event, events) {
		const char *what = text_of(event, "target");

		if (skipped-- > 0)
			continue;
		buffer_append_text(ret, "    ");
		add_time(ret, text_of(event, "time"));
		buffer_printf(ret, " %s %s: %s%s%s%s%s\n", text_of(event, "event"), text_of(event, "instance"),
			      text_of(event, "kind"), *what ? " " : "", *what ? what : text_of(event, "reason"),
			      *text_of(event, "keys") ? ": " : "", text_of(event, "keys"));
	}
}

/* ---- the whole ---- */

static void add_daemon(const cJSON *daemon, struct buffer *ret)
{
	const cJSON *reload = get(daemon, "last_reload");

	buffer_printf(ret, "scepmand %s, process %lld, running since ", text_of(daemon, "version"),
		      number_of(daemon, "pid"));
	add_time(ret, text_of(daemon, "started"));
	buffer_printf(ret, " UTC\nconfiguration %s, generation %s, in force since ", text_of(daemon, "config_file"),
		      text_of(daemon, "generation"));
	add_time(ret, text_of(daemon, "configured"));
	buffer_append_char(ret, '\n');
	if (cJSON_IsObject(reload) && !is_true(reload, "accepted")) {
		buffer_append_text(ret, "! a changed configuration was refused at ");
		add_time(ret, text_of(reload, "time"));
		buffer_printf(ret, " and is not used:\n%s\n", text_of(reload, "problem"));
	}
}

void status_text(const cJSON *status, bool is_verbose, struct buffer *ret)
{
	const cJSON *tenant, *instance, *summary = get(status, "summary");

	add_daemon(get(status, "daemon"), ret);
	cJSON_ArrayForEach (tenant, get(status, "tenants")) {
		buffer_append_char(ret, '\n');
		add_passes(tenant, ret);
		cJSON_ArrayForEach (instance, get(tenant, "instances")) {
			add_instance(instance, ret);
		}
		add_events(tenant, is_verbose, ret);
	}
	buffer_printf(ret, "\n%lld of %lld installations in sync, %lld ready; %lld blocked, %lld withheld.\n",
		      number_of(summary, "in_sync"), number_of(summary, "installations"), number_of(summary, "ready"),
		      number_of(summary, "blocked"), number_of(summary, "withheld"));
}

bool status_text_is_ready(const cJSON *status)
{
	const cJSON *tenant, *instance;

	cJSON_ArrayForEach (tenant, get(status, "tenants")) {
		cJSON_ArrayForEach (instance, get(tenant, "instances")) {
			if (!is_true(instance, "known") || !is_true(instance, "ready"))
				return false;
		}
	}
	return true;
}
