/*
 * Members of JSON objects by path: path_text(site, "properties.serverFarmId"). Names are compared without regard to
 * case, as Azure Resource Manager does; a dot always parts names.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"

/* The member, or NULL. */
cJSON *path_get(const cJSON *object, const char *path);
/* Its text; NULL when it is absent or no string. */
const char *path_text(const cJSON *object, const char *path);
bool path_is_true(const cJSON *object, const char *path);
/* Puts ITEM (taken over) at PATH; missing objects on the way are made. */
void path_set(cJSON *object, const char *path, cJSON *item);
void path_set_text(cJSON *object, const char *path, const char *text);
/* The same only when there is nothing at PATH, or null. */
void path_default(cJSON *object, const char *path, cJSON *item);
void path_default_text(cJSON *object, const char *path, const char *text);
/* The same for the member NAME of OBJECT itself. NAME is a literal, to which the member refers: an answer has dozens.
 */
void path_default_member(cJSON *object, const char *name, cJSON *item);
/* Removes what is at PATH, if anything. */
void path_remove(cJSON *object, const char *path);
