/* Takes secrets out of requests before they are written down. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"

#define JOURNAL_MASK "***"

/* Is the value of an app setting, JSON member or form field of this name a secret? */
bool journal_is_secret_name(const char *name) _pure_;
/* Replaces the secrets in JSON, in place. */
void journal_mask_json(cJSON *json);
/* FORM (application/x-www-form-urlencoded) with its secrets replaced; to be freed. */
char *journal_mask_form(const char *form) _must_check_;
