#include "control.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "core.h"
#include "edit.h"
#include "interference_parts.h"
#include "json.h"

typedef void control_function(struct interference *interference, struct call *call);

/* 204, or 400 with COMPLAINT, which is freed. */
static void answer_done(struct call *call, char *complaint)
{
	if (complaint)
		call_answer_error(call, 400, "InvalidRequest", "%s", complaint);
	else
		call_answer(call, 204, NULL);
	free(complaint);
}

static void get_state(struct interference *interference _unused_, struct call *call)
{
	call_answer(call, 200, state_save(call->state));
}

static void put_state(struct interference *interference _unused_, struct call *call)
{
	const char *body = call->request->body ? call->request->body : "";
	char *error = NULL;
	int r = sim_load(call->sim, body, call->request->body_length, &error);

	answer_done(call, r < 0 ? error : NULL);
}

static void post_scenario(struct interference *interference _unused_, struct call *call)
{
	const char *name = json_text(call->body, "name");
	char *error = NULL;
	int r;

	if (!name) {
		answer_done(call, json_complaint("name: missing"));
		return;
	}
	r = sim_load_scenario(call->sim, name, &error);
	answer_done(call, r < 0 ? error : NULL);
}

static void get_faults(struct interference *interference, struct call *call)
{
	call_answer(call, 200, faults_list(&interference->faults));
}

static void post_faults(struct interference *interference, struct call *call)
{
	answer_done(call, faults_add(&interference->faults, call->body));
}

static void delete_faults(struct interference *interference, struct call *call)
{
	faults_clear(&interference->faults);
	answer_done(call, NULL);
}

static void get_journal(struct interference *interference, struct call *call)
{
	char *text = journal_text(&interference->journal);

	call_answer_raw(call, 200, "application/x-ndjson", text);
	free(text);
}

static void delete_journal(struct interference *interference, struct call *call)
{
	journal_clear(&interference->journal);
	answer_done(call, NULL);
}

static void get_counters(struct interference *interference, struct call *call)
{
	cJSON *counters = journal_counters(&interference->journal),
	      *restarts = cJSON_AddObjectToObject(counters, "restarts");

	for (size_t i = 0; i < call->state->restarts.count; i++) {
		const struct map_entry *entry = &call->state->restarts.entries[i];

		if (entry->value)
			cJSON_AddNumberToObject(restarts, entry->name, (double)(uintptr_t)entry->value);
	}
	call_answer(call, 200, counters);
}

static void delete_counters(struct interference *interference, struct call *call)
{
	journal_clear_counters(&interference->journal);
	map_done(&call->state->restarts);
	answer_done(call, NULL);
}

static void get_writers(struct interference *interference, struct call *call)
{
	call_answer(call, 200, writers_list(&interference->writers));
}

static void post_writers(struct interference *interference, struct call *call)
{
	answer_done(call, writers_add(&interference->writers, call->body, call->now_ms));
}

static void delete_writers(struct interference *interference, struct call *call)
{
	writers_clear(&interference->writers);
	answer_done(call, NULL);
}

static void get_lag(struct interference *interference, struct call *call)
{
	call_answer(call, 200, lag_describe(&interference->lag));
}

static void put_lag(struct interference *interference, struct call *call)
{
	answer_done(call, lag_configure(&interference->lag, call->body));
}

static void get_throttle(struct interference *interference, struct call *call)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddBoolToObject(body, "realistic", interference->throttle.realistic);
	call_answer(call, 200, body);
}

static void put_throttle(struct interference *interference, struct call *call)
{
	static const struct json_member members[] = {{"realistic", JSON_BOOLEAN}};
	char *complaint = json_check_members(call->body, "throttle", members, ARRAY_SIZE(members));

	if (!complaint)
		interference->throttle.realistic = json_is_true(call->body, "realistic");
	answer_done(call, complaint);
}

static void post_edit(struct interference *interference _unused_, struct call *call)
{
	char *complaint = edit_check(call->body, "edit");

	if (!complaint)
		edit_apply(call->body, call->state);
	answer_done(call, complaint);
}

static const struct {
	const char *method, *name;
	control_function *function;
	bool has_body; /* of JSON, other than the tenant itself, which sim_load() reads */
} functions[] = {
	{"GET", "state", get_state, false},
	{"PUT", "state", put_state, false},
	{"GET", "faults", get_faults, false},
	{"POST", "faults", post_faults, true},
	{"DELETE", "faults", delete_faults, false},
	{"GET", "journal", get_journal, false},
	{"DELETE", "journal", delete_journal, false},
	{"GET", "counters", get_counters, false},
	{"DELETE", "counters", delete_counters, false},
	{"GET", "writers", get_writers, false},
	{"POST", "writers", post_writers, true},
	{"DELETE", "writers", delete_writers, false},
	{"GET", "throttle", get_throttle, false},
	{"PUT", "throttle", put_throttle, true},
	{"GET", "lag", get_lag, false},
	{"PUT", "lag", put_lag, true},
	{"POST", "edit", post_edit, true},
	{"POST", "scenario", post_scenario, true},
};

static bool parse_body(struct call *call)
{
	if (!call->body && call->request->body)
		call->body = cJSON_ParseWithLength(call->request->body, call->request->body_length);
	return call->body != NULL;
}

void control_handle(struct interference *interference, struct call *call)
{
	const char *name = call->segment_count == 2 ? call->segments[1] : "";
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		if (!text_equal(functions[i].name, name))
			continue;
		known = true;
		if (!text_equal(functions[i].method, call->request->method))
			continue;
		if (functions[i].has_body && !parse_body(call))
			answer_done(call, json_complaint("body: is not JSON"));
		else
			functions[i].function(interference, call);
		return;
	}
	if (known)
		call_answer_error(call, 405, "MethodNotAllowed", "/_sim/%s does not take %s.", name,
				  call->request->method);
	else
		call_answer_error(call, 404, "NotFound", "There is no /_sim/%s.", name);
}
