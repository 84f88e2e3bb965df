/* Microsoft.ResourceGraph: queries over the whole tenant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "json.h"
#include "kql.h"
#include "resource_graph_tables.h"
#include "routes.h"

enum { PAGE_MAX = 1000, QUERY_LENGTH_MAX = 64 * 1024 };

/* The part of the rows that one answer holds. */
struct page {
	size_t skip, top;
	uint64_t query_hash;
};

/* Errors of Resource Graph have what is wrong in a second object. */
static cJSON *answer_invalid(struct call *call, const char *code, const char *message)
{
	cJSON *error = cJSON_CreateObject(), *details, *detail = cJSON_CreateObject();

	cJSON_AddStringToObject(error, "code", "BadRequest");
	cJSON_AddStringToObject(
		error, "message",
		arena_printf(call->arena,
			     "Please provide below info when asking for support: timestamp = %s, correlationId = "
			     "00000000-0000-0000-0000-000000000000.",
			     arm_now(call)));
	details = cJSON_AddArrayToObject(error, "details");
	cJSON_AddItemToArray(details, detail);
	cJSON_AddStringToObject(detail, "code", code);
	cJSON_AddStringToObject(detail, "message", message);
	call_answer_error_object(call, 400, error);
	return details;
}

static void answer_query_error(struct call *call, const struct kql_error *error)
{
	cJSON *details = answer_invalid(
		      call, "InvalidQuery",
		      "Query is invalid. Please refer to the documentation for the Azure Resource Graph service "
		      "and fix the error before retrying."),
	      *detail = cJSON_CreateObject();

	cJSON_AddItemToArray(details, detail);
	cJSON_AddStringToObject(detail, "code", error->code);
	if (text_equal(error->code, "ParserFailure")) {
		cJSON_AddStringToObject(detail, "message",
					arena_printf(call->arena,
						     "ParserFailure at line=%zu characterPositionInLine=%zu: %s",
						     error->line, error->column, error->message));
		cJSON_AddNumberToObject(detail, "line", (double)error->line);
		cJSON_AddNumberToObject(detail, "characterPositionInLine", (double)error->column);
		cJSON_AddStringToObject(detail, "token", error->token);
	} else {
		cJSON_AddStringToObject(detail, "message", error->message);
	}
}

/* At least one of the subscriptions asked for must be there. */
static bool admit_subscriptions(struct call *call, const cJSON *subscriptions)
{
	const cJSON *item;
	const char *given = "";

	if (!subscriptions || !cJSON_GetArraySize(subscriptions))
		return true;
	cJSON_ArrayForEach (item, subscriptions) {
		const char *id = cJSON_IsString(item) ? item->valuestring : "";

		if (map_get(&call->state->subscriptions, id))
			return true;
		given = arena_printf(call->arena, "%s%s%s", given, *given ? "," : "", id);
	}
	answer_invalid(
		call, "NoValidSubscriptionsInQueryRequest",
		arena_printf(
			call->arena,
			"There must be at least one subscription that is eligible to contain resources. Given: '%s'.",
			given));
	return false;
}

/* A token tells where the next page begins, and for which query. */
static const char *make_skip_token(struct call *call, const struct page *page)
{
	return arena_printf(call->arena, "%016llx%08zx", (unsigned long long)page->query_hash, page->skip + page->top);
}

static bool read_skip_token(const char *token, struct page *page)
{
	unsigned long long hash;
	char rest;

	return sscanf(token, "%16llx%8zx%c", &hash, &page->skip, &rest) == 2 && hash == page->query_hash;
}

static bool read_options(struct call *call, const cJSON *options, struct page *page)
{
	const char *token = json_text(options, "$skipToken");
	int64_t top = json_integer(options, "$top", PAGE_MAX), skip = json_integer(options, "$skip", 0);

	if (top < 1 || top > PAGE_MAX || skip < 0) {
		answer_invalid(call, "InvalidPagingOptions",
			       "$top must be between 1 and 1000, and $skip must not be negative.");
		return false;
	}
	page->top = (size_t)top;
	page->skip = (size_t)skip;
	if (!token || read_skip_token(token, page))
		return true;
	answer_invalid(call, "InvalidSkipToken", "The $skipToken does not belong to this query.");
	return false;
}

static cJSON *row_as_object(const struct kql_table *table, const struct kql_value *row, struct arena *arena)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; i < table->column_count; i++)
		cJSON_AddItemToObject(object, table->columns[i], kql_to_json(&row[i], arena));
	return object;
}

static cJSON *row_as_array(const struct kql_table *table, const struct kql_value *row, struct arena *arena)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < table->column_count; i++)
		cJSON_AddItemToArray(array, kql_to_json(&row[i], arena));
	return array;
}

/* The name of a column's type, by the first row that has a value there. */
static const char *column_type(const struct kql_table *table, size_t column)
{
	static const char *const names[] = {
		[KQL_NULL] = "object", [KQL_BOOLEAN] = "boolean", [KQL_NUMBER] = "integer", [KQL_TEXT] = "string",
		[KQL_TIME] = "string", [KQL_SPAN] = "string",     [KQL_JSON] = "object"};

	for (size_t i = 0; i < table->row_count; i++)
		if (table->rows[i][column].type != KQL_NULL)
			return names[table->rows[i][column].type];
	return names[KQL_NULL];
}

/* The older form: columns and rows apart. */
static cJSON *data_as_table(const struct kql_table *table, size_t from, size_t to, struct arena *arena)
{
	cJSON *data = cJSON_CreateObject(), *columns = cJSON_AddArrayToObject(data, "columns"),
	      *rows = cJSON_AddArrayToObject(data, "rows");

	for (size_t i = 0; i < table->column_count; i++) {
		cJSON *column = cJSON_CreateObject();

		cJSON_AddStringToObject(column, "name", table->columns[i]);
		cJSON_AddStringToObject(column, "type", column_type(table, i));
		cJSON_AddItemToArray(columns, column);
	}
	for (size_t i = from; i < to; i++)
		cJSON_AddItemToArray(rows, row_as_array(table, table->rows[i], arena));
	return data;
}

static cJSON *data_as_objects(const struct kql_table *table, size_t from, size_t to, struct arena *arena)
{
	cJSON *data = cJSON_CreateArray();

	for (size_t i = from; i < to; i++)
		cJSON_AddItemToArray(data, row_as_object(table, table->rows[i], arena));
	return data;
}

static void answer_page(struct call *call, const struct kql_table *table, const struct page *page, bool as_table)
{
	size_t from = page->skip < table->row_count ? page->skip : table->row_count,
	       to = page->top < table->row_count - from ? from + page->top : table->row_count;
	cJSON *body = cJSON_CreateObject();

	cJSON_AddNumberToObject(body, "totalRecords", (double)table->row_count);
	cJSON_AddNumberToObject(body, "count", (double)(to - from));
	/* Without an id in the rows there is no way to go on: the rest is cut off. */
	if (to < table->row_count && kql_table_find(table, "id") >= 0)
		cJSON_AddStringToObject(body, "$skipToken", make_skip_token(call, page));
	cJSON_AddStringToObject(body, "resultTruncated",
				to < table->row_count && kql_table_find(table, "id") < 0 ? "true" : "false");
	cJSON_AddItemToObject(body, "data",
			      as_table ? data_as_table(table, from, to, call->arena)
				       : data_as_objects(table, from, to, call->arena));
	cJSON_AddArrayToObject(body, "facets");
	call_answer(call, 200, body);
}

static void run(struct call *call, const char *query, const cJSON *options)
{
	struct resource_graph graph = {
		.call = call, .tenant_id = path_text(call->state->tenant, "tenantId"), .made = cJSON_CreateArray()};
	const struct kql_source source = {resource_graph_open, &graph, call->now_ms};
	struct page page = {.query_hash = text_hash_fold(query)};
	struct kql_table table;
	struct kql_error error;

	graph.subscriptions = cJSON_GetObjectItem(call->body, "subscriptions");
	if (!cJSON_GetArraySize(graph.subscriptions))
		graph.subscriptions = NULL;
	if (read_options(call, options, &page)) {
		if (kql_run(query, &source, call->arena, &table, &error)) {
			answer_page(call, &table, &page, text_equal_fold(json_text(options, "resultFormat"), "table"));
			cJSON_Delete(table.made);
		} else {
			answer_query_error(call, &error);
		}
	}
	cJSON_Delete(graph.made);
}

static void post_resources(struct call *call)
{
	static const struct json_member members[] = {{"query", JSON_TEXT},
						     {"subscriptions", JSON_ARRAY},
						     {"managementGroups", JSON_ARRAY},
						     {"options", JSON_OBJECT},
						     {"facets", JSON_ARRAY}};
	static const struct json_member option_members[] = {{"$top", JSON_INTEGER},
							    {"$skip", JSON_INTEGER},
							    {"$skipToken", JSON_TEXT},
							    {"resultFormat", JSON_TEXT},
							    {"allowPartialScopes", JSON_BOOLEAN},
							    {"authorizationScopeFilter", JSON_TEXT}};
	const char *query = json_text(call->body, "query");
	const cJSON *options = cJSON_GetObjectItemCaseSensitive(call->body, "options");
	char *complaint = json_check_members(call->body, "request", members, ARRAY_SIZE(members));

	if (!complaint && options)
		complaint = json_check_members(options, "options", option_members, ARRAY_SIZE(option_members));
	if (complaint)
		answer_invalid(call, "InvalidRequest", complaint);
	else if (text_is_empty(query) || strlen(query) > QUERY_LENGTH_MAX)
		answer_invalid(call, "QueryIsNullOrEmpty", "The query is missing or too long.");
	else if (admit_subscriptions(call, cJSON_GetObjectItem(call->body, "subscriptions")))
		run(call, query, options);
	free(complaint);
}

const struct sim_route resource_graph_routes[] = {
	{"POST", "/providers/Microsoft.ResourceGraph/resources", post_resources},
	{0},
};
