#include "kinds/table.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "kinds/api.h"
#include "kinds/log_schema.h"

#define TABLE_SUB_TYPE "DataCollectionRuleBased"

/* ---- want ---- */

struct node *table_state(struct world *world, struct installation *installation)
{
	const struct workspace *workspace = installation->workspace->observed;
	const char *label = arena_printf(&world->arena, LOG_TABLE " in %s", workspace->name);
	struct node *node;

	node = world_state(world, &table_kind, installation, NULL, label, "table/%s/" LOG_TABLE, workspace->id);
	installation->table = node;
	world_need(world, node, installation->workspace, NEED_KNOWN, STEP_READ);
	return node;
}

/* ---- read ---- */

static const char *table_path(const struct node *node, struct arena *arena, const char *action)
{
	const struct workspace *workspace = node->installation->workspace->observed;

	return arena_printf(arena, "%s/tables/" LOG_TABLE "%s?api-version=" API_OPERATIONAL_INSIGHTS, workspace->id,
			    action);
}

static void table_read(const struct world *world _unused_, const struct node *node, struct arena *arena,
		       struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.path = table_path(node, arena, ""),
	};
}

/* ---- absorb ---- */

/* 0, or -errno; a list that is absent is empty. */
static int columns_parse(struct arena *arena, const cJSON *resource, const char *path, const struct column **ret,
			 size_t *ret_count)
{
	const cJSON *array, *item;
	struct column *columns;
	size_t count = 0;
	int r;

	r = json_get_array(resource, path, &array);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	columns = arena_new_array(arena, (size_t)cJSON_GetArraySize(array) + 1, struct column);
	cJSON_ArrayForEach (item, array) {
		if (json_get_text(item, "name", arena, &columns[count].name) < 0 ||
		    json_get_text(item, "type", arena, &columns[count].type) < 0)
			return -EBADMSG;
		count++;
	}
	*ret = columns;
	*ret_count = count;
	return 0;
}

static enum absorbed table_absorb(struct world *world, struct node *node, const cJSON *body)
{
	struct table *table = arena_new(&world->arena, struct table);
	const cJSON *columns;

	if (json_get_text(body, "properties/schema/tableSubType", &world->arena, &table->sub_type) < 0 ||
	    columns_parse(&world->arena, body, "properties/schema/columns", &table->columns, &table->column_count) <
		    0 ||
	    columns_parse(&world->arena, body, "properties/schema/standardColumns", &table->standard_columns,
			  &table->standard_column_count) < 0)
		return ABSORBED_GARBLED;
	if (json_get_array(body, "properties/schema/columns", &columns) == 0)
		table->columns_body = json_print(columns, &world->arena);
	node->observed = table;
	node->version =
		arena_printf(&world->arena, "%s %s", table->sub_type, table->columns_body ? table->columns_body : "");
	return ABSORBED_PRESENT;
}

/* ---- differs ---- */

static bool table_has_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (text_equal_fold(table->columns[i].name, name))
			return true;
	for (size_t i = 0; i < table->standard_column_count; i++)
		if (text_equal_fold(table->standard_columns[i].name, name))
			return true;
	return false;
}

static bool table_is_classic(const struct table *table)
{
	return !text_equal_fold(table->sub_type, TABLE_SUB_TYPE);
}

static enum verdict table_differs_classic(struct world *world, struct node *node)
{
	const struct workspace *workspace = node->installation->workspace->observed;
	const struct table *table = node->observed;

	if (node->was_written) {
		node->condition.retry_after_s = 60;
		return node_block(world, node, REASON_READ_INCONSISTENT,
				  "the migration of table " LOG_TABLE
				  " in %s was accepted, but the table does not show it yet. The next "
				  "pass looks again",
				  workspace->name);
	}
	if (!node->installation->desired->logging.migrate_table)
		return node_block(world, node, REASON_TABLE_MIGRATION_NEEDS_CONSENT,
				  "table " LOG_TABLE
				  " in workspace %s is of type %s and must be migrated before a data collection rule "
				  "can fill it. That cannot be undone and renames columns (the suffix _s vanishes), "
				  "which breaks saved "
				  "queries; so logging is left as it is. Set logging.migrate_table: true to consent, "
				  "or run: az monitor "
				  "log-analytics workspace table migrate --resource-group %s --workspace-name %s "
				  "--table-name " LOG_TABLE,
				  workspace->name, table->sub_type, workspace->resource_group, workspace->name);
	node_add_change(
		world, node,
		&(struct change){
			.action = ACTION_UPDATE,
			.target = node->label,
			.key = "tableSubType",
			.before = table->sub_type,
			.after = TABLE_SUB_TYPE,
			.reason = "a data collection rule can fill only such tables; columns lose their suffix _s",
		});
	return VERDICT_DIFFERS;
}

static enum verdict table_differs(struct world *world, struct node *node)
{
	const struct table *table = node->observed;
	bool differs = false;

	if (node->knowledge == KNOWLEDGE_ABSENT) {
		node_add_change(world, node,
				&(struct change){
					.action = ACTION_CREATE,
					.target = node->label,
					.reason = "the table that SCEPman's logs go to",
				});
		return VERDICT_DIFFERS;
	}
	if (table_is_classic(table))
		return table_differs_classic(world, node);
	for (size_t i = 0; i < LOG_COLUMN_COUNT; i++) {
		if (table_has_column(table, log_columns[i].name))
			continue;
		node_add_change(world, node,
				&(struct change){
					.action = ACTION_CREATE,
					.target = node->label,
					.key = log_columns[i].name,
					.after = log_columns[i].type,
					.reason = "a column that SCEPman fills",
				});
		differs = true;
	}
	return differs ? VERDICT_DIFFERS : VERDICT_IN_SYNC;
}

/* ---- write ---- */

/* The columns of an update replace those that are there: all of them are sent, as they were read, with ours behind. */
static cJSON *table_columns(const struct node *node)
{
	const struct table *table = node->observed;
	cJSON *columns = NULL, *column;

	if (table && table->columns_body)
		columns = json_parse(table->columns_body, strlen(table->columns_body));
	if (!columns)
		columns = cJSON_CreateArray();
	cJSON_ArrayForEach (column, columns) {
		cJSON_DeleteItemFromObject(column, "isDefaultDisplay"); /* read-only, like the next */
		cJSON_DeleteItemFromObject(column, "isHidden");
	}
	log_columns_add_missing(columns);
	return columns;
}

static void table_write(const struct world *world _unused_, const struct node *node, struct arena *arena,
			struct request *ret)
{
	cJSON *body, *schema;

	ret->service = SERVICE_RESOURCE_MANAGER;
	if (node->knowledge == KNOWLEDGE_PRESENT && table_is_classic(node->observed)) {
		ret->method = METHOD_POST;
		ret->path = table_path(node, arena, "/migrate");
		return;
	}
	body = cJSON_CreateObject();
	schema = cJSON_AddObjectToObject(cJSON_AddObjectToObject(body, "properties"), "schema");
	cJSON_AddStringToObject(schema, "name", LOG_TABLE);
	cJSON_AddItemToObject(schema, "columns", table_columns(node));
	ret->method = node->knowledge == KNOWLEDGE_PRESENT ? METHOD_PATCH : METHOD_PUT;
	ret->path = table_path(node, arena, "");
	ret->body = json_print(body, arena);
	cJSON_Delete(body);
}

static void table_assume(struct world *world, struct node *node)
{
	struct table *table = arena_new(&world->arena, struct table);

	table->sub_type = TABLE_SUB_TYPE;
	table->columns = log_columns;
	table->column_count = LOG_COLUMN_COUNT;
	node->observed = table;
}

const struct kind table_kind = {
	.name = "table",
	.is_entitlement = true,
	.writes_max = 2, /* the migration, then the columns */
	.reread_before_write = true,
	.rereads_absence = true,
	.read_after_write = true,
	.read = table_read,
	.absorb = table_absorb,
	.differs = table_differs,
	.write = table_write,
	.assume = table_assume,
};
