#include "interference.h"

#include <stdlib.h>

#include "base/memory.h"
#include "control.h"
#include "edit.h"
#include "interference_parts.h"
#include "json.h"

struct interference *interference_new(const struct sim_options *options)
{
	struct interference *interference = memory_new(sizeof(*interference));

	journal_init(&interference->journal);
	faults_init(&interference->faults, options->seed);
	throttle_init(&interference->throttle, options->realistic_throttle);
	lag_init(&interference->lag, options->realistic_lag, options->seed);
	writers_init(&interference->writers);
	interference->latency_ms = options->latency_ms;
	return interference;
}

void interference_free(struct interference *interference)
{
	if (!interference)
		return;
	journal_done(&interference->journal);
	faults_done(&interference->faults);
	throttle_done(&interference->throttle);
	lag_clear(&interference->lag);
	writers_done(&interference->writers);
	free(interference);
}

void interference_reset(struct interference *interference)
{
	lag_clear(&interference->lag);
	throttle_clear(&interference->throttle);
}

void interference_tick(struct interference *interference, struct sim_state *state, int64_t now_ms)
{
	if (writers_next_ms(&interference->writers) <= now_ms)
		writers_run(&interference->writers, state, now_ms);
}

void interference_control(struct interference *interference, struct call *call)
{
	control_handle(interference, call);
}

/* What has been decided for one call before its handler runs. In the arena of the call, since the parts of a $batch are
 * calls inside a call. */
struct interference_orders {
	struct sim_state *present;
	const struct fault_rule *acting[8]; /* in the order of the rules; more do not act */
	size_t count;
	size_t carried_out; /* so many of them were reached before the call was answered */
	int64_t stale_ms;
};

static struct interference_orders *collect_orders(struct interference *interference, struct call *call)
{
	struct interference_orders *orders = arena_new(call->arena, struct interference_orders);
	const struct fault_rule *rule;
	size_t position = 0;

	orders->present = call->state;
	while (orders->count < ARRAY_SIZE(orders->acting) &&
	       (rule = faults_next(&interference->faults, call, &position)) != NULL) {
		const cJSON *stale = cJSON_GetObjectItemCaseSensitive(rule->json, "stale");

		orders->acting[orders->count++] = rule;
		call->delay_ms += json_integer(rule->json, "delay_ms", 0);
		if (stale)
			orders->stale_ms = json_integer(stale, "ms", INT64_MAX);
		interference->journal.faults++;
	}
	return orders;
}

static void hide_write(struct interference *interference, const struct call *call, const cJSON *lag)
{
	int64_t ms = json_integer(lag, "ms", -1), reads = json_integer(lag, "reads", -1);

	lag_hide(&interference->lag, call, reads < 0 ? UINT64_MAX : (uint64_t)reads,
		 ms < 0 ? INT64_MAX : call->now_ms + ms);
}

/* What RULE does before the handler. True: CALL has been answered. */
static bool carry_out(struct interference *interference, const struct fault_rule *rule, struct call *call, bool reads)
{
	const cJSON *edit = cJSON_GetObjectItemCaseSensitive(rule->json, "edit"),
		    *lag = cJSON_GetObjectItemCaseSensitive(rule->json, "lag");

	if (edit && !rule->edit_after)
		edit_apply(edit, call->state);
	if (lag && !reads)
		hide_write(interference, call, lag);
	return !rule->takes_effect && faults_answer(rule, call);
}

bool interference_before(struct interference *interference, struct call *call)
{
	struct interference_orders *orders;
	bool reads = journal_is_read(call);

	if (throttle_take(&interference->throttle, call)) {
		interference->journal.throttled++;
		return true;
	}
	call->orders = orders = collect_orders(interference, call);
	while (orders->carried_out < orders->count)
		if (carry_out(interference, orders->acting[orders->carried_out++], call, reads))
			return true;
	if (lag_refuse_principal(&interference->lag, call))
		return true;
	if (reads)
		call->state = lag_view(&interference->lag, call, orders->stale_ms);
	else
		lag_before_write(&interference->lag, call, interference->faults.longest_stale_ms);
	return false;
}

void interference_after(struct interference *interference, struct call *call)
{
	const struct interference_orders *orders = call->orders;

	journal_count_write(&interference->journal, call);
	if (!orders)
		return;
	call->state = orders->present;
	for (size_t i = 0; i < orders->carried_out; i++) {
		const struct fault_rule *rule = orders->acting[i];
		const cJSON *edit = cJSON_GetObjectItemCaseSensitive(rule->json, "edit");

		if (edit && rule->edit_after)
			edit_apply(edit, call->state);
		if (rule->takes_effect)
			faults_answer(rule, call);
		faults_damage(rule, call);
	}
}

void interference_finish(struct interference *interference, const struct call *call, struct sim_response *response)
{
	response->fate = call->fate;
	response->delay_ms = call->delay_ms;
	if (call->service == SERVICE_CONTROL)
		return;
	response->delay_ms += interference->latency_ms;
	journal_add(&interference->journal, call, response);
}

void interference_set_journal_sink(struct interference *interference, void (*write)(void *userdata, const char *line),
				   void *userdata)
{
	interference->journal.write = write;
	interference->journal.userdata = userdata;
}
