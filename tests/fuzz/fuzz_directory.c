/* Whatever somebody writes into an object of the directory, requests about it are answered. The first line is "SET
 * PROPERTY", the rest is JSON that is put there in the first object of the set. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/memory.h"
#include "core.h"
#include "directory_rig.h"

#define APPLICATION "/v1.0/applications/2b7c9f14-6e0d-4a58-b391-d5f87a20c46e"
#define PRINCIPAL   "/v1.0/servicePrincipals/6f0c1b7e-52a4-4d19-8c3b-9e7d41f2a860"
#define GROUP       "/v1.0/groups/5e1f8c37-a0d2-4b69-9c84-7f30e6b2d1a8"

static const struct {
	const char *method, *target, *body;
} requests[] = {
	{"GET", "/v1.0/applications?$expand=owners&$filter=identifierUris/any(s:s%20eq%20'x')", ""},
	{"GET", "/v1.0/applications/delta", ""},
	{"GET", APPLICATION "?$expand=federatedIdentityCredentials", ""},
	{"PATCH", APPLICATION, "{\"notes\":\"x\",\"identifierUris\":[\"https://contoso.example/x\"]}"},
	{"POST", APPLICATION "/addPassword", "{}"},
	{"POST", APPLICATION "/federatedIdentityCredentials",
	 "{\"name\":\"a\",\"issuer\":\"https://i\",\"subject\":\"s\",\"audiences\":[\"x\"]}"},
	{"GET", "/v1.0/servicePrincipals?$filter=servicePrincipalNames/any(s:s%20eq%20'x')&$count=true", ""},
	{"GET", PRINCIPAL "?$expand=appRoleAssignedTo", ""},
	{"GET", PRINCIPAL "/owners", ""},
	{"PATCH", PRINCIPAL, "{\"tags\":[\"HideApp\"],\"info\":{\"marketingUrl\":\"x\"}}"},
	{"POST", PRINCIPAL "/appRoleAssignedTo",
	 "{\"principalId\":\"6f0c1b7e-52a4-4d19-8c3b-9e7d41f2a860\",\"resourceId\":\"6f0c1b7e-52a4-4d19-8c3b-"
	 "9e7d41f2a860\","
	 "\"appRoleId\":\"7ab1d382-f21e-4acd-a863-ba3e13f7da61\"}"},
	{"GET", "/v1.0/oauth2PermissionGrants", ""},
	{"GET", GROUP "/members", ""},
	{"GET", "/v1.0/users/a2c40e7d-3f91-4b58-9d06-e71b25f8c3a4/memberOf", ""},
	{"POST", "/v1.0/users/a2c40e7d-3f91-4b58-9d06-e71b25f8c3a4/getMemberGroups", "{}"},
	{"DELETE", PRINCIPAL, ""},
	{"DELETE", APPLICATION, ""},
	{"GET", "/v1.0/directory/deletedItems/microsoft.graph.application", ""},
	{"POST", "/v1.0/directory/deletedItems/2b7c9f14-6e0d-4a58-b391-d5f87a20c46e/restore", ""},
	{"GET", "/v1.0/auditLogs/directoryAudits", ""},
};

static const cJSON *first_of(const struct map *map)
{
	size_t i = 0;

	while (!map->entries[i].value)
		i++;
	return map->entries[i].value;
}

static bool put(struct sim *sim, const char *set_name, const char *property, const char *text)
{
	for (int set = 0; set < DIRECTORY_SETS; set++) {
		struct map *map = &sim->state.directory[set];
		cJSON *object, *value;

		if (strcmp(state_directory_name((enum directory_set)set), set_name) != 0 || map->live == 0 ||
		    strcmp(property, "id") == 0)
			continue;
		value = cJSON_Parse(text);
		if (!value)
			return false;
		object = cJSON_Duplicate(first_of(map), true);
		cJSON_DeleteItemFromObjectCaseSensitive(object, property);
		cJSON_AddItemToObject(object, property, value);
		state_put_object(&sim->state, (enum directory_set)set, object);
		return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static cJSON *state;
	char *text = memory_new(size + 1), *line_end, *property;
	struct sim *sim;

	if (!state)
		state = directory_rig_state();
	memcpy(text, data, size);
	line_end = strchr(text, '\n');
	property = strchr(text, ' ');
	if (line_end && property && property < line_end) {
		*line_end = *property++ = 0;
		sim = directory_rig_new(state);
		/* Not by loading it, which would refuse most of it, but as another writer puts it. */
		for (size_t i = 0; put(sim, text, property, line_end + 1) && i < ARRAY_SIZE(requests); i++)
			directory_rig_send(sim, requests[i].method, requests[i].target, requests[i].body,
					   strlen(requests[i].body));
		sim_free(sim);
	}
	free(text);
	return 0;
}
