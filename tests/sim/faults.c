#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "edit.h"
#include "glob.h"
#include "json.h"
#include "random.h"

static const char *const service_names[] = {
	[SERVICE_CONTROL] = "control", [SERVICE_LOGIN] = "login", [SERVICE_METADATA] = "metadata",
	[SERVICE_ARM] = "arm",         [SERVICE_GRAPH] = "graph", [SERVICE_SITE] = "site",
};

void faults_init(struct faults *faults, uint64_t seed)
{
	*faults = (struct faults){.random = seed ^ 0x6661756c7473};
}

void faults_clear(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		cJSON_Delete(faults->rules[i].json);
	faults->count = 0;
	faults->longest_stale_ms = 0;
}

void faults_done(struct faults *faults)
{
	faults_clear(faults);
	free(faults->rules);
}

static bool is_service(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(service_names); i++)
		if (text_equal(service_names[i], name))
			return true;
	return false;
}

/* What the types alone do not say. */
static char *check_values(const cJSON *rule, const char *path)
{
	static const struct json_member throttle[] = {{"retry_after_s", JSON_INTEGER}},
					lag[] = {{"ms", JSON_INTEGER}, {"reads", JSON_INTEGER}},
					stale[] = {{"ms", JSON_INTEGER}};
	static const struct {
		const char *name;
		const struct json_member *members;
		size_t count;
	} objects[] = {{"throttle", throttle, 1}, {"lag", lag, 2}, {"stale", stale, 1}};
	const char *service = json_text(rule, "service"), *damage = json_text(rule, "damage"),
		   *edit_when = json_text(rule, "edit_when");
	int64_t status = json_integer(rule, "status", 503);
	double chance = 1;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		const cJSON *object = cJSON_GetObjectItemCaseSensitive(rule, objects[i].name);
		char *place, *complaint;

		if (!object || cJSON_IsBool(object))
			continue;
		place = json_complaint("%s.%s", path, objects[i].name);
		complaint = json_check_members(object, place, objects[i].members, objects[i].count);
		free(place);
		if (complaint)
			return complaint;
	}
	if (service && !is_service(service))
		return json_complaint("%s.service: must be arm, graph, login, metadata or site", path);
	if (damage && !text_list_contains_fold("truncate,garbage,empty", ',', damage))
		return json_complaint("%s.damage: must be truncate, garbage or empty", path);
	if (edit_when && !text_list_contains_fold("before,after", ',', edit_when))
		return json_complaint("%s.edit_when: must be before or after", path);
	if (status < 200 || status > 599)
		return json_complaint("%s.status: must be from 200 to 599", path);
	if (cJSON_HasObjectItem(rule, "chance"))
		chance = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(rule, "chance"));
	if (chance < 0 || chance > 1)
		return json_complaint("%s.chance: must be from 0 to 1", path);
	if (cJSON_HasObjectItem(rule, "nth") && cJSON_HasObjectItem(rule, "every"))
		return json_complaint("%s: has both nth and every", path);
	if (cJSON_HasObjectItem(rule, "edit")) {
		char *place = json_complaint("%s.edit", path),
		     *complaint = edit_check(cJSON_GetObjectItemCaseSensitive(rule, "edit"), place);

		free(place);
		return complaint;
	}
	return NULL;
}

static char *check_rule(const cJSON *rule, const char *path)
{
	static const struct json_member members[] = {
		{"name", JSON_TEXT},
		{"method", JSON_TEXT},
		{"path", JSON_TEXT},
		{"service", JSON_TEXT},
		{"nth", JSON_INTEGER},
		{"every", JSON_INTEGER},
		{"times", JSON_INTEGER},
		{"chance", JSON_NUMBER},
		{"status", JSON_INTEGER},
		{"headers", JSON_OBJECT},
		{"body", JSON_ANY},
		{"throttle", JSON_ANY},
		{"drop", JSON_BOOLEAN},
		{"damage", JSON_TEXT},
		{"delay_ms", JSON_INTEGER},
		{"lag", JSON_OBJECT},
		{"takes_effect", JSON_BOOLEAN},
		{"stale", JSON_OBJECT},
		{"edit", JSON_ANY},
		{"edit_when", JSON_TEXT},
	};
	char *complaint = json_check_members(rule, path, members, ARRAY_SIZE(members));

	return complaint ? complaint : check_values(rule, path);
}

static void add_one(struct faults *faults, const cJSON *json)
{
	struct fault_rule *rule;
	const cJSON *stale = cJSON_GetObjectItemCaseSensitive(json, "stale");

	if (faults->count == faults->allocated) {
		faults->allocated = faults->allocated ? faults->allocated * 2 : 8;
		faults->rules = memory_resize(faults->rules, faults->allocated * sizeof(*faults->rules));
	}
	rule = &faults->rules[faults->count++];
	*rule = (struct fault_rule){
		.json = cJSON_Duplicate(json, true),
		.nth = (uint64_t)json_integer(json, "nth", 0),
		.every = (uint64_t)json_integer(json, "every", 0),
		.chance = 1,
		.takes_effect = json_is_true(json, "takes_effect"),
		.edit_after = text_equal(json_text(json, "edit_when"), "after"),
	};
	rule->times = (uint64_t)json_integer(json, "times", rule->nth ? 1 : INT64_MAX);
	if (cJSON_HasObjectItem(json, "chance"))
		rule->chance = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, "chance"));
	if (stale && json_integer(stale, "ms", 0) > faults->longest_stale_ms)
		faults->longest_stale_ms = json_integer(stale, "ms", 0);
}

char *faults_add(struct faults *faults, const cJSON *rules)
{
	const cJSON *rule;
	char *complaint = NULL;
	size_t i = 0;

	if (!cJSON_IsArray(rules)) {
		complaint = check_rule(rules, "rule");
		if (!complaint)
			add_one(faults, rules);
		return complaint;
	}
	cJSON_ArrayForEach (rule, rules) {
		char *path = json_complaint("rules[%zu]", i++);

		complaint = check_rule(rule, path);
		free(path);
		if (complaint)
			return complaint;
	}
	cJSON_ArrayForEach (rule, rules)
		add_one(faults, rule);
	return NULL;
}

cJSON *faults_list(const struct faults *faults)
{
	cJSON *list = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(list, "value");

	for (size_t i = 0; i < faults->count; i++) {
		cJSON *rule = cJSON_Duplicate(faults->rules[i].json, true);

		cJSON_AddNumberToObject(rule, "matched", (double)faults->rules[i].matched);
		cJSON_AddNumberToObject(rule, "acted", (double)faults->rules[i].acted);
		cJSON_AddItemToArray(value, rule);
	}
	return list;
}

static bool is_for(const struct fault_rule *rule, const struct call *call)
{
	const char *method = json_text(rule->json, "method"), *path = json_text(rule->json, "path"),
		   *service = json_text(rule->json, "service");

	return (!method || text_list_contains_fold(method, '|', call->request->method)) &&
	       (!service || text_equal(service, service_names[call->service])) &&
	       (!path || glob_matches_fold(path, call->path));
}

const struct fault_rule *faults_next(struct faults *faults, const struct call *call, size_t *position)
{
	while (*position < faults->count) {
		struct fault_rule *rule = &faults->rules[(*position)++];

		if (!is_for(rule, call))
			continue;
		rule->matched++;
		if (rule->acted >= rule->times || (rule->nth && rule->matched != rule->nth) ||
		    (rule->every && rule->matched % rule->every) ||
		    (rule->chance < 1 && random_fraction(&faults->random) >= rule->chance))
			continue;
		rule->acted++;
		return rule;
	}
	return NULL;
}

static void forget_answer(struct call *call)
{
	cJSON_Delete(call->answer);
	call->answer = NULL;
	call->raw = call->raw_type = NULL;
	call->header_count = 0;
}

static void answer_status(const struct fault_rule *rule, struct call *call)
{
	const cJSON *body = cJSON_GetObjectItemCaseSensitive(rule->json, "body"), *header;
	int status = (int)json_integer(rule->json, "status", 503);

	if (cJSON_IsString(body))
		call_answer_raw(call, status, "text/plain", arena_copy_text(call->arena, body->valuestring));
	else if (body)
		call_answer(call, status, cJSON_Duplicate(body, true));
	else if (status >= 400)
		call_answer_error(call, status, status == 503 ? "ServiceUnavailable" : "InjectedFault",
				  "The service is temporarily unable to serve the request.");
	else
		call_answer(call, status, NULL);
	cJSON_ArrayForEach (header, cJSON_GetObjectItemCaseSensitive(rule->json, "headers"))
		if (cJSON_IsString(header))
			call_add_header(call, arena_copy_text(call->arena, header->string), header->valuestring);
}

bool faults_answer(const struct fault_rule *rule, struct call *call)
{
	const cJSON *throttle = cJSON_GetObjectItemCaseSensitive(rule->json, "throttle");
	int64_t retry_after_s = json_integer(throttle, "retry_after_s", -1);

	if (json_is_true(rule->json, "drop")) {
		forget_answer(call);
		/* A part of a $batch has no connection of its own. */
		if (call->is_batch_part)
			call_answer_error(call, 504, "GatewayTimeout", "The request timed out.");
		else
			call->fate = SIM_DROP;
		return true;
	}
	if (throttle && !cJSON_IsFalse(throttle)) {
		forget_answer(call);
		call_answer_error(call, 429, "TooManyRequests", "The request was throttled.");
		if (retry_after_s >= 0)
			call_add_header(call, "Retry-After",
					arena_printf(call->arena, "%lld", (long long)retry_after_s));
		return true;
	}
	if (cJSON_HasObjectItem(rule->json, "status")) {
		forget_answer(call);
		answer_status(rule, call);
		return true;
	}
	return false;
}

void faults_damage(const struct fault_rule *rule, struct call *call)
{
	const char *damage = json_text(rule->json, "damage");
	int status = call->status;

	if (!damage)
		return;
	if (text_equal(damage, "truncate")) {
		call->fate = SIM_TRUNCATE;
		return;
	}
	forget_answer(call);
	if (text_equal(damage, "garbage"))
		call_answer_raw(call, status, "application/json", "{\"value\":[{\"id\":\"\xff\xfe<html>");
	else
		call_answer(call, status, NULL);
}
