#include "directory.h"

#include <string.h>

#include "base/text.h"

const char *directory_text(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

const char *directory_tenant_id(const struct sim_state *state)
{
	const char *id = directory_text(state->tenant, "tenantId");

	return id ? id : "";
}

/* Scenarios name a verified domain by itself or as Graph's object. */
static const char *domain_name(const cJSON *domain)
{
	return cJSON_IsString(domain) ? domain->valuestring : directory_text(domain, "name");
}

bool directory_is_tenant(const struct sim_state *state, const char *name)
{
	const cJSON *domain;

	if (text_equal_fold(name, directory_tenant_id(state)))
		return true;
	cJSON_ArrayForEach (domain, cJSON_GetObjectItemCaseSensitive(state->tenant, "verifiedDomains")) {
		if (text_equal_fold(name, domain_name(domain)))
			return true;
	}
	return false;
}

const char *directory_default_domain(const struct sim_state *state)
{
	const cJSON *domains = cJSON_GetObjectItemCaseSensitive(state->tenant, "verifiedDomains"), *domain;
	const char *first = cJSON_IsArray(domains) ? domain_name(domains->child) : NULL;

	cJSON_ArrayForEach (domain, domains) {
		if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(domain, "isDefault")) && domain_name(domain))
			return domain_name(domain);
	}
	return first ? first : "contoso.onmicrosoft.com";
}

cJSON *directory_find(const struct sim_state *state, enum directory_set set, const char *name, const char *value)
{
	const struct state_list *list = state_list_objects(state, set, name, value);
	const struct map *map = &state->directory[set];

	if (list)
		return list->count ? list->items[0] : NULL;
	for (size_t i = 0; i < map->count; i++) {
		cJSON *object = map->entries[i].value;
		const char *text = object ? directory_text(object, name) : NULL;

		if (text && text_equal_fold(text, value))
			return object;
	}
	return NULL;
}

cJSON *directory_application(const struct sim_state *state, const char *app_id)
{
	return directory_find(state, DIRECTORY_APPLICATIONS, "appId", app_id);
}

cJSON *directory_principal(const struct sim_state *state, const char *app_id)
{
	return directory_find(state, DIRECTORY_SERVICE_PRINCIPALS, "appId", app_id);
}

static bool is_same_name(const char *a, const char *b)
{
	size_t a_length = strlen(a), b_length = strlen(b);

	a_length -= a_length > 0 && a[a_length - 1] == '/';
	b_length -= b_length > 0 && b[b_length - 1] == '/';
	return a_length == b_length && strncasecmp(a, b, a_length) == 0;
}

cJSON *directory_principal_by_name(const struct sim_state *state, const char *name)
{
	const struct map *map = &state->directory[DIRECTORY_SERVICE_PRINCIPALS];
	cJSON *by_app_id = directory_principal(state, name);

	if (by_app_id)
		return by_app_id;
	for (size_t i = 0; i < map->count; i++) {
		cJSON *object = map->entries[i].value;
		const cJSON *item;

		if (!object)
			continue;
		cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(object, "servicePrincipalNames")) {
			if (cJSON_IsString(item) && is_same_name(item->valuestring, name))
				return object;
		}
	}
	return NULL;
}

cJSON *directory_assignee(const struct sim_state *state, const char *object_id, enum directory_set *ret_set)
{
	static const enum directory_set sets[] = {DIRECTORY_SERVICE_PRINCIPALS, DIRECTORY_USERS, DIRECTORY_GROUPS};

	for (size_t i = 0; object_id && i < ARRAY_SIZE(sets); i++) {
		cJSON *object = map_get(&state->directory[sets[i]], object_id);

		if (object && ret_set)
			*ret_set = sets[i];
		if (object)
			return object;
	}
	return NULL;
}

const cJSON *directory_app_role(const cJSON *object, const char *role_id)
{
	const cJSON *role;

	cJSON_ArrayForEach (role, cJSON_GetObjectItemCaseSensitive(object, "appRoles")) {
		if (text_equal_fold(directory_text(role, "id"), role_id))
			return role;
	}
	return NULL;
}

void directory_each_role(const struct sim_state *state, const char *principal_id, const cJSON *resource,
			 bool (*each)(void *arg, const char *value), void *arg)
{
	const struct state_list *list =
		state_list_objects(state, DIRECTORY_APP_ROLE_ASSIGNMENTS, "principalId", principal_id);
	const char *resource_id = directory_text(resource, "id");

	for (size_t i = 0; i < list->count; i++) {
		const cJSON *role;
		const char *value;

		if (!text_equal_fold(directory_text(list->items[i], "resourceId"), resource_id))
			continue;
		role = directory_app_role(resource, directory_text(list->items[i], "appRoleId"));
		value = role ? directory_text(role, "value") : NULL;
		if (value && !each(arg, value))
			return;
	}
}
