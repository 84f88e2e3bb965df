#include "graph_rig.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "kinds/graph.h"
#include "kinds/service_principal.h"
#include "reconcile/plan.h"
#include "world/json.h"

static const struct kind neighbour_kind = {.name = "neighbour"};

static struct node *neighbour(struct graph_rig *rig, struct installation *installation, const char *name,
			      void *observed)
{
	struct node *node = world_state(&rig->world, &neighbour_kind, installation, NULL, name, "neighbour/%s/%s",
					installation->desired->name, name);

	node->knowledge = KNOWLEDGE_PRESENT;
	node->outcome = OUTCOME_IN_SYNC;
	node->observed = observed;
	return node;
}

static void web_app_state(struct graph_rig *rig, struct graph_rig_web_app *web_app, struct installation *installation)
{
	struct web_app *app = &web_app->app;

	app->installation = installation;
	app->site = neighbour(rig, installation, web_app->site.name, &web_app->site);
	web_app->settings.items = web_app->items;
	app->settings =
		neighbour(rig, installation, arena_printf(&rig->world.arena, "settings of %s", web_app->site.name),
			  &web_app->settings);
	web_app->principal = (struct principal){.label = web_app->site.name, .web_app = app, .site = app->site};
	app->principals = &web_app->principal;
}

static void graph_rig_begin(struct graph_rig *rig)
{
	world_init(&rig->world, &rig->tenant, &rig->memory, rig->is_plan, rig->now_s, 100);
	memory_of_passes_begin(&rig->memory);
	rig->world.installations = arena_new_array(&rig->world.arena, GRAPH_RIG_INSTALLATIONS, struct installation);
	for (size_t i = 0; i < rig->tenant.instance_count; i++) {
		struct installation *installation = &rig->world.installations[rig->world.installation_count++];

		installation->tenant = &rig->tenant;
		installation->desired = &rig->instances[i];
		installation->world = &rig->world;
		web_app_state(rig, &rig->production[i], installation);
		web_app_state(rig, &rig->master[i], installation);
		installation->production = &rig->production[i].app;
		installation->certificate_master = &rig->master[i].app;
	}
}

void graph_rig_init(struct graph_rig *rig, size_t count)
{
	static const char *const names[] = {"first", "second"};
	static const char *const sites[] = {"app-scepman", "app-scepman2"};
	static const char *const masters[] = {"app-scepman-cm", "app-scepman2-cm"};
	static const char *const hosts[] = {"app-scepman-cm.azurewebsites.net", "app-scepman2-cm.azurewebsites.net"};

	*rig = (struct graph_rig){.now_s = GRAPH_RIG_NOW};
	rig->tenant = (struct desired_tenant){
		.name = "contoso", .tenant_id = GRAPH_RIG_TENANT, .instances = rig->instances, .instance_count = count};
	for (size_t i = 0; i < count; i++) {
		rig->instances[i] = (struct desired_instance){
			.name = names[i],
			.app_service = sites[i],
			.shared_app_registrations = count > 1,
			.scepman_api = {.display_name = "SCEPman-api"},
			.certificate_master_app = {.display_name = "SCEPman-CertMaster"},
		};
		rig->production[i] = (struct graph_rig_web_app){
			.app.role = WEB_APP_SCEPMAN,
			.site = {.name = sites[i], .principal_id = GRAPH_RIG_SCEPMAN, .has_system_identity = true},
		};
		rig->master[i] = (struct graph_rig_web_app){
			.app.role = WEB_APP_CERTIFICATE_MASTER,
			.site = {.name = masters[i],
				 .default_host = hosts[i],
				 .principal_id = GRAPH_RIG_MASTER,
				 .has_system_identity = true},
		};
	}
	memory_of_passes_init(&rig->memory);
	buffer_init(&rig->journal, 1 << 20);
	graph_rig_begin(rig);
}

void graph_rig_done(struct graph_rig *rig)
{
	world_done(&rig->world);
	memory_of_passes_done(&rig->memory);
	buffer_done(&rig->journal);
}

void graph_rig_next_pass(struct graph_rig *rig, int64_t seconds)
{
	world_done(&rig->world);
	buffer_reset(&rig->journal);
	rig->answer_count = 0;
	rig->now_s += seconds;
	graph_rig_begin(rig);
}

struct installation *graph_rig_installation(struct graph_rig *rig, size_t i)
{
	return &rig->world.installations[i];
}

void graph_rig_set(struct graph_rig_web_app *app, const char *name, const char *value)
{
	ck_assert_uint_lt(app->settings.count, ARRAY_SIZE(app->items));
	app->items[app->settings.count++] = (struct setting){.name = name, .value = value};
}

/* ---- answers ---- */

void graph_rig_answer(struct graph_rig *rig, const char *request, int status, const char *body, unsigned times)
{
	ck_assert_uint_lt(rig->answer_count, GRAPH_RIG_ANSWERS);
	rig->answers[rig->answer_count].request = request;
	rig->answers[rig->answer_count].status = status;
	rig->answers[rig->answer_count].body = body;
	rig->answers[rig->answer_count].times = times ? times : 1000;
	rig->answer_count++;
}

void graph_rig_answer_well_known(struct graph_rig *rig, bool has_intune)
{
#define ROLE(id, value)                                                                                                \
	"{\"id\":\"" id "\",\"value\":\"" value "\",\"isEnabled\":true,\"allowedMemberTypes\":[\"Application\"]}"
	graph_rig_answer(
		rig, "GET /v1.0/servicePrincipals?$filter=appId eq '" GRAPH_APP_ID "'", 200,
		"{\"value\":[{\"id\":\"" GRAPH_RIG_GRAPH "\",\"appId\":\"" GRAPH_APP_ID
		"\",\"appRoles\":[" ROLE(GRAPH_DIRECTORY_READ_ALL_ID, "Directory.Read.All") "," ROLE(
			GRAPH_MANAGED_DEVICES_READ_ALL_ID,
			"DeviceManagementManagedDevices.Read.All") "," ROLE(GRAPH_CONFIGURATION_READ_ALL_ID,
									    "DeviceManagementConfiguration."
									    "Read.All") "," ROLE(GRAPH_RISKY_USER_READ_ALL_ID,
												 "IdentityRisk"
												 "yUser.Read."
												 "All") "]}]}",
		0);
	graph_rig_answer(rig, "GET /v1.0/servicePrincipals?$filter=appId eq '" INTUNE_APP_ID "'", 200,
			 has_intune ? "{\"value\":[{\"id\":\"" GRAPH_RIG_INTUNE "\",\"appId\":\"" INTUNE_APP_ID
				      "\",\"appRoles\":[" ROLE(INTUNE_SCEP_CHALLENGE_PROVIDER_ID,
							       "scep_challenge_provider") "]}]}"
				    : "{\"value\":[]}",
			 0);
#undef ROLE
}

void graph_rig_answer_free_key(struct graph_rig *rig)
{
	graph_rig_answer(
		rig, GRAPH_RIG_KEY, 404,
		"{\"error\":{\"code\":\"Request_ResourceNotFound\",\"message\":\"Resource 'x' does not exist or one of "
		"its queried reference-property objects are not present.\"}}",
		1);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : text_lower(c) - 'a' + 10;
}

/* The request as a person would write it. */
static const char *spell(struct arena *arena, const struct request *request)
{
	char *text = arena_printf(arena, "%s %s%s%s", method_name(request->method), request->path,
				  request->body ? " " : "", request->body ? request->body : "");
	char *to = text;

	for (const char *from = text; *from; from++) {
		if (*from == '%') {
			*to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
	return text;
}

static struct fault fault_from(struct arena *arena, int status, const cJSON *body)
{
	struct fault fault = {.status = status};

	if (status == 0)
		return (struct fault){.class = FAULT_UNREACHABLE, .is_ambiguous = true};
	if (json_get_text(body, "error/code", arena, &fault.code) < 0)
		fault.code = NULL;
	if (json_get_text(body, "error/message", arena, &fault.message) < 0)
		fault.message = NULL;
	fault.class = status >= 400 ? fault_classify(status, fault.code, fault.message) : FAULT_NONE;
	fault.is_ambiguous = status >= 500;
	return fault;
}

static void reply(struct graph_rig *rig, struct node *node, const char *request)
{
	for (size_t i = 0; i < rig->answer_count; i++) {
		struct response response = {.status = rig->answers[i].status};

		if (!rig->answers[i].times || !text_has_prefix(request, rig->answers[i].request))
			continue;
		rig->answers[i].times--;
		if (rig->answers[i].body) {
			response.body = json_parse(rig->answers[i].body, strlen(rig->answers[i].body));
			ck_assert_ptr_nonnull(response.body);
		}
		response.fault = fault_from(&rig->world.arena, response.status, response.body);
		plan_absorb(&rig->world, node, &response);
		cJSON_Delete(response.body);
		return;
	}
	/* A key that nothing has is the ordinary answer before something is made under it. */
	if (text_has_prefix(request, GRAPH_RIG_KEY) && !graph_rig_count(rig, "PATCH /v1.0/applications(uniqueName=")) {
		graph_rig_answer_free_key(rig);
		reply(rig, node, request);
		return;
	}
	ck_abort_msg("no answer for %s", request);
}

void graph_rig_run(struct graph_rig *rig)
{
	struct request request;
	struct node *node;

	while (plan_next(&rig->world, &node, &request)) {
		const char *text = spell(&rig->world.arena, &request);

		ck_assert_int_eq(request.service, SERVICE_GRAPH);
		ck_assert_int_eq(request.is_collection,
				 request.method == METHOD_GET && !text_contains_fold(request.path, "(uniqueName="));
		ck_assert(!request.create_if_missing || request.method == METHOD_PATCH);
		buffer_append_text(&rig->journal, text);
		buffer_append_char(&rig->journal, '\n');
		reply(rig, node, text);
	}
	for (node = rig->world.nodes; node; node = node->next_in_world)
		ck_assert_msg(node_is_settled(node), "%s is still open", node->name);
}

/* ---- the record ---- */

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

size_t graph_rig_count(const struct graph_rig *rig, const char *request)
{
	size_t count = 0;

	for (const char *line = rig->journal.data; *line; line = next_line(line))
		count += text_has_prefix(line, request);
	return count;
}

bool graph_rig_has(const struct graph_rig *rig, const char *request, const char *text)
{
	for (const char *line = rig->journal.data; *line; line = next_line(line))
		if (text_has_prefix(line, request) &&
		    memmem(line, (size_t)(next_line(line) - line), text, strlen(text)))
			return true;
	return false;
}

size_t graph_rig_writes(const struct graph_rig *rig)
{
	return graph_rig_count(rig, "P");
}
