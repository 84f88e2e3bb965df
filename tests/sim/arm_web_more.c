/* What clients like to look at besides, with the values of a site that nobody changed: logs, sign-in, publishing,
 * networks. */
#include "arm_web.h"

#define SITE "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Web/sites/{}"

/* Answers with the config NAME whose properties are the JSON text PROPERTIES. */
static void answer_config(struct call *call, const char *name, const char *properties)
{
	const cJSON *site = arm_web_find_site(call);
	struct arm_id id;
	cJSON *shown;

	if (!site)
		return;
	id = arm_id_parse(call->arena, path_text(site, "id"));
	shown = cJSON_CreateObject();
	cJSON_AddStringToObject(shown, "id", arena_printf(call->arena, "%s/config/%s", id.text, name));
	cJSON_AddStringToObject(shown, "name", name);
	cJSON_AddStringToObject(shown, "type", arena_printf(call->arena, "%s/config", id.type));
	cJSON_AddItemToObject(shown, "properties", cJSON_Parse(properties));
	call_answer(call, 200, shown);
}

static void get_logs(struct call *call)
{
	answer_config(call, "logs",
		      "{\"applicationLogs\":{\"fileSystem\":{\"level\":\"Off\"}},\"httpLogs\":{\"fileSystem\":{"
		      "\"retentionInMb\":35,"
		      "\"enabled\":false}},\"failedRequestsTracing\":{\"enabled\":false},\"detailedErrorMessages\":{"
		      "\"enabled\":false}}");
}

static void list_sign_in(struct call *call)
{
	answer_config(call, "authsettings",
		      "{\"enabled\":false,\"unauthenticatedClientAction\":null,\"tokenStoreEnabled\":false,"
		      "\"defaultProvider\":null}");
}

static void list_credentials(struct call *call)
{
	const cJSON *site = arm_web_find_site(call);
	const char *host, *properties;

	if (!site)
		return;
	host = path_text(site, "properties.defaultHostName");
	properties = arena_printf(call->arena,
				  "{\"name\":null,\"publishingUserName\":\"$%s\",\"publishingPassword\":\"simulated\","
				  "\"scmUri\":\"https://$%s:simulated@%s\"}",
				  path_text(site, "name"), path_text(site, "name"), host);
	answer_config(call, "publishingcredentials", properties);
}

/* Older clients ask for these beside properties.virtualNetworkSubnetId. */
static void list_networks(struct call *call)
{
	if (arm_web_find_site(call))
		call_answer(call, 200, cJSON_CreateArray());
}

#define BOTH(method, path, handler)                                                                                    \
	{method, SITE path, handler},                                                                                  \
	{                                                                                                              \
		method, SITE "/slots/{}" path, handler                                                                 \
	}

const struct sim_route arm_web_more_routes[] = {
	BOTH("GET", "/config/logs", get_logs),
	BOTH("POST", "/config/authsettings/list", list_sign_in),
	BOTH("POST", "/config/publishingcredentials/list", list_credentials),
	BOTH("GET", "/virtualNetworkConnections", list_networks),
	{0},
};
