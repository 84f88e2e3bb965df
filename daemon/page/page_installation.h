/* One installation on the page: its state, what is blocked and what to do, what is pending, what was written. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* ID: of the element, for links. NOW: RFC 3339, what ages are counted to. */
void page_installation(const cJSON *instance, const char *id, const char *now, struct buffer *ret);
