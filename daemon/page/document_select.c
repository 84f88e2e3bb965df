#include "page/document_select.h"

#include <stdbool.h>

#include "desired/names.h"
#include "page/document.h"

struct selection {
	const char *const *names;
	size_t count;
};

static bool is_meant(const struct selection *selection, const char *tenant, const char *instance)
{
	for (size_t i = 0; i < selection->count; i++)
		if (names_mean(selection->names[i], tenant, instance))
			return true;
	return false;
}

/* Leaves in LIST, a member of TENANT, what is about the installations that are meant; MEMBER has their name. */
static void select_items(const struct selection *selection, const cJSON *tenant, const char *list, const char *member)
{
	cJSON *items = cJSON_GetObjectItemCaseSensitive(tenant, list);

	for (int i = cJSON_GetArraySize(items); i-- > 0;)
		if (!is_meant(selection, document_text(tenant, "name"),
			      document_text(cJSON_GetArrayItem(items, i), member)))
			cJSON_DeleteItemFromArray(items, i);
}

/* ---- the summary ---- */

static int count_blocking(const cJSON *instance)
{
	const cJSON *condition;
	int count = 0;

	cJSON_ArrayForEach (condition, document_get(instance, "conditions")) {
		count += document_is_true(condition, "blocking");
	}
	return count;
}

static void set_number(cJSON *object, const char *name, int value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, name);
	cJSON_AddNumberToObject(object, name, value);
}

static void select_summary(cJSON *status)
{
	cJSON *summary = cJSON_GetObjectItemCaseSensitive(status, "summary");
	int installations = 0, in_sync = 0, ready = 0, blocked = 0, withheld = 0;
	const cJSON *tenant, *instance;

	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		cJSON_ArrayForEach (instance, document_get(tenant, "instances")) {
			installations++;
			in_sync += document_is_true(instance, "in_sync");
			ready += document_is_true(instance, "ready");
			blocked += count_blocking(instance);
			withheld += cJSON_GetArraySize(document_get(instance, "withheld"));
		}
	}
	set_number(summary, "installations", installations);
	set_number(summary, "in_sync", in_sync);
	set_number(summary, "ready", ready);
	set_number(summary, "blocked", blocked);
	set_number(summary, "withheld", withheld);
}

/* ---- the whole ---- */

void document_select(cJSON *status, const char *const *names, size_t count)
{
	const struct selection selection = {names, count};
	cJSON *tenants = cJSON_GetObjectItemCaseSensitive(status, "tenants");

	if (!count)
		return;
	for (int t = cJSON_GetArraySize(tenants); t-- > 0;) {
		const cJSON *tenant = cJSON_GetArrayItem(tenants, t);

		select_items(&selection, tenant, "instances", "name");
		select_items(&selection, tenant, "events", "instance");
		if (!cJSON_GetArraySize(document_get(tenant, "instances")))
			cJSON_DeleteItemFromArray(tenants, t);
	}
	select_summary(status);
}
