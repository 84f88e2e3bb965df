/*
 * config/scepmand.schema.json and the reader's tables name the same keys, the same words, and the same required keys:
 * both are walked at once. What the values may be is compared by tests/lint on the golden files.
 */
#include <cjson/cJSON.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "desired/tables.h"
#include "desired_support.h"

static const char *schema_file;
static cJSON *schema;
static size_t keys_compared;

/* $ref is always "#/$defs/NAME" here. */
static const cJSON *resolve(const cJSON *node)
{
	const char *target = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(node, "$ref"));

	if (!target)
		return node;
	ck_assert_msg(text_has_prefix(target, "#/$defs/"), "%s", target);
	node = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(schema, "$defs"),
						target + strlen("#/$defs/"));
	ck_assert_msg(node, "%s is not there", target);
	return resolve(node);
}

/* NODE itself, or the alternative of it that has MEMBER, or NULL. */
static const cJSON *alternative_with(const cJSON *node, const char *member)
{
	const cJSON *alternatives, *alternative;

	node = resolve(node);
	if (cJSON_HasObjectItem(node, member))
		return node;
	alternatives = cJSON_GetObjectItemCaseSensitive(node, "oneOf");
	if (!alternatives)
		alternatives = cJSON_GetObjectItemCaseSensitive(node, "anyOf");
	cJSON_ArrayForEach (alternative, alternatives) {
		const cJSON *found = alternative_with(alternative, member);

		if (found)
			return found;
	}
	return NULL;
}

static bool array_has(const cJSON *array, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, array) {
		if (text_equal(cJSON_GetStringValue(item), text))
			return true;
	}
	return false;
}

static void compare_words(const char *path, const struct field *field, const cJSON *node)
{
	const cJSON *holder = alternative_with(node, "enum"), *words;
	size_t count = 0;

	if (!holder) {
		holder = alternative_with(node, "const");
		ck_assert_msg(holder, "%s has words, but no enum", path);
		ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(holder, "const")), field->words[0]);
		return;
	}
	words = cJSON_GetObjectItemCaseSensitive(holder, "enum");
	for (; field->words[count]; count++)
		ck_assert_msg(array_has(words, field->words[count]), "%s: \"%s\" is not in the schema", path,
			      field->words[count]);
	ck_assert_msg(cJSON_GetArraySize(words) == (int)count, "%s: the schema has more words", path);
}

static void compare_table(const char *path, const struct table *table, const cJSON *node);

static void compare_field(const char *path, const struct field *field, const cJSON *node)
{
	const struct table *table = field->item ? field->item->table : field->table;
	const cJSON *holder;

	keys_compared++;
	if (field->words)
		compare_words(path, field, node);
	if (field->item) {
		holder = alternative_with(node, "items");
		ck_assert_msg(holder, "%s is no list in the schema", path);
		node = cJSON_GetObjectItemCaseSensitive(holder, "items");
	}
	if (table)
		compare_table(path, table, node);
	else
		ck_assert_msg(!alternative_with(node, "properties"), "%s is a mapping in the schema only", path);
}

static void compare_table(const char *path, const struct table *table, const cJSON *node)
{
	const cJSON *holder = alternative_with(node, "properties"), *properties, *property, *required;

	ck_assert_msg(holder, "%s is no mapping in the schema", path);
	properties = cJSON_GetObjectItemCaseSensitive(holder, "properties");
	required = cJSON_GetObjectItemCaseSensitive(holder, "required");
	ck_assert_msg(cJSON_IsFalse(cJSON_GetObjectItem(holder, "additionalProperties")), "%s lets any key pass", path);
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		char *below = NULL;

		property = cJSON_GetObjectItemCaseSensitive(properties, field->name);
		ck_assert_int_gt(asprintf(&below, "%s.%s", path, field->name), 0);
		ck_assert_msg(property, "%s is not in the schema", below);
		ck_assert_msg(field->is_required == array_has(required, field->name), "%s: required or not?", below);
		ck_assert_msg(cJSON_HasObjectItem(property, "description") || alternative_with(property, "description"),
			      "%s has no description", below);
		compare_field(below, field, property);
		free(below);
	}
	cJSON_ArrayForEach (property, properties) {
		bool known = false;

		for (size_t i = 0; i < table->count; i++)
			known |= text_equal(table->fields[i].name, property->string);
		ck_assert_msg(known, "%s.%s is in the schema only", path, property->string);
	}
}

START_TEST(test_schema)
{
	struct buffer text;

	buffer_init(&text, 1024 * 1024);
	support_read_file(schema_file, &text);
	schema = cJSON_Parse(text.data);
	buffer_done(&text);
	ck_assert_ptr_nonnull(schema);
	compare_table("", &table_file, schema);
	/* Should the walk ever end early, it would agree with everything. */
	ck_assert_uint_ge(keys_compared, 60);
	cJSON_Delete(schema);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("desired_schema");
	TCase *tcase = tcase_create("schema");
	SRunner *runner;
	int failed;

	if (argc != 2)
		return 64;
	schema_file = argv[1];
	tcase_add_test(tcase, test_schema);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
