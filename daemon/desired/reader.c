#include "desired/reader.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"

enum { SUGGESTION_DISTANCE_MAX = 2 };

void reader_problem(struct reader *reader, const struct tree_node *node, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	problems_add_v(reader->problems, node->position, format, ap);
	va_end(ap);
}

static const struct field *table_find(const struct table *table, const char *key)
{
	for (size_t i = 0; i < table->count; i++)
		if (text_equal(table->fields[i].name, key))
			return &table->fields[i];
	return NULL;
}

/* The known key that KEY was probably meant to be, or NULL. */
static const char *table_suggest(const struct table *table, const char *key)
{
	size_t best = SIZE_MAX, length = strlen(key);
	const char *name = NULL;

	for (size_t i = 0; i < table->count; i++) {
		size_t distance = text_distance(table->fields[i].name, key);

		if (distance < best) {
			best = distance;
			name = table->fields[i].name;
		}
	}
	/* Of a short word two wrong letters leave nothing. */
	return best <= SUGGESTION_DISTANCE_MAX && best * 2 < length ? name : NULL;
}

static const char *table_list_keys(struct reader *reader, const struct table *table)
{
	const char *names[64];
	size_t count = 0;

	for (; count < table->count && count < ARRAY_SIZE(names); count++)
		names[count] = table->fields[count].name;
	return problems_list(reader->problems, names, count, NULL);
}

/* Where people put secrets by habit: the names of az, of Terraform's provider and of our own keys without "_file". */
static const char *suggest_file_for_secret(const char *key)
{
	static const char *const secrets[] = {
		"client_secret", "clientsecret", "client_secret_value", "secret",
		"secret_value",  "password",     "app_secret",
	};

	if (text_equal_fold(key, "certificate_password") || text_equal_fold(key, "client_certificate_password"))
		return "certificate_password_file";
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		if (text_equal_fold(key, secrets[i]))
			return "client_secret_file";
	return NULL;
}

static void reader_add_unknown_key(struct reader *reader, const struct table *table, const struct tree_entry *entry)
{
	const char *file = suggest_file_for_secret(entry->key);
	const char *suggestion = table_suggest(table, entry->key);
	const char *key = problems_quote(reader->problems, entry->key);

	if (file)
		problems_add(reader->problems, entry->position,
			     "%s: secrets never stand in this file; put it into a file of its own and write %s: PATH",
			     entry->key, file);
	else if (suggestion)
		problems_add(reader->problems, entry->position, "unknown key %s in %s; did you mean \"%s\"?", key,
			     table->what, suggestion);
	else
		problems_add(reader->problems, entry->position, "unknown key %s in %s; its keys are %s", key,
			     table->what, table_list_keys(reader, table));
}

void reader_read_table(struct reader *reader, const struct table *table, const struct tree_node *node, void *target)
{
	if (table->defaults)
		memcpy(target, table->defaults, table->size);
	if (node->kind != TREE_MAPPING) {
		reader_problem(reader, node, "%s must be a mapping (key: value), not %s", table->what,
			       tree_describe(node));
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		const struct tree_entry *entry = &node->entries[i];
		const struct field *field = table_find(table, entry->key);

		if (!field)
			reader_add_unknown_key(reader, table, entry);
		else if (entry->value->kind == TREE_SCALAR && entry->value->scalar == TREE_NULL)
			problems_add(reader->problems, entry->position, "%s has no value: write one or remove the key",
				     field->name);
		else
			field->read(reader, field, entry->value, (char *)target + field->offset);
	}
	for (size_t i = 0; i < table->count; i++)
		if (table->fields[i].is_required && !tree_get(node, table->fields[i].name))
			reader_problem(reader, node, "%s needs %s", table->what, table->fields[i].name);
	if (table->check)
		table->check(reader, node, target);
}

void reader_read_mapping(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	reader_read_table(reader, field->table, value, target);
}

void reader_read_list(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	char *items;

	if (value->kind != TREE_SEQUENCE) {
		reader_problem(reader, value, "%s must be a list, not %s", field->name, tree_describe(value));
		return;
	}
	items = arena_alloc_array(reader->arena, value->count, field->item_size);
	for (size_t i = 0; i < value->count; i++) {
		const struct tree_node *item = value->entries[i].value;

		if (item->kind == TREE_SCALAR && item->scalar == TREE_NULL)
			reader_problem(reader, item, "an item of %s is empty: write one or remove the line",
				       field->name);
		else
			field->item->read(reader, field->item, item, items + i * field->item_size);
	}
	memcpy(target, &items, sizeof(items));
	memcpy((char *)target - field->offset + field->count_offset, &value->count, sizeof(value->count));
}

void reader_check_unique(struct reader *reader, const char *name, const struct tree_node *list,
			 const char *const *texts)
{
	struct map seen = {0};

	for (size_t i = 0; i < list->count; i++) {
		if (!texts[i])
			continue;
		if (map_get(&seen, texts[i]))
			reader_problem(reader, list->entries[i].value, "%s stands twice in %s: remove one",
				       problems_quote(reader->problems, texts[i]), name);
		map_put(&seen, texts[i], (void *)list);
	}
	map_done(&seen);
}
