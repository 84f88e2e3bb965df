/*
 * Answers of Microsoft Graph: any JSON at all, as the answer to all questions of one kind, while the planner goes
 * through everything that an installation needs there. The first byte says which kind, from 'a'; all others are
 * answered as Graph would. Whatever is said, the pass ends, what is written is JSON, and an update of an app
 * registration leaves nothing to add.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "graph_shown.h"
#include "kinds/application_internal.h"
#include "kinds/directory_principal.h"
#include "kinds/graph.h"
#include "kinds/oauth2_permission_grant.h"
#include "kinds/permission_level.h"
#include "kinds/service_principal.h"
#include "reconcile/plan.h"
#include "world/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REQUESTS_MAX = 500 };

static const struct kind *const kinds[] = {
	&application_kind,          &service_principal_kind,   &oauth2_permission_grant_kind,
	&app_role_assignments_kind, &app_role_assignment_kind, &directory_principal_kind,
};

static const struct desired_role_assignment administrators = {.principal = {PRINCIPAL_GROUP, "PKI Admins"},
							      .role = "Admin.Full"};

static void state_everything(struct graph_rig *rig)
{
	struct installation *installation = graph_rig_installation(rig, 0);
	const struct role_holder master = role_holder_of_identity(&rig->master[0].principal);
	struct node *api, *api_principal, *app, *app_principal;

	rig->production[0].items[0] = (struct setting){.name = SETTING, .value = APP};
	rig->production[0].settings.count = 1;
	service_principal_state_well_known(&rig->world);
	api = application_state(&rig->world, installation, APPLICATION_SCEPMAN_API);
	api_principal = service_principal_state(&rig->world, installation, api);
	app = application_state(&rig->world, installation, APPLICATION_CERTIFICATE_MASTER);
	app_principal = service_principal_state(&rig->world, installation, app);
	oauth2_permission_grant_state(&rig->world, installation, app_principal);
	permission_level_state(&rig->world, &rig->production[0].principal);
	permission_level_state(&rig->world, &rig->master[0].principal);
	app_role_assignment_state(&rig->world, installation, &master, api, api_principal, "CSR.Request");
	app_role_assignment_state_desired(&rig->world, installation, &administrators, app, app_principal);
}

/* ---- answers as Graph would give them ---- */

static const char *service_principal_json(struct arena *arena, const char *path)
{
	size_t count;
	const struct well_known_role *roles = permission_level_roles(WEB_APP_SCEPMAN, &count);
	const char *app_id = strstr(path, INTUNE_APP_ID)  ? INTUNE_APP_ID
			     : strstr(path, GRAPH_APP_ID) ? GRAPH_APP_ID
							  : APP;
	const char *items = "";

	for (size_t i = 0; i < count; i++)
		items = arena_printf(
			arena, "%s%s{\"id\":\"%s\",\"value\":\"%s\",\"isEnabled\":true,\"allowedMemberTypes\":[]}",
			items, *items ? "," : "", roles[i].id, roles[i].value);
	return arena_printf(arena,
			    "{\"id\":\"%s\",\"appId\":\"%s\",\"appRoleAssignmentRequired\":false,\"appRoles\":[%s]}",
			    text_equal(app_id, APP) ? GRAPH_RIG_API : GRAPH_RIG_GRAPH, app_id, items);
}

static const char *ordinary_answer(struct arena *arena, const struct node *node, const struct request *request)
{
	const struct shown application = shown_complete_master(arena);

	if (node->kind == &app_role_assignment_kind)
		return request->body; /* Graph repeats what was asked for */
	if (node->kind == &application_kind)
		return shown_list(arena, shown_json(arena, &application));
	if (node->kind == &service_principal_kind)
		return shown_list(arena, service_principal_json(arena, request->path));
	if (node->kind == &directory_principal_kind)
		return "{\"value\":[{\"id\":\"" OBJECT "\",\"displayName\":\"PKI Admins\"}]}";
	return "{\"value\":[]}";
}

/* ---- what is written ---- */

static void check_write(const struct node *node, const struct request *request, struct arena *arena)
{
	cJSON *body = json_parse(request->body, strlen(request->body));
	struct application *updated;
	struct node after = *node;

	assert(cJSON_IsObject(body) && body->child);
	cJSON_Delete(body);
	assert(text_has_prefix(request->path, "/v1.0/"));
	if (node->kind != &application_kind || !node->observed)
		return;
	updated = application_updated(node, request->body, arena);
	assert(updated);
	after.observed = updated;
	assert(!application_find_missing(&after, arena));
}

static void answer(struct graph_rig *rig, struct node *node, const struct request *request, const cJSON *any)
{
	const char *text = ordinary_answer(&rig->world.arena, node, request);
	struct response response = {.status = 200};

	if (any)
		response.body = cJSON_Duplicate(any, true);
	else if (request->method == METHOD_PATCH)
		response.status = 204;
	else
		response.body = json_parse(text, strlen(text));
	plan_absorb(&rig->world, node, &response);
	cJSON_Delete(response.body);
}

static void play(struct graph_rig *rig, const struct kind *kind, const cJSON *any)
{
	struct request request;
	struct node *node;
	unsigned requests = 0;

	while (plan_next(&rig->world, &node, &request)) {
		assert(++requests < REQUESTS_MAX);
		if (request.method != METHOD_GET)
			check_write(node, &request, &rig->world.arena);
		answer(rig, node, &request, node->kind == kind ? any : NULL);
	}
	for (node = rig->world.nodes; node; node = node->next_in_world)
		assert(node_is_settled(node));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct graph_rig rig;
	cJSON *any;

	if (!size || data[0] < 'a' || data[0] - 'a' >= (int)ARRAY_SIZE(kinds))
		return 0;
	any = json_parse((const char *)data + 1, size - 1);
	if (!any)
		return 0;
	graph_rig_init(&rig, 1);
	state_everything(&rig);
	play(&rig, kinds[data[0] - 'a'], any);
	graph_rig_done(&rig);
	cJSON_Delete(any);
	return 0;
}
