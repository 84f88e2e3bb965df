#include "arm_roles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "base/memory.h"
#include "base/text.h"
#include "data.h"

static cJSON *built_in;

static void free_built_in(void)
{
	cJSON_Delete(built_in);
	built_in = NULL;
}

/* Parsed once; the same for all tenants. */
const cJSON *arm_roles_built_in(void)
{
	if (built_in)
		return built_in;
	built_in = cJSON_Parse(data_roles);
	if (!built_in)
		memory_exhausted();
	atexit(free_built_in);
	return built_in;
}

static const char *last_part(const char *id)
{
	const char *slash = id ? strrchr(id, '/') : NULL;

	return slash ? slash + 1 : id;
}

/* The tenant's own definitions: they lie in their subscription, or at the root. */
static const cJSON *find_custom(const struct sim_state *state, const char *guid)
{
	for (size_t i = 0; i < state->subscriptions.count; i++) {
		char id[512];
		const cJSON *definition;

		snprintf(id, sizeof(id), "/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s",
			 state->subscriptions.entries[i].name, guid);
		definition = map_get(&state->resources, id);
		if (definition)
			return definition;
	}
	return NULL;
}

const cJSON *arm_role_find(const struct sim_state *state, const char *id)
{
	const char *guid = last_part(id);
	const cJSON *definition;

	if (!text_is_guid(guid))
		return NULL;
	cJSON_ArrayForEach (definition, arm_roles_built_in())
		if (text_equal_fold(path_text(definition, "name"), guid))
			return definition;
	return find_custom(state, guid);
}

size_t arm_assignment_scope_length(const char *id)
{
	const char *providers = NULL;

	for (const char *p = id; (p = strcasestr(p, "/providers/Microsoft.Authorization/roleAssignments/")); p++)
		providers = p;
	return providers ? (size_t)(providers - id) : strlen(id);
}
