/* Stacks, name checks, publishing profiles, start, stop and restart. */
#include "arm_web.h"
#include "base/text.h"
#include "data.h"

#define SITE "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"

static void list_stacks(struct call *call)
{
	cJSON *body = cJSON_CreateObject(), *stacks = cJSON_Parse(data_stacks), *item;
	const char *os = call_query(call, "stackOsType");
	cJSON *value = cJSON_AddArrayToObject(body, "value");

	while ((item = cJSON_DetachItemFromArray(stacks, 0))) {
		if (os && !text_equal_fold(os, "All") && text_equal_fold(path_text(item, "name"), "node") &&
		    text_equal_fold(os, "Windows"))
			cJSON_Delete(item);
		else
			cJSON_AddItemToArray(value, item);
	}
	cJSON_Delete(stacks);
	cJSON_AddNullToObject(body, "nextLink");
	call_answer(call, 200, body);
}

static void check_name(struct call *call)
{
	const char *name = path_text(call->body, "name"), *type = path_text(call->body, "type");
	cJSON *body;

	if (text_is_empty(name) || text_is_empty(type)) {
		arm_web_answer_error(call, 400, "BadRequest", "The parameter name has an invalid value.");
		return;
	}
	body = cJSON_CreateObject();
	if (text_contains_fold(type, "site") && state_find_name(call->state, "Microsoft.Web/sites", name)) {
		cJSON_AddFalseToObject(body, "nameAvailable");
		cJSON_AddStringToObject(body, "reason", "AlreadyExists");
		cJSON_AddStringToObject(body, "message",
					arena_printf(call->arena,
						     "Hostname '%s' already exists. Please select a different name.",
						     name));
	} else {
		cJSON_AddTrueToObject(body, "nameAvailable");
		cJSON_AddStringToObject(body, "reason", "");
		cJSON_AddStringToObject(body, "message", "");
	}
	call_answer(call, 200, body);
}

static void publish_xml(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);
	const char *name, *host;

	if (!site)
		return;
	name = arm_id_parse(call->arena, path_text(site, "id")).last_name;
	host = path_text(site, "properties.defaultHostName");
	call_answer_raw(
		call, 200, "application/xml",
		arena_printf(
			call->arena,
			"<publishData><publishProfile profileName=\"%s - Web Deploy\" publishMethod=\"MSDeploy\" "
			"publishUrl=\"%s:443\" msdeploySite=\"%s\" userName=\"$%s\" userPWD=\"simulated\" "
			"destinationAppUrl=\"https://%s\"/><publishProfile profileName=\"%s - FTP\" "
			"publishMethod=\"FTP\" publishUrl=\"ftps://waws-prod-am2-000.ftp.azurewebsites.windows.net/"
			"site/wwwroot\" ftpPassiveMode=\"True\" userName=\"%s\\$%s\" userPWD=\"simulated\" "
			"destinationAppUrl=\"https://%s\"/></publishData>",
			name, host, name, name, host, name, name, name, host));
}

static void set_state(struct call *call, const char *state)
{
	cJSON *site = arm_web_find_site(call);

	if (!site)
		return;
	if (state)
		path_set_text(site, "properties.state", state);
	arm_note_activity(call);
	call_answer(call, 200, NULL);
}

static void restart_site(struct call *call)
{
	set_state(call, NULL);
}

static void start_site(struct call *call)
{
	set_state(call, "Running");
}

static void stop_site(struct call *call)
{
	set_state(call, "Stopped");
}

#define BOTH(method, path, handler)                                                                                    \
	{method, SITE path, handler},                                                                                  \
	{                                                                                                              \
		method, SITE "/slots/{}" path, handler                                                                 \
	}

const struct sim_route arm_web_misc_routes[] = {
	{"GET", "/providers/Microsoft.Web/webAppStacks", list_stacks},
	{"POST", "/subscriptions/{}/providers/Microsoft.Web/checknameavailability", check_name},
	BOTH("POST", "/publishxml", publish_xml),
	BOTH("POST", "/restart", restart_site),
	BOTH("POST", "/start", start_site),
	BOTH("POST", "/stop", stop_site),
	{0},
};
