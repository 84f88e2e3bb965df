/* The drift history of all tenants on the page, newest first. */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "base/buffer.h"

void page_events(const cJSON *status, struct buffer *ret);
