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

/* The host names of SITE, with the default one; owned by the site. */
static cJSON *host_names(cJSON *site)
{
	const char *host = path_text(site, "properties.defaultHostName");

	path_default(site, "properties.hostNames", cJSON_CreateStringArray(&host, 1));
	return path_get(site, "properties.hostNames");
}

static int find(const cJSON *names, const char *host)
{
	const cJSON *name;
	int i = 0;

	cJSON_ArrayForEach (name, names) {
		if (text_equal_fold(name->valuestring, host))
			return i;
		i++;
	}
	return -1;
}

static void list_bindings(struct call *call)
{
	cJSON *site = arm_web_find_site(call), *body, *value, *name;

	if (!site)
		return;
	body = cJSON_CreateObject();
	value = cJSON_AddArrayToObject(body, "value");
	cJSON_ArrayForEach (name, host_names(site))
		cJSON_AddItemToArray(value, show(call, site, name->valuestring));
	cJSON_AddNullToObject(body, "nextLink");
	call_answer(call, 200, body);
}

static void get_binding(struct call *call)
{
	cJSON *site = arm_web_find_site(call);
	const char *host = call->segments[call->segment_count - 1];

	if (!site)
		return;
	if (find(host_names(site), host) < 0)
		arm_answer_not_found(call, call->path);
	else
		call_answer(call, 200, show(call, site, host));
}

static void put_binding(struct call *call)
{
	cJSON *site = arm_web_find_site(call), *other;
	const char *host = call->segments[call->segment_count - 1];

	if (!site || !arm_body(call))
		return;
	other = state_find_host(call->state, host);
	if (other && other != site) {
		arm_web_answer_error(call, 409, "Conflict",
				     "Hostname '%s' already exists. Please select a different name.", host);
		return;
	}
	if (find(host_names(site), host) < 0) {
		cJSON *changed = cJSON_Duplicate(site, true);

		cJSON_AddItemToArray(host_names(changed), cJSON_CreateString(host));
		path_remove(changed, "properties.hostNameSslStates");
		site = state_put_resource(call->state, changed);
	}
	arm_note_activity(call);
	call_answer(call, 200, show(call, site, host));
}

static void delete_binding(struct call *call)
{
	cJSON *site = arm_web_find_site(call), *changed;
	const char *host = call->segments[call->segment_count - 1];
	int i;

	if (!site)
		return;
	i = find(host_names(site), host);
	if (i < 0) {
		call_answer(call, 204, NULL);
		return;
	}
	if (text_equal_fold(host, path_text(site, "properties.defaultHostName"))) {
		arm_web_answer_error(call, 400, "BadRequest", "Cannot delete the default hostname '%s'.", host);
		return;
	}
	changed = cJSON_Duplicate(site, true);
	cJSON_DeleteItemFromArray(host_names(changed), i);
	path_remove(changed, "properties.hostNameSslStates");
	state_put_resource(call->state, changed);
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
