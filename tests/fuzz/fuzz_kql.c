/* Any text as a query of Resource Graph has a result or a complaint that says where. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "kql.h"

static const char rows[] = "[{\"id\":\"/a/1\",\"name\":\"One\",\"type\":\"t/"
			   "x\",\"properties\":{\"a\":[1,{\"b\":\"c\"},null],\"n\":-1.5,\"s\":"
			   "\"2026-01-02T03:04:05Z\"},\"tags\":null},"
			   "{\"id\":\"/a/2\",\"name\":\"two\",\"type\":\"t/"
			   "x\",\"properties\":{\"a\":{\"k\":true,\"l\":[]}},\"tags\":{\"x\":\"y\"}},"
			   "{\"id\":\"/a/3\",\"name\":\"\",\"type\":\"t/y\",\"properties\":null,\"tags\":{}}]";

static bool open_table(void *userdata, const char *name, const struct kql_hints *hints _unused_, struct arena *arena,
		       struct kql_table *ret)
{
	static const char *const names[] = {"id", "name", "type", "properties", "tags"};
	const char **columns = arena_new_array(arena, ARRAY_SIZE(names), const char *);
	const cJSON *row;

	if (!text_equal_fold(name, "T"))
		return false;
	memcpy(columns, names, sizeof(names));
	kql_table_init(ret, columns, ARRAY_SIZE(names));
	cJSON_ArrayForEach (row, (const cJSON *)userdata) {
		struct kql_value *values = kql_table_add(ret, arena);

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			values[i] = kql_from_json(cJSON_GetObjectItem(row, names[i]));
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *query = memory_new(size + 1);
	cJSON *json = cJSON_Parse(rows);
	struct kql_source source = {open_table, json, INT64_C(1767225600000)};
	struct kql_table table;
	struct kql_error error;
	struct arena arena;

	memcpy(query, data, size);
	arena_init(&arena);
	if (kql_run(query, &source, &arena, &table, &error)) {
		for (size_t i = 0; i < table.row_count; i++)
			for (size_t j = 0; j < table.column_count; j++)
				cJSON_Delete(kql_to_json(&table.rows[i][j], &arena));
		cJSON_Delete(table.made);
	} else if (!error.code || !error.message || !error.line || !error.column) {
		abort();
	}
	arena_done(&arena);
	cJSON_Delete(json);
	free(query);
	return 0;
}
