/*
 * The commands that give what is missing: a custom role with nothing but the actions that are needed, assigned to the
 * resource groups where something is missing; the right to hand out roles, constrained to SCEPman's five (domain.md
 * 4.13); app roles of Graph. All of them by "az rest", as everywhere (reconcile/command.h), and under names that follow
 * from their content: to run one twice is to run it once, and a role that is in use somewhere else is never narrowed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/map.h"
#include "base/text.h"
#include "doctor/diagnosis.h"
#include "doctor/graph_permission.h"
#include "kinds/api.h"
#include "world/observed.h"

/* The namespace of the names of role definitions and assignments that we advise; never to be changed. */
#define ADVICE_NAMESPACE "0d5b5b3e-4a4c-5c0e-9f0e-6a3c1f7d2b94"
/* Built-in: Role Based Access Control Administrator. */
#define ROLE_ADMINISTRATOR "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
#define GRAPH_APP_ID       "00000003-0000-0000-c000-000000000000"
/* Stands in a body for what only a shell finds out. */
#define GRAPH_MARK "@graph@"

enum { ADVICE_ACTIONS_MAX = 64 };

struct advisor {
	struct diagnosis *diagnosis;
	struct arena *arena;
	const char *object_id, *principal_type;
	struct map roles; /* role definitions that were advised already: GUID -> anything */
};

static const char *guid_of(struct advisor *advisor, const char *key)
{
	char *guid = arena_alloc(advisor->arena, DIGEST_GUID_SIZE);
	char *folded = arena_copy_text(advisor->arena, key);

	for (char *p = folded; *p; p++)
		*p = text_lower(*p);
	digest_guid_v5(ADVICE_NAMESPACE, folded, guid);
	return guid;
}

static struct advice *add(struct advisor *advisor, const char *purpose, const char *method, const char *url,
			  const char *body)
{
	struct advice *advice = arena_new(advisor->arena, struct advice);

	advice->purpose = purpose;
	advice->command = (struct command){.method = method, .url = url, .body = body};
	advice->command.text = command_az_rest(advisor->arena, &advice->command, false);
	*advisor->diagnosis->advice_tail = advice;
	advisor->diagnosis->advice_tail = &advice->next;
	return advice;
}

/* ---- Azure ---- */

static bool is_at(const struct demand *demand, const char *group, bool is_about_roles)
{
	return demand->authority == AUTHORITY_AZURE && demand->is_wanted && !demand->roles == !is_about_roles &&
	       text_equal_fold(demand->group, group);
}

static bool lacks_at(const struct advisor *advisor, const char *group, bool is_about_roles)
{
	for (const struct demand *demand = advisor->diagnosis->demands.first; demand; demand = demand->next)
		if (is_at(demand, group, is_about_roles) && demand->finding == FINDING_LACKS)
			return true;
	return false;
}

static int compare_actions(const void *a, const void *b)
{
	return text_compare_fold(*(const char *const *)a, *(const char *const *)b);
}

/* All that is needed at GROUP, sorted, each once: what is there already is given a second time, so that one role is
 * enough for all groups that are alike. */
static size_t actions_at(const struct advisor *advisor, const char *group, const char *ret[ADVICE_ACTIONS_MAX])
{
	struct map seen = {0};
	size_t count = 0;

	for (const struct demand *demand = advisor->diagnosis->demands.first; demand; demand = demand->next) {
		for (size_t i = 0; is_at(demand, group, false) && demand->actions[i] && count < ADVICE_ACTIONS_MAX;
		     i++) {
			if (map_get(&seen, demand->actions[i]))
				continue;
			map_put(&seen, demand->actions[i], (void *)demand);
			ret[count++] = demand->actions[i];
		}
	}
	map_done(&seen);
	qsort(ret, count, sizeof(*ret), compare_actions);
	return count;
}

static void assign(struct advisor *advisor, const char *group, const char *role, const char *role_name,
		   const char *condition)
{
	struct arena *arena = advisor->arena;
	const char *name = guid_of(advisor, arena_printf(arena, "%s|%s|%s", group, role, advisor->object_id));

	add(advisor, arena_printf(arena, "assign the role %s on resource group %s", role_name, arm_id_name(group)),
	    "PUT",
	    arena_printf(arena,
			 "%s%s/providers/Microsoft.Authorization/roleAssignments/%s?api-version=" API_AUTHORIZATION,
			 advisor->diagnosis->tenant->cloud.resource_manager, group, name),
	    arena_printf(arena,
			 "{\"properties\":{\"roleDefinitionId\":\"/subscriptions/%s/providers/Microsoft.Authorization/"
			 "roleDefinitions/%s\",\"principalId\":\"%s\",\"principalType\":\"%s\"%s%s%s}}",
			 arm_id_subscription(arena, group), role, advisor->object_id, advisor->principal_type,
			 condition ? ",\"conditionVersion\":\"2.0\",\"condition\":\"" : "", condition ? condition : "",
			 condition ? "\"" : ""));
}

static void advise_custom_role(struct advisor *advisor, const char *group)
{
	struct arena *arena = advisor->arena;
	const char *subscription = arm_id_subscription(arena, group), *key = subscription, *guid, *list = "", *name;
	const char *actions[ADVICE_ACTIONS_MAX];
	size_t count = actions_at(advisor, group, actions);

	for (size_t i = 0; i < count; i++) {
		key = arena_printf(arena, "%s|%s", key, actions[i]);
		list = arena_printf(arena, "%s%s\"%s\"", list, i ? "," : "", actions[i]);
	}
	guid = guid_of(advisor, key);
	/* Names of custom roles are unique in a tenant, so these follow from the content as well. */
	name = arena_printf(arena, "scepmand %.8s", guid);
	if (!map_get(&advisor->roles, guid)) {
		map_put(&advisor->roles, guid, advisor);
		add(advisor, arena_printf(arena, "define the role %s: only what is needed, and no more", name), "PUT",
		    arena_printf(arena,
				 "%s/subscriptions/%s/providers/Microsoft.Authorization/roleDefinitions/%s"
				 "?api-version=" API_AUTHORIZATION,
				 advisor->diagnosis->tenant->cloud.resource_manager, subscription, guid),
		    arena_printf(arena,
				 "{\"properties\":{\"roleName\":\"%s\",\"type\":\"CustomRole\",\"description\":\"What "
				 "scepmand needs in a resource group (scepmand doctor)\",\"assignableScopes\":"
				 "[\"/subscriptions/%s\"],\"permissions\":[{\"actions\":[%s],\"notActions\":[]}]}}",
				 name, subscription, list));
	}
	assign(advisor, group, guid, name, NULL);
}

/* Only SCEPman's roles, and only to identities of applications; taking them away is as narrow. Source: Azure ABAC,
 * "Examples to delegate Azure role assignment management with conditions". */
static void advise_role_administration(struct advisor *advisor, const char *group)
{
	struct arena *arena = advisor->arena;
	const char *roles = "";

	for (unsigned i = 0; i < AZURE_ROLES; i++)
		roles = arena_printf(arena, "%s%s%s", roles, i ? ", " : "", azure_role_guid(i));
	assign(advisor, group, ROLE_ADMINISTRATOR,
	       "Role Based Access Control Administrator, for SCEPman's five roles only,",
	       arena_printf(arena,
			    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
			    "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
			    "ForAnyOfAnyValues:GuidEquals {%s} AND "
			    "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] "
			    "ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'})) AND "
			    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR "
			    "(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
			    "ForAnyOfAnyValues:GuidEquals {%s} AND "
			    "@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] "
			    "ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))",
			    roles, roles));
}

static void advise_azure(struct advisor *advisor)
{
	struct map groups = {0};

	for (const struct demand *demand = advisor->diagnosis->demands.first; demand; demand = demand->next)
		if (demand->finding == FINDING_LACKS && demand->authority == AUTHORITY_AZURE && demand->group &&
		    !map_get(&groups, demand->group))
			map_put(&groups, demand->group, (void *)demand);
	for (size_t i = 0; i < groups.count; i++) {
		const char *group = groups.entries[i].name;

		if (lacks_at(advisor, group, false))
			advise_custom_role(advisor, group);
		if (lacks_at(advisor, group, true))
			advise_role_administration(advisor, group);
	}
	map_done(&groups);
}

/* ---- Microsoft Graph ---- */

/* TEXT with a question to the Azure CLI in the place of GRAPH_MARK, which stands in single quotes. */
static const char *ask_shell(struct arena *arena, const char *text)
{
	const char *mark = strstr(text, GRAPH_MARK);

	return arena_printf(arena, "%.*s'\"$(az ad sp show --id " GRAPH_APP_ID " --query id --output tsv)\"'%s",
			    (int)(mark - text), text, mark + strlen(GRAPH_MARK));
}

static void advise_permission(struct advisor *advisor, const struct graph_permission *permission)
{
	struct arena *arena = advisor->arena;
	const char *graph = advisor->diagnosis->graph_object_id;
	struct advice *advice =
		add(advisor, arena_printf(arena, "give the permission %s on Microsoft Graph", permission->name), "POST",
		    arena_printf(arena, "%s/v1.0/servicePrincipals/%s/appRoleAssignments",
				 advisor->diagnosis->tenant->cloud.graph, advisor->object_id),
		    arena_printf(arena, "{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}",
				 advisor->object_id, graph ? graph : GRAPH_MARK, permission->id));

	if (graph)
		return;
	advice->command.text = ask_shell(arena, advice->command.text);
	advice->command.url = advice->command.body = NULL;
}

static void advise_person_role(struct advisor *advisor, const struct graph_permission *permission)
{
	struct arena *arena = advisor->arena;

	add(advisor, arena_printf(arena, "give the directory role %s", permission->person_role), "POST",
	    arena_printf(arena, "%s/v1.0/roleManagement/directory/roleAssignments",
			 advisor->diagnosis->tenant->cloud.graph),
	    arena_printf(arena, "{\"principalId\":\"%s\",\"roleDefinitionId\":\"%s\",\"directoryScopeId\":\"/\"}",
			 advisor->object_id, permission->person_role_id));
}

/* Who signed in with a program that lacks a permission gets nowhere with a role. */
static bool is_for_role(const struct demand *demand)
{
	return !text_equal(demand->missing[0], demand->permission->name);
}

static void advise_graph(struct advisor *advisor, enum identity_type type)
{
	struct map given = {0};

	for (const struct demand *demand = advisor->diagnosis->demands.first; demand; demand = demand->next) {
		if (demand->authority != AUTHORITY_GRAPH || demand->finding != FINDING_LACKS ||
		    map_get(&given, demand->missing[0]))
			continue;
		map_put(&given, demand->missing[0], (void *)demand);
		if (type != IDENTITY_PERSON)
			advise_permission(advisor, demand->permission);
		else if (is_for_role(demand))
			advise_person_role(advisor, demand->permission);
	}
	map_done(&given);
}

void diagnosis_advise(struct diagnosis *diagnosis)
{
	const struct claims *identity = diagnosis_identity(diagnosis);
	struct advisor advisor = {.diagnosis = diagnosis, .arena = diagnosis->arena};

	/* It goes into commands: nothing but a GUID. */
	if (!identity || !identity->object_id || !text_is_guid(identity->object_id))
		return;
	advisor.object_id = identity->object_id;
	advisor.principal_type = identity->type == IDENTITY_PERSON ? "User" : "ServicePrincipal";
	advise_azure(&advisor);
	advise_graph(&advisor, identity->type);
	map_done(&advisor.roles);
}
