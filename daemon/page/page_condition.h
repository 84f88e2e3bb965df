/* The conditions of an installation on the page: what is the matter, and what to do about it. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* All but Ready and InSync, which the card says by itself; nothing when there are no others. */
void page_conditions(const cJSON *instance, struct buffer *ret);
