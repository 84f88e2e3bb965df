/* Reading the status document (status_json.h): what is missing or of another type reads as "", 0 or false, so that a
 * page or a text about half a document is still one. Never changes it. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"

const cJSON *document_get(const cJSON *json, const char *name);
/* Never NULL. */
const char *document_text(const cJSON *json, const char *name);
bool document_is_true(const cJSON *json, const char *name);
long long document_number(const cJSON *json, const char *name);
