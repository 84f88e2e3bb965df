#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/memory.h"
#include "reconcile/render.h"
#include "world/json.h"

static cJSON *render_change(const struct report_change *change)
{
	cJSON *json = cJSON_CreateObject(), *restarts;

	json_add_text(json, "action", action_name(change->action));
	json_add_text(json, "kind", change->kind);
	json_add_text(json, "target", change->target);
	json_add_text(json, "slot", change->slot);
	json_add_text(json, "key", change->key);
	json_add_text(json, "before", change->before);
	json_add_text(json, "after", change->after);
	cJSON_AddBoolToObject(json, "sensitive", change->is_sensitive);
	cJSON_AddBoolToObject(json, "pending", change->is_planned);
	restarts = cJSON_AddArrayToObject(json, "restarts");
	if (change->restarts)
		cJSON_AddItemToArray(restarts, cJSON_CreateString(change->restarts));
	json_add_text(json, "reason", change->reason);
	cJSON_AddBoolToObject(json, "applied", !change->is_planned);
	json_add_text(json, "node", change->node);
	return json;
}

static cJSON *render_condition(const struct report_condition *condition)
{
	cJSON *json = cJSON_CreateObject();

	json_add_text(json, "type", condition->type);
	json_add_text(json, "status", condition->status);
	json_add_text(json, "reason", condition->reason);
	json_add_text(json, "message", condition->message);
	json_add_text(json, "since", condition->since);
	json_add_text(json, "generation", condition->generation);
	json_add_text(json, "node", condition->node);
	cJSON_AddBoolToObject(json, "blocking", condition->is_blocking);
	return json;
}

static cJSON *render_withheld(const struct report_withheld *withheld)
{
	cJSON *json = cJSON_CreateObject(), *request;

	json_add_text(json, "kind", withheld->kind);
	json_add_text(json, "target", withheld->target);
	json_add_text(json, "command", withheld->command);
	if (!withheld->command) {
		cJSON_AddNullToObject(json, "request");
		return json;
	}
	request = cJSON_AddObjectToObject(json, "request");
	json_add_text(request, "method", withheld->method);
	json_add_text(request, "url", withheld->url);
	cJSON_AddItemToObject(request, "body", withheld->body ? cJSON_Parse(withheld->body) : cJSON_CreateNull());
	return json;
}

cJSON *render_instance_json(const struct report_instance *instance)
{
	cJSON *json = cJSON_CreateObject(), *list;

	json_add_text(json, "name", instance->name);
	cJSON_AddBoolToObject(json, "in_sync", instance->in_sync);
	list = cJSON_AddArrayToObject(json, "actions");
	for (const struct report_change *c = instance->changes; c; c = c->next)
		cJSON_AddItemToArray(list, render_change(c));
	list = cJSON_AddArrayToObject(json, "conditions");
	for (const struct report_condition *c = instance->conditions; c; c = c->next)
		cJSON_AddItemToArray(list, render_condition(c));
	list = cJSON_AddArrayToObject(json, "withheld");
	for (const struct report_withheld *w = instance->withheld; w; w = w->next)
		cJSON_AddItemToArray(list, render_withheld(w));
	return json;
}

static void render_print(cJSON *json, struct buffer *ret)
{
	char *text = cJSON_Print(json);

	if (!text)
		memory_exhausted();
	buffer_append_text(ret, text);
	buffer_append_char(ret, '\n');
	free(text);
	cJSON_Delete(json);
}

void render_json(const struct report *report, enum render_purpose purpose, struct buffer *ret)
{
	bool is_plan = purpose == RENDER_PLAN;
	const struct report_summary s = report_summarise(report);
	cJSON *json = cJSON_CreateObject(), *tenants, *summary;

	json_add_text(json, "format_version", "1");
	tenants = cJSON_AddArrayToObject(json, "tenants");
	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next) {
		cJSON *item = cJSON_CreateObject(), *instances;

		json_add_text(item, "name", tenant->name);
		json_add_text(item, "tenant_id", tenant->tenant_id);
		instances = cJSON_AddArrayToObject(item, "instances");
		for (const struct report_instance *i = tenant->instances; i; i = i->next)
			cJSON_AddItemToArray(instances, render_instance_json(i));
		cJSON_AddItemToArray(tenants, item);
	}
	summary = cJSON_AddObjectToObject(json, "summary");
	/* A plan counts what would be done; an apply what was, and what was left undone beside it. */
	cJSON_AddNumberToObject(summary, "add", (double)(is_plan ? s.add : s.add - s.planned.add));
	cJSON_AddNumberToObject(summary, "change", (double)(is_plan ? s.change : s.change - s.planned.change));
	cJSON_AddNumberToObject(summary, "remove", (double)(is_plan ? s.remove : s.remove - s.planned.remove));
	cJSON_AddNumberToObject(summary, "blocked", (double)s.blocked);
	cJSON_AddNumberToObject(summary, "withheld", (double)s.withheld);
	cJSON_AddNumberToObject(summary, "restarts", (double)(is_plan ? s.restarts : s.restarts - s.planned.restarts));
	if (!is_plan)
		cJSON_AddNumberToObject(summary, "pending",
					(double)(s.planned.add + s.planned.change + s.planned.remove));
	render_print(json, ret);
}

void render_grants_json(const struct report *report, struct buffer *ret)
{
	cJSON *list = cJSON_CreateArray();

	for (const struct report_tenant *tenant = report->tenants; tenant; tenant = tenant->next) {
		for (const struct report_instance *i = tenant->instances; i; i = i->next) {
			for (const struct report_withheld *w = i->withheld; w; w = w->next) {
				cJSON *json = render_withheld(w);

				cJSON_AddStringToObject(json, "tenant", tenant->name);
				cJSON_AddStringToObject(json, "instance", i->name);
				cJSON_AddItemToArray(list, json);
			}
		}
	}
	render_print(list, ret);
}
