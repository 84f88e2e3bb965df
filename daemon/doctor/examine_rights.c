#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "doctor/delegation.h"
#include "doctor/examine_parts.h"
#include "doctor/graph_permission.h"
#include "kinds/api.h"
#include "world/json.h"

/* What was asked about one place. */
struct scope {
	const char *id;
	const struct allowances *allowances; /* NULL: not known */
	const char *problem;                 /* why not */
	cJSON *assignments;                  /* of the identity, at or above it; NULL: not asked or not known */
	struct examination *examination;
};

/* ---- judging ---- */

static void judge_azure(struct examination *examination, struct demand *demand)
{
	const struct diagnosis_token *token = &examination->diagnosis.tokens[AUDIENCE_RESOURCE_MANAGER];
	const struct scope *scope = demand->scope ? map_get(&examination->scopes, demand->scope) : NULL;

	if (!demand->is_wanted)
		return;
	if (token->problem)
		demand->remark = "there is no token that Resource Manager takes";
	if (!scope || token->problem)
		return;
	demand_judge_azure(demand, scope->allowances, &examination->arena);
	if (scope->problem)
		demand->remark = scope->problem;
	if (demand->roles)
		demand_judge_delegation(demand, scope->assignments, &examination->arena);
}

static void judge_graph(struct examination *examination, struct demand *demand)
{
	const struct diagnosis_token *token = &examination->diagnosis.tokens[AUDIENCE_GRAPH];

	if (token->is_readable && !token->problem)
		demand_judge_graph(demand, &token->claims, examination->owns_all, &examination->arena);
	else if (demand->is_wanted)
		demand->remark =
			token->problem ? "there is no token that Microsoft Graph takes" : "the token cannot be read";
}

static void judge(struct examination *examination)
{
	for (struct demand *demand = examination->diagnosis.demands.first; demand; demand = demand->next) {
		switch (demand->authority) {
		case AUTHORITY_AZURE:
			judge_azure(examination, demand);
			break;
		case AUTHORITY_GRAPH:
			judge_graph(examination, demand);
			break;
		}
	}
	for (size_t i = 0; i < examination->scopes.count; i++)
		cJSON_Delete(((struct scope *)examination->scopes.entries[i].value)->assignments);
	examine_judged(examination);
}

static void finish_answer(struct examination *examination)
{
	if (--examination->asking == 0)
		judge(examination);
}

/* ---- Azure ---- */

/* Whoever may not even ask what he may, may nothing there. */
static void on_permissions(void *arg, void *node _unused_, const struct response *response)
{
	struct scope *scope = arg;
	struct examination *examination = scope->examination;
	struct arena *arena = &examination->arena;
	struct allowances *allowances = arena_new(arena, struct allowances);

	if (response->fault.class == FAULT_DENIED ||
	    (response->fault.class == FAULT_NONE && allowances_read(response->body, arena, allowances))) {
		scope->allowances = allowances;
	} else {
		examine_refusal(examination, AUDIENCE_RESOURCE_MANAGER, &response->fault);
		scope->problem = response->fault.message ? arena_copy_text(arena, response->fault.message)
							 : "Azure's answer could not be understood";
		/* That a place does not exist, is known. */
		examination->diagnosis.has_failed |= response->fault.class != FAULT_NOT_FOUND;
	}
	finish_answer(examination);
}

static void on_assignments(void *arg, void *node _unused_, const struct response *response)
{
	struct scope *scope = arg;

	if (response->fault.class == FAULT_NONE)
		scope->assignments = cJSON_Duplicate(response->body, true);
	finish_answer(scope->examination);
}

static void ask(struct examination *examination, enum service service, const char *path,
		transport_response_fn *on_response, void *arg)
{
	const struct request request = {.service = service, .method = METHOD_GET, .path = path, .is_collection = true};

	examination->asking++;
	transport_send(azure_transport(examination->azure), &request, NULL, on_response, arg);
}

static struct scope *scope_of(struct examination *examination, const char *id, bool *ret_is_new)
{
	struct scope *scope = map_get(&examination->scopes, id);

	*ret_is_new = !scope;
	if (scope)
		return scope;
	scope = arena_new(&examination->arena, struct scope);
	scope->id = id;
	scope->examination = examination;
	map_put(&examination->scopes, id, scope);
	return scope;
}

/* At most once for each place. */
static void ask_azure(struct examination *examination)
{
	const struct claims *identity = diagnosis_identity(&examination->diagnosis);
	struct arena *arena = &examination->arena;
	struct map asked = {0};

	for (struct demand *demand = examination->diagnosis.demands.first; demand; demand = demand->next) {
		struct scope *scope;
		bool is_new;

		if (demand->authority != AUTHORITY_AZURE || !demand->is_wanted || !demand->scope)
			continue;
		scope = scope_of(examination, demand->scope, &is_new);
		if (is_new)
			ask(examination, SERVICE_RESOURCE_MANAGER,
			    arena_printf(
				    arena,
				    "%s/providers/Microsoft.Authorization/permissions?api-version=" API_AUTHORIZATION,
				    scope->id),
			    on_permissions, scope);
		if (!demand->roles || !identity || !text_is_guid(identity->object_id ? identity->object_id : "") ||
		    map_get(&asked, scope->id))
			continue;
		map_put(&asked, scope->id, scope);
		ask(examination, SERVICE_RESOURCE_MANAGER,
		    arena_printf(
			    arena,
			    "%s/providers/Microsoft.Authorization/roleAssignments?$filter=assignedTo%%28%%27%s%%27%%29"
			    "&api-version=" API_AUTHORIZATION,
			    scope->id, identity->object_id),
		    on_assignments, scope);
	}
	map_done(&asked);
}

/* ---- Microsoft Graph: who owns what ---- */

static void on_owners(void *arg, void *node _unused_, const struct response *response)
{
	struct examination *examination = arg;
	const struct claims *claims = &examination->diagnosis.tokens[AUDIENCE_GRAPH].claims;
	const cJSON *array = NULL, *item;
	bool is_owner = false;

	if (response->fault.class == FAULT_NONE && json_get_array(response->body, "value", &array) == 0) {
		cJSON_ArrayForEach (item, array) {
			const char *id;

			if (json_get_text(item, "id", &examination->arena, &id) == 0)
				is_owner |= text_equal_fold(id, claims->object_id);
		}
	}
	examination->owns_all &= is_owner;
	finish_answer(examination);
}

static void ask_owners(struct examination *examination, const char *collection, const struct node *node, const char *id)
{
	if (!node_is_present(node) || node->is_assumed || !id)
		return;
	ask(examination, SERVICE_GRAPH, arena_printf(&examination->arena, "/%s/%s/owners?$select=id", collection, id),
	    on_owners, examination);
}

static void ask_owners_of_application(struct examination *examination, const struct node *node)
{
	const struct application *application = node ? node->observed : NULL;

	ask_owners(examination, "applications", node, application ? application->id : NULL);
}

static void ask_owners_of_principal(struct examination *examination, const struct node *node)
{
	const struct service_principal *principal = node ? node->observed : NULL;

	ask_owners(examination, "servicePrincipals", node, principal ? principal->id : NULL);
}

/* What does not exist yet belongs to who makes it. What could not be seen does not count as owned. */
static void ask_graph(struct examination *examination)
{
	const struct graph_permission *permission = graph_permission(GRAPH_WRITE_APPLICATIONS);
	const struct world *world = &examination->pass.world;

	if (!claims_have_permission(&examination->diagnosis.tokens[AUDIENCE_GRAPH].claims,
				    permission->owner_suffices) ||
	    claims_have_permission(&examination->diagnosis.tokens[AUDIENCE_GRAPH].claims, permission->name))
		return;
	examination->owns_all = true;
	for (size_t i = 0; i < world->installation_count; i++) {
		const struct installation *installation = &world->installations[i];

		examination->owns_all &= installation->scepman_api != NULL;
		ask_owners_of_application(examination, installation->scepman_api);
		ask_owners_of_principal(examination, installation->scepman_api_principal);
		ask_owners_of_application(examination, installation->certificate_master_app);
		ask_owners_of_principal(examination, installation->certificate_master_principal);
	}
}

/* ---- all ---- */

void examine_rights(struct examination *examination)
{
	examination->asking = 1; /* ours, until everything was asked */
	if (!examination->diagnosis.tokens[AUDIENCE_RESOURCE_MANAGER].problem)
		ask_azure(examination);
	if (examination->diagnosis.tokens[AUDIENCE_GRAPH].is_readable &&
	    !examination->diagnosis.tokens[AUDIENCE_GRAPH].problem)
		ask_graph(examination);
	finish_answer(examination);
}
