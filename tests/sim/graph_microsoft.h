/* Applications of Microsoft's own, which every tenant may have a service principal of although it has no application.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"

bool graph_is_microsoft_application(const char *app_id) _must_check_;
/* What its service principal looks like, without an id; to be freed. */
cJSON *graph_make_microsoft_principal(const char *app_id) _must_check_;
