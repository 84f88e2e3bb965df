/*
 * Small things that cJSON leaves out: members in one line, merging (RFC 7386), and a check for unknown members that
 * names the path of the offending value. For the tenant's control interface; the handlers have their own needs.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

enum json_type { JSON_TEXT, JSON_INTEGER, JSON_NUMBER, JSON_BOOLEAN, JSON_OBJECT, JSON_ARRAY, JSON_ANY };

/* One member that an object may have. */
struct json_member {
	const char *name;
	enum json_type type;
};

/* Text of member NAME (exact case), or NULL. */
const char *json_text(const cJSON *object, const char *name);
/* Whole number of member NAME, or FALLBACK. */
int64_t json_integer(const cJSON *object, const char *name, int64_t fallback);
bool json_is_true(const cJSON *object, const char *name);

/* RFC 7386: PATCH into TARGET (an object). */
void json_merge(cJSON *target, const cJSON *patch);

/*
 * Does OBJECT (called PATH in the message) have no members but the COUNT listed ones, each of its type? NULL if so,
 * otherwise a sentence that starts with the path of the offending value; to be freed.
 */
char *json_check_members(const cJSON *object, const char *path, const struct json_member *members,
			 size_t count) _must_check_;
/* Formatted text, to be freed. */
char *json_complaint(const char *format, ...) _printf_(1, 2) _must_check_;
