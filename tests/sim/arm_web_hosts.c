/* Host name bindings: the default host of a site, and custom domains. */
#include <string.h>

#include "arm_web.h"
#include "base/text.h"

#define SITE "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"

static cJSON *show(struct call *call, const cJSON *site, const char *host)
{
	struct arm_id id = arm_id_parse(call->arena, path_text(site, "id"));
	cJSON *binding = cJSON_CreateObject();

	cJSON_AddStringToObject(binding, "id", arena_printf(call->arena, "%s/hostNameBindings/%s", id.text, host));
	cJSON_AddStringToObject(binding, "name", arena_printf(call->arena, "%s/%s", id.name, host));
	cJSON_AddStringToObject(binding, "type", arena_printf(call->arena, "%s/hostNameBindings", id.type));
	cJSON_AddStringToObject(binding, "location", arm_web_location(call->arena, path_text(site, "location")));
	path_set_text(binding, "properties.siteName", id.is_child ? arena_printf(call->arena, "%s", id.name) : id.name);
	path_set(binding, "properties.domainId", cJSON_CreateNull());
	path_set_text(binding, "properties.hostNameType", "Verified");
	path_set_text(binding, "properties.customHostNameDnsRecordType",
		      text_equal_fold(host, path_text(site, "properties.defaultHostName")) ? "A" : "CName");
	return binding;
}

/* The host names of SITE, with the default one; to be freed. Looking at a site must not change it. */
static cJSON *host_names(const cJSON *site)
{
	const char *host = path_text(site, "properties.defaultHostName");
	const cJSON *names = path_get(site, "properties.hostNames");

	return cJSON_IsArray(names) ? cJSON_Duplicate(names, true) : cJSON_CreateStringArray(&host, 1);
}

/* Puts SITE with other host NAMES (taken over), since they are in the lists of the state. */
static cJSON *put_names(struct call *call, const cJSON *site, cJSON *names)
{
	cJSON *changed = cJSON_Duplicate(site, true);

	path_set(changed, "properties.hostNames", names);
	path_remove(changed, "properties.hostNameSslStates");
	return state_put_resource(call->state, changed);
}

static int find(const cJSON *names, const char *host)
{
	const cJSON *name;
	int i = 0;

	cJSON_ArrayForEach (name, names) {
		if (text_equal_fold(cJSON_GetStringValue(name), host))
			return i;
		i++;
	}
	return -1;
}

static void list_bindings(struct call *call)
{
	const cJSON *site = arm_web_find_site(call), *name;
	cJSON *body, *value, *names;

	if (!site)
		return;
	body = cJSON_CreateObject();
	value = cJSON_AddArrayToObject(body, "value");
	names = host_names(site);
	cJSON_ArrayForEach (name, names)
		cJSON_AddItemToArray(value, show(call, site, cJSON_GetStringValue(name)));
	cJSON_Delete(names);
	cJSON_AddNullToObject(body, "nextLink");
	call_answer(call, 200, body);
}

static void get_binding(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);
	const char *host = call->segments[call->segment_count - 1];
	cJSON *names;

	if (!site)
		return;
	names = host_names(site);
	if (find(names, host) < 0)
		arm_answer_not_found(call, call->path);
	else
		call_answer(call, 200, show(call, site, host));
	cJSON_Delete(names);
}

static void put_binding(struct call *call)
{
	const cJSON *site = arm_web_find_site(call), *other;
	const char *host = call->segments[call->segment_count - 1];
	cJSON *names;

	if (!site || !arm_body(call))
		return;
	other = state_find_host(call->state, host);
	if (other && other != site) {
		arm_web_answer_error(call, 409, "Conflict",
				     "Hostname '%s' already exists. Please select a different name.", host);
		return;
	}
	names = host_names(site);
	if (find(names, host) < 0) {
		cJSON_AddItemToArray(names, cJSON_CreateString(host));
		site = put_names(call, site, names);
	} else {
		cJSON_Delete(names);
	}
	arm_note_activity(call);
	call_answer(call, 200, show(call, site, host));
}

static void delete_binding(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);
	const char *host = call->segments[call->segment_count - 1];
	cJSON *names;
	int i;

	if (!site)
		return;
	if (text_equal_fold(host, path_text(site, "properties.defaultHostName"))) {
		arm_web_answer_error(call, 400, "BadRequest", "Cannot delete the default hostname '%s'.", host);
		return;
	}
	names = host_names(site);
	i = find(names, host);
	if (i < 0) {
		cJSON_Delete(names);
		call_answer(call, 204, NULL);
		return;
	}
	cJSON_DeleteItemFromArray(names, i);
	put_names(call, site, names);
	arm_note_activity(call);
	call_answer(call, 200, NULL);
}

const struct sim_route arm_web_host_routes[] = {
	{"GET", SITE "/hostNameBindings", list_bindings},
	{"GET", SITE "/hostNameBindings/{}", get_binding},
	{"PUT", SITE "/hostNameBindings/{}", put_binding},
	{"DELETE", SITE "/hostNameBindings/{}", delete_binding},
	{"GET", SITE "/slots/{}/hostNameBindings", list_bindings},
	{"GET", SITE "/slots/{}/hostNameBindings/{}", get_binding},
	{"PUT", SITE "/slots/{}/hostNameBindings/{}", put_binding},
	{"DELETE", SITE "/slots/{}/hostNameBindings/{}", delete_binding},
	{0},
};
