#include "kinds/app_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "kinds/entitlements.h"
#include "kinds/rollout.h"
#include "kinds/settings_task.h"
#include "world/json.h"

/* More than any answer that we accept (16 MiB) can make of it. */
#define BODY_MAX ((size_t)256 << 20)

/* ---- want ---- */

struct app_settings_want {
	struct web_app *app;
	const struct settings *desired; /* what the last look at the differences came to */
};

struct node *app_settings_state(struct world *world, struct installation *installation, struct web_app *app)
{
	struct app_settings_want *want;
	struct node *node;
	bool is_new;

	node = world_state(
		world, &app_settings_kind, installation, &is_new,
		app->is_slot ? arena_printf(&world->arena, "%s/%s", installation->desired->app_service, app->label)
			     : app->label,
		"app-settings/%s", app->site->name);
	if (is_new)
		node->want = arena_new(&world->arena, struct app_settings_want);
	want = node->want;
	if (is_new || !app->is_observed_only) {
		want->app = app;
		node->web_app = app;
	}
	if (!app->is_observed_only)
		node->is_disregarded = false;
	world_need(world, node, app->site, NEED_KNOWN, STEP_READ);
	app->settings = node;
	return node;
}

void app_settings_disregard(struct node *node, const struct web_app *candidate)
{
	const struct app_settings_want *want = node->want;

	if (want->app == candidate && node->installation == candidate->installation)
		node->is_disregarded = true;
}

static const struct site *site_of(const struct node *node)
{
	return ((const struct app_settings_want *)node->want)->app->site->observed;
}

/* ---- read ---- */

static void app_settings_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
			      struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_POST,
		.path = arena_printf(arena, "%s/config/appsettings/list?api-version=" API_WEB, site_of(node)->id),
	};
}

/* ---- absorb ---- */

static int compare_settings(const void *a, const void *b)
{
	return strcmp((*(const struct setting *const *)a)->name, (*(const struct setting *const *)b)->name);
}

/* Binds names and values and where each ends; the order, in which Azure gives them, does not count. */
static const char *settings_version(struct arena *arena, const struct settings *settings)
{
	const struct setting **sorted = arena_new_array(arena, settings->count + 1, const struct setting *);
	char digest[DIGEST_SHA256_HEX_SIZE];
	struct buffer buffer;

	for (size_t i = 0; i < settings->count; i++)
		sorted[i] = &settings->items[i];
	qsort(sorted, settings->count, sizeof(*sorted), compare_settings);
	buffer_init(&buffer, BODY_MAX);
	for (size_t i = 0; i < settings->count; i++)
		buffer_printf(&buffer, "%zu:%s=%zu:%s;", strlen(sorted[i]->name), sorted[i]->name,
			      strlen(sorted[i]->value), sorted[i]->value);
	digest_sha256_hex(buffer.data, buffer.length, digest);
	buffer_done(&buffer);
	return arena_copy_text(arena, digest);
}

/* All of PROPERTIES or nothing: NULL when a value is no text, or a name is there twice. */
static struct settings *settings_parse(struct arena *arena, const cJSON *properties)
{
	struct settings *settings = arena_new(arena, struct settings);
	struct setting *items;
	struct map names = {0};
	const cJSON *item;

	if (!cJSON_IsObject(properties))
		return NULL;
	items = arena_new_array(arena, (size_t)cJSON_GetArraySize(properties) + 1, struct setting);
	cJSON_ArrayForEach (item, properties) {
		struct setting *setting = &items[settings->count];

		if (!cJSON_IsString(item) || !item->string || map_get(&names, item->string)) {
			map_done(&names);
			return NULL;
		}
		setting->name = arena_copy_text(arena, item->string);
		setting->value = arena_copy_text(arena, item->valuestring);
		map_put(&names, item->string, setting);
		settings->count++;
	}
	map_done(&names);
	settings->items = items;
	return settings;
}

static enum absorbed app_settings_absorb(struct world *world, struct node *node, const cJSON *body)
{
	const struct web_app *app = ((const struct app_settings_want *)node->want)->app;
	struct settings *settings = settings_parse(&world->arena, json_get(body, "properties"));

	if (!settings)
		return ABSORBED_GARBLED;
	/* SCEPman and Certificate Master cannot run without settings: whoever says that they have none has not looked.
	 * Any other web app, which is only a candidate, can. */
	if (!settings->count && !(app->role == WEB_APP_CERTIFICATE_MASTER && app->is_observed_only))
		return node_block_read(world, node, REASON_READ_INCONSISTENT,
				       "Azure says that %s has no app settings at all, which cannot be; nothing was "
				       "written. If they are really gone, restore them before anything else",
				       settings_site_name(&world->arena, site_of(node)));
	node->observed = settings;
	node->version = settings_version(&world->arena, settings);
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

/* False: nothing may be written, whatever it would be. */
static bool may_write(struct settings_task *task)
{
	const struct node *account = task->installation->storage_account;
	const char *site = settings_task_site_name(task);

	if (task->node->knowledge == KNOWLEDGE_ABSENT && !task->node->is_assumed) {
		node_block(task->world, task->node, REASON_READ_INCONSISTENT,
			   "Azure knows %s but says that its app settings do not exist; nothing was written, the next "
			   "pass looks again",
			   site);
		task->node->condition.retry_after_s = 60;
		return false;
	}
	if (task->before && !task->before->count) {
		node_block(task->world, task->node, REASON_READ_INCONSISTENT,
			   "Azure says that %s has no app settings at all, which cannot be; nothing was written", site);
		return false;
	}
	if (account && account->condition.reason == REASON_STORAGE_ENDPOINT_CONFLICT) {
		node_block(task->world, task->node, REASON_STORAGE_ENDPOINT_CONFLICT,
			   "the sites of this installation name different storage accounts, so none of their settings "
			   "was changed; see the storage account");
		return false;
	}
	return true;
}

/* What tells one generation or tenancy from another must not be two things at once either. */
static void look_for_conflicts(struct settings_task *task)
{
	static const char *const names[] = {
		"AppConfig:AuthConfig:ApplicationKey", "AppConfig:AuthConfig:HomeApplicationId",
		"AppConfig:AuthConfig:HomeTenantId",   "AppConfig:AuthConfig:TenantId",
		"AppConfig:AuthConfig:TenantName",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)settings_edit_before(&task->edit, names[i]);
}

static bool want_all(struct settings_task *task)
{
	bool may = false;

	look_for_conflicts(task);
	switch (task->app->role) {
	case WEB_APP_SCEPMAN:
		may = task->world->restoration ? settings_want_1x(task) : settings_want_scepman(task);
		break;
	case WEB_APP_CERTIFICATE_MASTER:
		may = settings_want_certificate_master(task);
		break;
	}
	if (!may || !task->edit.conflict)
		return may;
	node_block(task->world, task->node, REASON_SETTING_SPELLING_CONFLICT,
		   "%s of %s is there twice, spelled with ':' and with \"__\", with different values. Which one counts "
		   "is not ours to choose, so nothing was written. Remove the wrong one: az webapp config appsettings "
		   "delete %s --setting-names NAME",
		   task->edit.conflict, settings_task_site_name(task), settings_task_az_arguments(task));
	return false;
}

/* What is certain is written although a level waits to be seen again; only when nothing else is left does the site wait
 * for it. */
static enum verdict judge_unchanged(struct settings_task *task)
{
	struct node *node = task->node;

	if (!task->lower_level_wait_s)
		return VERDICT_IN_SYNC;
	node_block(task->world, node, REASON_READ_INCONSISTENT,
		   "the rights of the managed identity of %s are now enough for permission level %d only, while %d is "
		   "set. The level is lowered when that is seen a second time: rights granted moments ago can be "
		   "invisible for a while",
		   settings_task_site_name(task), task->lower_level, task->written_level);
	node->condition.retry_after_s = task->lower_level_wait_s;
	return VERDICT_BLOCKED;
}

static enum verdict judge_changed(struct settings_task *task)
{
	struct app_settings_want *want = task->node->want;

	if (entitlements_defer(task->world, task->node))
		return VERDICT_BLOCKED;
	settings_add_changes(task);
	want->desired = settings_edit_result(&task->edit);
	task->node->written_version = settings_version(&task->world->arena, want->desired);
	return VERDICT_DIFFERS;
}

/* For information: the site is treated as a split tenancy, and what is not concerned goes on. */
static void report_split_tenancy(struct settings_task *task)
{
	node_block(
		task->world, task->node, REASON_SPLIT_TENANCY_SUSPECTED,
		"AppConfig:AuthConfig:TenantId of %s is not the tenant of its subscription, so ApplicationId and the "
		"settings of the managed identity are left as they are. If no split tenancy is meant, correct TenantId",
		settings_task_site_name(task));
}

static enum verdict app_settings_differs(struct world *world, struct node *node)
{
	const struct web_app *app = ((const struct app_settings_want *)node->want)->app;
	struct settings_task task = {
		.world = world,
		.node = node,
		.app = app,
		.installation = app->installation,
		.site = app->site->observed,
		.before = node->observed,
	};

	node->condition = (struct condition){0};
	if (app->is_observed_only)
		return VERDICT_IN_SYNC;
	if (!may_write(&task))
		return VERDICT_BLOCKED;
	if (!task.before && app->role == WEB_APP_CERTIFICATE_MASTER)
		task.before = certificate_master_initial_settings(world, app->installation, task.site->is_linux);
	else if (!task.before && app->is_slot) /* a plan: it begins as a copy of production (kinds/slot.c) */
		task.before = app->installation->production->settings->observed;
	task.tenancy =
		slot_tenancy(task.before, task.site->tenant_id ? task.site->tenant_id : world->tenant->tenant_id);
	settings_edit_begin(&task.edit, &world->arena, task.before, task.site->is_linux);
	if (!want_all(&task))
		return VERDICT_BLOCKED;
	if (task.tenancy == TENANCY_SPLIT_SUSPECTED)
		report_split_tenancy(&task);
	return settings_edit_has_changes(&task.edit) ? judge_changed(&task) : judge_unchanged(&task);
}

/* ---- write ---- */

static void app_settings_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
			       struct request *ret)
{
	const struct settings *desired = ((const struct app_settings_want *)node->want)->desired;
	struct buffer body;

	buffer_init(&body, BODY_MAX);
	buffer_append_text(&body, "{\"properties\":{");
	for (size_t i = 0; i < desired->count; i++) {
		buffer_append_text(&body, i ? ",\"" : "\"");
		buffer_append_json_escaped(&body, desired->items[i].name);
		buffer_append_text(&body, "\":\"");
		buffer_append_json_escaped(&body, desired->items[i].value);
		buffer_append_char(&body, '"');
	}
	buffer_append_text(&body, "}}");
	if (body.overflowed)
		memory_exhausted();
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(arena, "%s/config/appsettings?api-version=" API_WEB, site_of(node)->id),
		.body = arena_copy_text(arena, body.data),
	};
	buffer_done(&body);
}

static enum verdict app_settings_before_write(struct world *world, struct node *node)
{
	return rollout_before_write(world, node, ((const struct app_settings_want *)node->want)->app);
}

static void app_settings_after_write(struct world *world, struct node *node)
{
	rollout_after_write(world, node, ((const struct app_settings_want *)node->want)->app);
}

static const char *app_settings_hide_secrets(const struct node *node, struct arena *arena, const char *text)
{
	const struct app_settings_want *want = node->want;

	return settings_hide_values(want->desired, arena, settings_hide_values(node->observed, arena, text));
}

static void app_settings_assume(struct world *world _unused_, struct node *node)
{
	node->observed = (void *)((const struct app_settings_want *)node->want)->desired;
}

const struct kind app_settings_kind = {
	.name = "app-settings",
	.must_exist = true,
	.reread_before_write = true,
	.read_after_write = true,
	.reads_what_is_new = true,
	.read = app_settings_read,
	.absorb = app_settings_absorb,
	.differs = app_settings_differs,
	.write = app_settings_write,
	.assume = app_settings_assume,
	.hide_secrets = app_settings_hide_secrets,
	.before_write = app_settings_before_write,
	.after_write = app_settings_after_write,
};
