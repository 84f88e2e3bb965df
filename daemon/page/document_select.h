/* --instance for the status document (status_json.h): what is about other installations is left out. */
#pragma once

#include <cjson/cJSON.h>
#include <stddef.h>

/* Leaves in STATUS the installations that one of NAMES means ("NAME" or "TENANT/NAME"), their events, and the tenants
 * that have one of them; the summary counts what is left. Without NAMES everything stays. */
void document_select(cJSON *status, const char *const *names, size_t count);
