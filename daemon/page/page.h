/*
 * The page for people at / (product.md section 4): what the status document says, in the order in which somebody who
 * was woken up needs it. Pure: a document in, HTML out. It shows nothing that /status does not, needs no script and
 * nothing from anywhere else, and never loads itself again: that would take the reader's place, focus and selection
 * away in the middle of copying a command. It says from when it is, and has a link that asks again.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"
#include "base/buffer.h"

enum { PAGE_SIZE_MAX = 32 << 20 };

/* RET: overflowed when there is more to say than it holds. */
void page_render(const cJSON *status, struct buffer *ret);
