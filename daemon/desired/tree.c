#include "desired/tree.h"

#include <string.h>

#include "base/text.h"

static bool is_number(const char *text)
{
	bool has_digit = false;

	text += *text == '-' || *text == '+';
	if (text_has_prefix(text, "0x") || text_has_prefix(text, "0o"))
		return text[2] && text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
	if (text_equal_fold(text, ".inf") || text_equal_fold(text, ".nan"))
		return true;
	for (; *text && strchr("0123456789.", *text); text++)
		has_digit |= *text != '.';
	if (has_digit && text_lower(*text) == 'e') {
		text++;
		text += *text == '-' || *text == '+';
		return *text && text[strspn(text, "0123456789")] == '\0';
	}
	return has_digit && !*text;
}

enum tree_scalar tree_scalar_type(const char *text, bool plain)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	static const char *const booleans[] = {"true", "True", "TRUE", "false", "False", "FALSE"};

	for (size_t i = 0; plain && i < ARRAY_SIZE(nulls); i++)
		if (text_equal(text, nulls[i]))
			return TREE_NULL;
	for (size_t i = 0; plain && i < ARRAY_SIZE(booleans); i++)
		if (text_equal(text, booleans[i]))
			return TREE_BOOLEAN;
	return plain && is_number(text) ? TREE_NUMBER : TREE_TEXT;
}

const struct tree_node *tree_get(const struct tree_node *mapping, const char *key)
{
	for (size_t i = 0; i < mapping->count; i++)
		if (text_equal(mapping->entries[i].key, key))
			return mapping->entries[i].value;
	return NULL;
}

const char *tree_describe(const struct tree_node *node)
{
	switch (node->kind) {
	case TREE_SEQUENCE:
		return "a list";
	case TREE_MAPPING:
		return "a mapping";
	case TREE_SCALAR:
		break;
	}
	switch (node->scalar) {
	case TREE_NULL:
		return "nothing";
	case TREE_BOOLEAN:
		return "a boolean";
	case TREE_NUMBER:
		return "a number";
	case TREE_TEXT:
		break;
	}
	return "text";
}
