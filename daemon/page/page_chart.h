/*
 * The last passes of a tenant as a small chart: a bar for each, as high as the pass was long, and below it a lane for
 * each result, so that a result is told by its place and not by its colour alone. For those who do not see it there is
 * one sentence, and a table.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* ID: unique on the page. */
void page_chart(const cJSON *tenant, const char *id, struct buffer *ret);
