#include "desired/tree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "desired/problems.h"

struct anchor {
	const char *name; /* anchors differ by case, so base/map is no place for them */
	const struct tree_node *node;
};

struct builder {
	yaml_parser_t parser;
	const char *yaml;
	size_t length;
	struct arena *arena;
	struct desired_problems *problems;
	struct anchor anchors[TREE_ANCHORS_MAX];
	size_t anchor_count;
	size_t nodes;
};

static const struct tree_node *builder_read(struct builder *builder, yaml_event_t *event, unsigned depth);

static struct source_position position_of(yaml_mark_t mark)
{
	return (struct source_position){(unsigned)mark.line + 1, (unsigned)mark.column + 1};
}

/* Where the byte at OFFSET stands; columns count characters, as libyaml's do. */
static struct source_position position_of_byte(const char *yaml, size_t length, size_t offset)
{
	struct source_position position = {1, 1};

	for (size_t i = 0; i < offset && i < length; i++)
		if (yaml[i] == '\n')
			position = (struct source_position){position.line + 1, 1};
		else if (((unsigned char)yaml[i] & 0xc0) != 0x80)
			position.column++;
	return position;
}

static bool is_indented_by_tab(const char *yaml, size_t length, unsigned line)
{
	const char *end = yaml + length;

	for (; line > 1 && yaml; line--)
		if ((yaml = memchr(yaml, '\n', (size_t)(end - yaml))))
			yaml++;
	while (yaml && yaml < end && *yaml == ' ')
		yaml++;
	return yaml && yaml < end && *yaml == '\t';
}

static void builder_add_syntax_problem(struct builder *builder)
{
	const yaml_parser_t *parser = &builder->parser;
	struct source_position position = position_of(parser->problem_mark);

	if (parser->error == YAML_READER_ERROR) {
		position = position_of_byte(builder->yaml, builder->length, parser->problem_offset);
		if (text_has_prefix(parser->problem, "control characters"))
			problems_add(builder->problems, position, "a control character (U+%04X) stands here: remove it",
				     (unsigned)parser->problem_value);
		else
			problems_add(builder->problems, position, "not UTF-8 (%s): save the file as UTF-8",
				     parser->problem);
	} else if (is_indented_by_tab(builder->yaml, builder->length, position.line))
		problems_add(builder->problems, position, "indented by a tab: YAML allows only spaces there");
	else if (parser->context)
		problems_add(builder->problems, position, "YAML syntax error: %s %s that begins at line %zu",
			     parser->problem, parser->context, parser->context_mark.line + 1);
	else
		problems_add(builder->problems, position, "YAML syntax error: %s",
			     parser->problem ? parser->problem : "unknown");
}

static bool builder_next(struct builder *builder, yaml_event_t *ret_event)
{
	if (yaml_parser_parse(&builder->parser, ret_event))
		return true;
	if (builder->parser.error == YAML_MEMORY_ERROR)
		memory_exhausted();
	builder_add_syntax_problem(builder);
	return false;
}

/* Counts WEIGHT more nodes; false (with a problem) when that is too many. */
static bool builder_count(struct builder *builder, size_t weight, struct source_position position)
{
	builder->nodes += weight;
	if (builder->nodes <= TREE_NODES_MAX)
		return true;
	problems_add(builder->problems, position,
		     "more than %d values from here on (aliases count each time): split the file", TREE_NODES_MAX);
	return false;
}

static bool builder_remember(struct builder *builder, const yaml_char_t *anchor, const struct tree_node *node)
{
	if (!anchor)
		return true;
	if (builder->anchor_count == TREE_ANCHORS_MAX) {
		problems_add(builder->problems, node->position, "more than %d anchors: write the values out",
			     TREE_ANCHORS_MAX);
		return false;
	}
	builder->anchors[builder->anchor_count++] = (struct anchor){
		.name = arena_copy_text(builder->arena, (const char *)anchor),
		.node = node,
	};
	return true;
}

static const struct tree_node *builder_find(struct builder *builder, const yaml_event_t *event)
{
	struct source_position position = position_of(event->start_mark);
	const char *name = (const char *)event->data.alias.anchor;

	/* From the newest: an anchor may be set again, and the last one before the alias counts. */
	for (size_t i = builder->anchor_count; i > 0; i--)
		if (text_equal(builder->anchors[i - 1].name, name)) {
			const struct tree_node *node = builder->anchors[i - 1].node;

			return builder_count(builder, node->weight, position) ? node : NULL;
		}
	problems_add(
		builder->problems, position,
		"this alias refers to nothing complete above it: write the value out; a text that begins with * must "
		"stand in quotes");
	return NULL;
}

static struct tree_node *builder_new(struct builder *builder, enum tree_kind kind, const yaml_event_t *event,
				     const yaml_char_t *tag)
{
	struct tree_node *node = arena_new(builder->arena, struct tree_node);

	node->kind = kind;
	node->position = position_of(event->start_mark);
	node->weight = 1;
	if (tag)
		/* Not repeated: somebody may have meant a secret that begins so. */
		problems_add(builder->problems, node->position,
			     "tags are not allowed: remove it; a text that begins with ! must stand in quotes");
	return builder_count(builder, 1, node->position) ? node : NULL;
}

static const struct tree_node *builder_scalar(struct builder *builder, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	struct tree_node *node = builder_new(builder, TREE_SCALAR, event, event->data.scalar.tag);

	if (!node)
		return NULL;
	node->text = arena_copy_bytes(builder->arena, value, event->data.scalar.length);
	node->scalar = tree_scalar_type(node->text, event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
	if (strlen(node->text) != event->data.scalar.length)
		problems_add(builder->problems, node->position, "the value holds a zero byte (\\0): remove it");
	return builder_remember(builder, event->data.scalar.anchor, node) ? node : NULL;
}

/* The entries of a collection while they are read. */
struct entries {
	struct tree_entry *items;
	size_t count, allocated;
	struct map keys; /* to the position (in the arena) where each stood first */
};

static void entries_done(struct entries *entries)
{
	free(entries->items);
	map_done(&entries->keys);
}

static void entries_add(struct entries *entries, struct tree_entry entry)
{
	if (entries->count == entries->allocated) {
		entries->allocated = entries->allocated ? 2 * entries->allocated : 8;
		entries->items = memory_resize(entries->items, entries->allocated * sizeof(*entries->items));
	}
	entries->items[entries->count++] = entry;
}

/* May the key go into the tree? What may not is said, and its value is read and dropped. */
static bool builder_accepts_key(struct builder *builder, struct entries *entries, const yaml_event_t *event,
				const struct tree_node *key)
{
	struct source_position *first;

	if (event->type == YAML_ALIAS_EVENT || key->kind != TREE_SCALAR) {
		problems_add(builder->problems, position_of(event->start_mark), "a key must be a word");
		return false;
	}
	if (text_equal(key->text, "<<")) {
		problems_add(builder->problems, key->position, "merge keys (<<) are not allowed: write the keys out");
		return false;
	}
	/* No two of our keys differ by case alone, so base/map's way to compare is ours too. */
	first = map_get(&entries->keys, key->text);
	if (first) {
		problems_add(builder->problems, key->position, "key %s stands here twice, first at line %u: remove one",
			     problems_quote(builder->problems, key->text), first->line);
		return false;
	}
	first = arena_new(builder->arena, struct source_position);
	*first = key->position;
	map_put(&entries->keys, key->text, first);
	return true;
}

enum step { STEP_ENTRY, STEP_DROPPED, STEP_END, STEP_FAILED };

static enum step builder_key(struct builder *builder, struct entries *entries, unsigned depth,
			     struct tree_entry *ret_entry)
{
	_cleanup_(yaml_event_delete) yaml_event_t event = {0};
	const struct tree_node *key;

	if (!builder_next(builder, &event))
		return STEP_FAILED;
	if (event.type == YAML_MAPPING_END_EVENT)
		return STEP_END;
	key = builder_read(builder, &event, depth);
	if (!key)
		return STEP_FAILED;
	if (!builder_accepts_key(builder, entries, &event, key))
		return STEP_DROPPED;
	*ret_entry = (struct tree_entry){.key = key->text, .position = key->position};
	return STEP_ENTRY;
}

static enum step builder_value(struct builder *builder, unsigned depth, struct tree_entry *entry)
{
	_cleanup_(yaml_event_delete) yaml_event_t event = {0};

	if (!builder_next(builder, &event))
		return STEP_FAILED;
	if (event.type == YAML_SEQUENCE_END_EVENT)
		return STEP_END;
	entry->value = builder_read(builder, &event, depth);
	return entry->value ? STEP_ENTRY : STEP_FAILED;
}

static const struct tree_node *builder_collection(struct builder *builder, const yaml_event_t *start, unsigned depth)
{
	bool is_mapping = start->type == YAML_MAPPING_START_EVENT;
	const yaml_char_t *tag = is_mapping ? start->data.mapping_start.tag : start->data.sequence_start.tag;
	const yaml_char_t *anchor = is_mapping ? start->data.mapping_start.anchor : start->data.sequence_start.anchor;
	struct tree_node *node = builder_new(builder, is_mapping ? TREE_MAPPING : TREE_SEQUENCE, start, tag);
	_cleanup_(entries_done) struct entries entries = {0};
	size_t before = builder->nodes;

	if (!node)
		return NULL;
	if (depth >= TREE_DEPTH_MAX) {
		problems_add(builder->problems, node->position, "nested deeper than %d levels", TREE_DEPTH_MAX);
		return NULL;
	}
	for (;;) {
		struct tree_entry entry = {0};
		enum step key = is_mapping ? builder_key(builder, &entries, depth + 1, &entry) : STEP_ENTRY,
			  value = key;

		if (key == STEP_ENTRY || key == STEP_DROPPED)
			value = builder_value(builder, depth + 1, &entry);
		if (value == STEP_FAILED)
			return NULL;
		if (value == STEP_END)
			break;
		if (key == STEP_ENTRY)
			entries_add(&entries, entry);
	}
	node->weight += builder->nodes - before;
	node->count = entries.count;
	if (entries.count)
		node->entries = memcpy(arena_new_array(builder->arena, entries.count, struct tree_entry), entries.items,
				       entries.count * sizeof(*entries.items));
	return builder_remember(builder, anchor, node) ? node : NULL;
}

static const struct tree_node *builder_read(struct builder *builder, yaml_event_t *event, unsigned depth)
{
	if (event->type == YAML_ALIAS_EVENT)
		return builder_find(builder, event);
	if (event->type == YAML_SCALAR_EVENT)
		return builder_scalar(builder, event);
	return builder_collection(builder, event, depth);
}

/* Stream start, then one document, then stream end. */
static const struct tree_node *builder_document(struct builder *builder)
{
	const struct tree_node *root = NULL;

	for (;;) {
		_cleanup_(yaml_event_delete) yaml_event_t event = {0};

		if (!builder_next(builder, &event))
			return NULL;
		if (event.type == YAML_STREAM_END_EVENT)
			return root;
		if (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_END_EVENT)
			continue;
		if (event.type == YAML_DOCUMENT_START_EVENT) {
			if (!root)
				continue;
			problems_add(builder->problems, position_of(event.start_mark),
				     "a second document begins here: the configuration is one document");
			return root;
		}
		if (!(root = builder_read(builder, &event, 0)))
			return NULL;
	}
}

const struct tree_node *tree_parse(struct arena *arena, const char *yaml, size_t length,
				   struct desired_problems *problems)
{
	struct builder *builder = arena_new(arena, struct builder);
	size_t before = problems->count;
	const struct tree_node *root;

	if (length > TREE_BYTES_MAX) {
		problems_add(problems, (struct source_position){0}, TREE_TOO_LARGE);
		return NULL;
	}
	*builder = (struct builder){.yaml = yaml, .length = length, .arena = arena, .problems = problems};
	if (!yaml_parser_initialize(&builder->parser))
		memory_exhausted();
	yaml_parser_set_encoding(&builder->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&builder->parser, (const unsigned char *)yaml, length);
	root = builder_document(builder);
	yaml_parser_delete(&builder->parser);
	if (!root && problems->count == before)
		problems_add(problems, (struct source_position){0}, "empty: write at least tenants:");
	return root;
}
