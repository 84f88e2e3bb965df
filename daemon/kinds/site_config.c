#include "kinds/site_config.h"

#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "kinds/entitlements.h"
#include "kinds/rollout.h"
#include "kinds/settings_task.h"
#include "kinds/stack_version.h"
#include "world/json.h"

/* ---- want ---- */

struct node *site_config_state(struct world *world, struct web_app *app)
{
	struct node *node;
	bool is_new;

	node = world_state(world, &site_config_kind, app->installation, &is_new,
			   arena_printf(&world->arena, "runtime of %s", app->settings->label), "site-config/%s",
			   app->site->name);
	if (is_new) {
		node->want = app;
		node->web_app = app;
		world_need(world, node, app->site, NEED_KNOWN, STEP_READ);
		world_need(world, node, app->site, NEED_DONE, STEP_WRITE);
	}
	app->config = node;
	return node;
}

static const struct site *site_of(const struct node *node)
{
	return ((const struct web_app *)node->want)->site->observed;
}

static const char *property_of(const struct site *site)
{
	return site->is_linux ? "linuxFxVersion" : "netFrameworkVersion";
}

/* ---- read ---- */

static void site_config_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			     struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s/config/web?api-version=" API_WEB, site_of(node)->id),
	};
}

/* ---- absorb ---- */

static enum absorbed site_config_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json_get(body, "properties"), property_of(site_of(node)));
	struct site_config *config;

	/* Azure always says it: an answer without it is none. */
	if (!cJSON_IsString(value) && !cJSON_IsNull(value))
		return ABSORBED_GARBLED;
	config = arena_new(&world->arena, struct site_config);
	config->stack = cJSON_IsString(value) ? arena_copy_text(&world->arena, value->valuestring) : "";
	node->observed = config;
	node->version = config->stack;
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

static const char *wanted_of(const struct node *node)
{
	return node->installation->desired->dotnet_version;
}

static enum verdict raise(struct world *world, struct node *node)
{
	const struct site_config *config = node->observed;
	const struct site *site = site_of(node);

	if (entitlements_defer(world, node))
		return VERDICT_BLOCKED;
	node_add_change(world, node,
			&(struct change){
				.action = ACTION_UPDATE,
				.target = site->name,
				.slot = site->slot,
				.key = property_of(site),
				.before = text_is_empty(config->stack) ? NULL : config->stack,
				.after = stack_version_spell(&world->arena, site->is_linux, wanted_of(node)),
				.restarts = settings_site_name(&world->arena, site),
				.reason = "the .NET that SCEPman runs on; the app restarts for it",
			});
	node->written_version = stack_version_spell(&world->arena, site->is_linux, wanted_of(node));
	return VERDICT_DIFFERS;
}

static enum verdict site_config_differs(struct world *world, struct node *node)
{
	const struct site_config *config = node->observed;
	const struct site *site = site_of(node);

	node->condition = (struct condition){0};
	/* Made in this pass, and with the right runtime. */
	if (!config)
		return VERDICT_IN_SYNC;
	switch (stack_version_judge(config->stack, site->is_linux, wanted_of(node))) {
	case STACK_GOOD:
	case STACK_FOREIGN:
		return VERDICT_IN_SYNC;
	case STACK_UNPARSABLE:
		node_warn(world, node, REASON_STACK_UNPARSABLE,
			  "%s of %s is \"%.60s\", which is no version that could be compared with .NET %s, so it was "
			  "left as it is. If it is older: az webapp config set --resource-group %s --name %s %s \"%s\"",
			  property_of(site), site->name, config->stack, wanted_of(node),
			  arm_id_resource_group(&world->arena, site->id), site->name,
			  site->is_linux ? "--linux-fx-version" : "--net-framework-version",
			  stack_version_spell(&world->arena, site->is_linux, wanted_of(node)));
		return VERDICT_IN_SYNC;
	case STACK_TOO_OLD:
		return raise(world, node);
	}
	return VERDICT_IN_SYNC;
}

/* ---- write ---- */

static void site_config_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
			      struct request *ret)
{
	const struct site *site = site_of(node);
	cJSON *body = cJSON_CreateObject();

	if (!body)
		memory_exhausted();
	cJSON_AddStringToObject(cJSON_AddObjectToObject(body, "properties"), property_of(site),
				stack_version_spell(arena, site->is_linux, wanted_of(node)));
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PATCH,
		.path = arena_printf(arena, "%s/config/web?api-version=" API_WEB, site->id),
		.body = json_print(body, arena),
	};
	cJSON_Delete(body);
}

static void site_config_assume(struct world *world, struct node *node)
{
	struct site_config *config = arena_new(&world->arena, struct site_config);

	config->stack = stack_version_spell(&world->arena, site_of(node)->is_linux, wanted_of(node));
	node->observed = config;
}

static enum verdict site_config_before_write(struct world *world, struct node *node)
{
	return rollout_before_write(world, node, node->want);
}

static void site_config_after_write(struct world *world, struct node *node)
{
	rollout_after_write(world, node, node->want);
}

const struct kind site_config_kind = {
	.name = "site-config",
	.must_exist = true,
	.reread_before_write = true,
	.read_after_write = true,
	.read = site_config_read,
	.absorb = site_config_absorb,
	.differs = site_config_differs,
	.write = site_config_write,
	.assume = site_config_assume,
	.before_write = site_config_before_write,
	.after_write = site_config_after_write,
};
