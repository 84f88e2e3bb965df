#include "describe.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core.h"
#include "json.h"
#include "path.h"

/* App service on Linux spells the colon in names of settings as two underscores. */
static const char *setting(const cJSON *settings, const char *name)
{
	char linux_name[128];
	size_t length = 0;
	const char *value = json_text(settings, name);

	if (value)
		return value;
	for (; *name && length + 3 < sizeof(linux_name); name++) {
		linux_name[length++] = *name == ':' ? '_' : *name;
		if (*name == ':')
			linux_name[length++] = '_';
	}
	linux_name[length] = '\0';
	return json_text(settings, linux_name);
}

static const cJSON *settings_of(const struct sim_state *state, const cJSON *site)
{
	char *id = json_complaint("%s/config/appsettings", json_text(site, "id"));
	const cJSON *settings = map_get(&state->resources, id);

	free(id);
	return cJSON_GetObjectItem(settings, "properties");
}

/* The host of an https URL: does it belong to SITE? */
static bool is_host_of(const struct sim_state *state, const char *url, const cJSON *site)
{
	char host[256];
	size_t length;

	if (!text_has_prefix_fold(url, "https://"))
		return false;
	url += strlen("https://");
	length = strcspn(url, ":/");
	if (length >= sizeof(host))
		return false;
	memcpy(host, url, length);
	host[length] = '\0';
	return state_find_host(state, host) == site;
}

/* Segment INDEX of an ARM id: 2 is the subscription, 4 the resource group. */
static cJSON *id_segment(const char *id, int index)
{
	size_t length;
	cJSON *item;
	char *text;

	for (; index > 0 && id; index--) {
		id = strchr(id, '/');
		id = id ? id + 1 : NULL;
	}
	length = id ? strcspn(id, "/") : 0;
	text = json_complaint("%.*s", (int)length, id ? id : "");
	item = cJSON_CreateString(text);
	free(text);
	return item;
}

static cJSON *find_certificate_master(const struct sim_state *state, const cJSON *site, const char *group)
{
	const struct state_list *sites = state_list_type(state, group, "Microsoft.Web/sites");

	for (size_t i = 0; i < sites->count; i++) {
		const char *url = setting(settings_of(state, sites->items[i]), "AppConfig:SCEPman:URL");
		cJSON *found;

		if (!url || !is_host_of(state, url, site))
			continue;
		found = cJSON_CreateObject();
		cJSON_AddStringToObject(found, "app_service", json_text(sites->items[i], "name"));
		cJSON_AddItemToObject(found, "resource_group", id_segment(json_text(sites->items[i], "id"), 4));
		return found;
	}
	return cJSON_CreateNull();
}

/* The display name of the registration with this application id, or null. */
static cJSON *registration_name(const struct sim_state *state, const char *app_id)
{
	const struct map *applications = &state->directory[DIRECTORY_APPLICATIONS];

	for (size_t i = 0; app_id && i < applications->count; i++) {
		const cJSON *application = applications->entries[i].value;

		if (application && text_equal_fold(json_text(application, "appId"), app_id))
			return cJSON_CreateString(json_text(application, "displayName"));
	}
	return cJSON_CreateNull();
}

static void describe_site(const struct sim_state *state, const cJSON *site, cJSON *installations)
{
	const cJSON *settings = settings_of(state, site);
	const char *id = json_text(site, "id");
	cJSON *installation;
	char *group_id;
	bool is_1x;

	if (!setting(settings, "AppConfig:KeyVaultConfig:KeyVaultURL"))
		return;
	installation = cJSON_CreateObject();
	cJSON_AddStringToObject(installation, "name", json_text(site, "name"));
	cJSON_AddItemToObject(installation, "subscription_id", id_segment(id, 2));
	cJSON_AddItemToObject(installation, "resource_group", id_segment(id, 4));
	cJSON_AddStringToObject(installation, "app_service", json_text(site, "name"));
	group_id = json_complaint("%.*s", (int)(strstr(id, "/providers/") - id), id);
	cJSON_AddItemToObject(installation, "certificate_master", find_certificate_master(state, site, group_id));
	free(group_id);
	is_1x = setting(settings, "AppConfig:AuthConfig:ApplicationKey") &&
		!setting(settings, "AppConfig:AuthConfig:HomeTenantId");
	/* The registration of a 1.x installation is not the one that 2.x gets. */
	cJSON_AddItemToObject(
		installation, "scepman_api",
		registration_name(state, is_1x ? NULL : setting(settings, "AppConfig:AuthConfig:ApplicationId")));
	cJSON_AddItemToArray(installations, installation);
}

cJSON *sim_describe(const struct sim *sim)
{
	const struct sim_state *state = &sim->state;
	const cJSON *credential = cJSON_GetArrayItem(state->credentials, 0);
	cJSON *description = cJSON_CreateObject(), *subscriptions, *installations;

	cJSON_AddItemToObject(description, "name", cJSON_Duplicate(path_get(state->tenant, "displayName"), true));
	cJSON_AddItemToObject(description, "tenant_id", cJSON_Duplicate(path_get(state->tenant, "tenantId"), true));
	subscriptions = cJSON_AddArrayToObject(description, "subscription_ids");
	cJSON_AddItemToObject(description, "client_id", cJSON_Duplicate(path_get(credential, "appId"), true));
	cJSON_AddItemToObject(description, "client_secret", cJSON_Duplicate(path_get(credential, "secret"), true));
	installations = cJSON_AddArrayToObject(description, "installations");
	for (size_t i = 0; i < state->subscriptions.count; i++) {
		const struct map_entry *entry = &state->subscriptions.entries[i];
		const struct state_list *sites;
		char *scope;

		if (!entry->value)
			continue;
		cJSON_AddItemToArray(subscriptions, cJSON_CreateString(entry->name));
		scope = json_complaint("/subscriptions/%s", entry->name);
		sites = state_list_type(state, scope, "Microsoft.Web/sites");
		free(scope);
		for (size_t j = 0; j < sites->count; j++)
			describe_site(state, sites->items[j], installations);
	}
	return description;
}
