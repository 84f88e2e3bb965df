#include "kinds/slot_config_names.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinds/api.h"
#include "kinds/settings_edit.h"
#include "world/json.h"

/* ---- want ---- */

/* Carried to another slot by a swap, these would switch on the wrong identity. */
static const char *const sticky_names[] = {
	"AppConfig:AuthConfig:ManagedIdentityEnabledOnUnixTime",
	"AppConfig:AuthConfig:ManagedIdentityEnabledForWebsiteHostname",
	"AppConfig:AuthConfig:ManagedIdentityPermissionLevel",
};

static bool has_slots(const struct installation *installation)
{
	const struct collection *list = installation->slots->observed;

	for (const struct web_app *app = installation->slot_apps; app; app = app->next)
		if (app->may_be_created && node_is_present(app->site))
			return true;
	return list && list->count;
}

struct node *slot_config_names_state(struct world *world, struct installation *installation)
{
	struct web_app *production = installation->production;
	struct node *node;

	if (production->is_observed_only || !has_slots(installation))
		return NULL;
	node = world_state(world, &slot_config_names_kind, installation, NULL, "settings that stay with their slot",
			   "slot-config-names/%s", production->site->name);
	node->web_app = production;
	world_need(world, node, production->site, NEED_KNOWN, STEP_READ);
	world_need(world, node, production->site, NEED_DONE, STEP_WRITE);
	world_need(world, node, production->settings, NEED_TRIED, STEP_WRITE);
	installation->slot_config_names = node;
	return node;
}

static const struct site *site_of(const struct node *node)
{
	return node->installation->production->site->observed;
}

/* ---- read ---- */

static void slot_config_names_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
				   struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = arena_printf(arena, "%s/config/slotConfigNames?api-version=" API_WEB, site_of(node)->id),
	};
}

/* ---- absorb ---- */

static void version_append(struct buffer *buffer, const char *const *names, size_t count)
{
	buffer_printf(buffer, "%zu;", count);
	for (size_t i = 0; i < count; i++)
		buffer_printf(buffer, "%zu:%s", strlen(names[i]), names[i]);
}

static const char *names_version(struct arena *arena, const struct slot_config_names *names)
{
	char digest[DIGEST_SHA256_HEX_SIZE];
	struct buffer buffer;

	buffer_init(&buffer, SIZE_MAX);
	version_append(&buffer, names->app_setting_names, names->app_setting_count);
	version_append(&buffer, names->connection_string_names, names->connection_string_count);
	version_append(&buffer, names->azure_storage_config_names, names->azure_storage_config_count);
	digest_sha256_hex(buffer.data, buffer.length, digest);
	buffer_done(&buffer);
	return arena_copy_text(arena, digest);
}

/* A list that is not there is none; one that is no list of texts is no answer. */
static bool parse_list(struct arena *arena, const cJSON *body, const char *path, const char *const **ret,
		       size_t *ret_count, bool *ret_is_there)
{
	int r = json_get_texts(body, path, arena, ret, ret_count);

	*ret_is_there = r == 0;
	return r == 0 || r == -ENOENT;
}

static enum absorbed slot_config_names_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct slot_config_names *names = arena_new(&world->arena, struct slot_config_names);
	bool is_there;

	if (!cJSON_IsObject(json_get(body, "properties")) ||
	    !parse_list(&world->arena, body, "properties/appSettingNames", &names->app_setting_names,
			&names->app_setting_count, &is_there) ||
	    !parse_list(&world->arena, body, "properties/connectionStringNames", &names->connection_string_names,
			&names->connection_string_count, &names->has_connection_strings) ||
	    !parse_list(&world->arena, body, "properties/azureStorageConfigNames", &names->azure_storage_config_names,
			&names->azure_storage_config_count, &names->has_azure_storage))
		return ABSORBED_GARBLED;
	node->observed = names;
	node->version = names_version(&world->arena, names);
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

static bool has_name(const struct slot_config_names *names, const char *name)
{
	for (size_t i = 0; i < names->app_setting_count; i++)
		if (text_equal_fold(names->app_setting_names[i], name))
			return true;
	return false;
}

static struct slot_config_names *names_complete(struct arena *arena, const struct slot_config_names *before,
						bool is_linux)
{
	struct slot_config_names *after = arena_new(arena, struct slot_config_names);
	const char **list = arena_new_array(arena, before->app_setting_count + ARRAY_SIZE(sticky_names), const char *);

	*after = *before;
	for (size_t i = 0; i < before->app_setting_count; i++)
		list[i] = before->app_setting_names[i];
	after->app_setting_names = list;
	for (size_t i = 0; i < ARRAY_SIZE(sticky_names); i++) {
		const char *name = setting_name_spell(arena, sticky_names[i], is_linux);

		if (!has_name(before, name))
			list[after->app_setting_count++] = name;
	}
	return after;
}

static enum verdict slot_config_names_differs(struct world *world, struct node *node)
{
	const struct slot_config_names *before = node->observed;
	struct slot_config_names *after;

	if (!before)
		return node_block(
			world, node, REASON_READ_INCONSISTENT,
			"Azure knows %s but not which of its settings stay with their slot; nothing was written",
			site_of(node)->name);
	after = names_complete(&world->arena, before, site_of(node)->is_linux);
	if (after->app_setting_count == before->app_setting_count)
		return VERDICT_IN_SYNC;
	for (size_t i = before->app_setting_count; i < after->app_setting_count; i++)
		node_add_change(world, node,
				&(struct change){
					.action = ACTION_CREATE,
					.target = site_of(node)->name,
					.key = "slotConfigNames.appSettingNames",
					.after = after->app_setting_names[i],
					.reason = "a swap of slots would carry it to another identity",
				});
	node->want = after;
	return VERDICT_DIFFERS;
}

/* ---- write ---- */

static void add_list(cJSON *properties, const char *name, const char *const *names, size_t count)
{
	cJSON *array = cJSON_AddArrayToObject(properties, name);

	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(names[i]));
}

static void slot_config_names_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
				    struct request *ret)
{
	const struct slot_config_names *names = node->want;
	cJSON *body = cJSON_CreateObject(), *properties;

	if (!body)
		memory_exhausted();
	properties = cJSON_AddObjectToObject(body, "properties");
	add_list(properties, "appSettingNames", names->app_setting_names, names->app_setting_count);
	if (names->has_connection_strings)
		add_list(properties, "connectionStringNames", names->connection_string_names,
			 names->connection_string_count);
	if (names->has_azure_storage)
		add_list(properties, "azureStorageConfigNames", names->azure_storage_config_names,
			 names->azure_storage_config_count);
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_PUT,
		.path = arena_printf(arena, "%s/config/slotConfigNames?api-version=" API_WEB, site_of(node)->id),
		.body = json_print(body, arena),
	};
	cJSON_Delete(body);
}

static void slot_config_names_assume(struct world *world _unused_, struct node *node)
{
	node->observed = node->want;
}

const struct kind slot_config_names_kind = {
	.name = "slot-config-names",
	.must_exist = true,
	.reread_before_write = true,
	.read_after_write = true,
	.read = slot_config_names_read,
	.absorb = slot_config_names_absorb,
	.differs = slot_config_names_differs,
	.write = slot_config_names_write,
	.assume = slot_config_names_assume,
};
