#include "desired/slots.h"

#include <string.h>

#include "base/text.h"
#include "desired/names.h"

const char *const slots_words[] = {[SLOTS_ALL] = "all", [SLOTS_NONE] = "none", NULL};

static const struct field slot_fields[] = {
	{"name", scalar_read_text, offsetof(struct desired_slot, name), .complain = names_check_slot,
	 .is_required = true},
	{"create", scalar_read_boolean, offsetof(struct desired_slot, create)},
};

const struct table table_slot = {.what = "a deployment slot", TABLE_FIELDS(slot_fields)};

void slots_read_item(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	struct desired_slot *slot = target;

	if (value->kind == TREE_MAPPING)
		reader_read_table(reader, field->table, value, slot);
	else
		scalar_read_text(reader, &(const struct field){field->name, .complain = names_check_slot}, value,
				 &slot->name);
}

static void check_unique(struct reader *reader, const struct field *field, const struct tree_node *list,
			 const struct desired_slot *slots)
{
	const char **names = arena_new_array(reader->arena, list->count + 1, const char *);

	for (size_t i = 0; i < list->count; i++)
		names[i] = slots[i].name;
	reader_check_unique(reader, field->name, list, names);
}

void slots_read(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	struct desired_instance *instance = (struct desired_instance *)((char *)target - field->offset);

	if (value->kind == TREE_SEQUENCE) {
		instance->deployment_slots = SLOTS_LISTED;
		if (!value->count)
			reader_problem(reader, value,
				       "deployment_slots is an empty list: write none or name the slots");
		reader_read_list(reader, field, value, target);
		check_unique(reader, field, value, instance->slots);
	} else if (value->kind == TREE_SCALAR && (text_equal(value->text, "all") || text_equal(value->text, "none"))) {
		scalar_read_word(reader, field, value, &instance->deployment_slots);
	} else {
		reader_problem(reader, value, "deployment_slots must be all, none or a list of names");
	}
}

/* Digits and dots with no empty part, such as 2, 2.0 or 3.1.1068; *RET_MAJOR and *RET_REST_IS_ZERO describe it. */
static bool parse_version(const char *text, unsigned *ret_major, bool *ret_rest_is_zero)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 2)
		return false;
	*ret_major = (unsigned)(text[0] - '0');
	if (digits == 2)
		*ret_major = *ret_major * 10 + (unsigned)(text[1] - '0');
	*ret_rest_is_zero = true;
	for (text += digits; *text; text += digits + 1) {
		digits = strspn(text + 1, "0123456789");
		if (*text != '.' || !digits || digits > 9)
			return false;
		*ret_rest_is_zero &= strspn(text + 1, "0") == digits;
	}
	return true;
}

/* An assertion must settle the question of domain.md 4.2: 2.0 or newer, or older than that. */
static const char *check_assertion(const char *text)
{
	bool rest_is_zero;
	unsigned major;

	if (text_has_prefix(text, ">=") && parse_version(text + 2, &major, &rest_is_zero) && major >= 2)
		return NULL;
	if (text_has_prefix(text, "<") && parse_version(text + 1, &major, &rest_is_zero) &&
	    (major == 1 || (major == 2 && rest_is_zero)))
		return NULL;
	return "must be \">=2.0\" (or a newer version), or \"<2.0\" (or an older one)";
}

void slots_read_assertions(struct reader *reader, const struct field *field, const struct tree_node *value,
			   void *target)
{
	struct desired_instance *instance = target;
	struct desired_version_assertion *assertions;

	if (value->kind != TREE_MAPPING) {
		reader_problem(reader, value, "%s must be a mapping of slots to versions, such as {staging: \">=2.0\"}",
			       field->name);
		return;
	}
	assertions = arena_new_array(reader->arena, value->count, struct desired_version_assertion);
	for (size_t i = 0; i < value->count; i++) {
		const struct tree_entry *entry = &value->entries[i];
		struct desired_version_assertion *assertion = &assertions[i];

		if (!text_equal_fold(entry->key, "production") && names_check_slot(entry->key))
			problems_add(reader->problems, entry->position,
				     "%s: %s is not the name of a slot: write production or a deployment slot's name",
				     field->name, problems_quote(reader->problems, entry->key));
		assertion->slot = arena_copy_text(reader->arena, entry->key);
		scalar_read_text(reader, &(const struct field){field->name, .complain = check_assertion}, entry->value,
				 &assertion->version);
		assertion->is_at_least_2 = text_has_prefix(assertion->version, ">=");
	}
	instance->version_assertions = assertions;
	instance->version_assertion_count = value->count;
}

static bool is_listed(const struct desired_instance *instance, const char *slot)
{
	for (size_t i = 0; i < instance->slot_count; i++)
		if (text_equal_fold(instance->slots[i].name, slot))
			return true;
	return false;
}

void slots_check(struct reader *reader, const struct tree_node *node, const struct desired_instance *instance)
{
	const struct tree_node *assertions = tree_get(node, "version_assertion");

	if (instance->deployment_slots == SLOTS_ALL)
		return;
	for (size_t i = 0; i < instance->version_assertion_count; i++) {
		const struct tree_entry *entry = &assertions->entries[i];

		if (!text_equal_fold(entry->key, "production") && !is_listed(instance, entry->key))
			problems_add(reader->problems, entry->position,
				     "version_assertion: slot %s is not among deployment_slots: add it there or remove "
				     "it here",
				     problems_quote(reader->problems, entry->key));
	}
}
