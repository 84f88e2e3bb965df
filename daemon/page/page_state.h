/* In which of four states an installation is, as people see it, and the one sentence about all of them. Colour is never
 * the only sign of a state: each has a symbol and a word. */
#pragma once

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* The order in which they need somebody's attention. */
enum page_state {
	PAGE_BLOCKED,  /* something could not be read, decided or written */
	PAGE_PENDING,  /* all is known, and something is not as desired: a plan, a hold, an administrator's grant */
	PAGE_UNKNOWN,  /* no pass has ended yet */
	PAGE_COMPLETE, /* as desired */
	PAGE_STATES,
};

struct page_counts {
	size_t all, of[PAGE_STATES];
};

enum page_state page_state_of(const cJSON *instance);
const char *page_state_word(enum page_state state);   /* "complete" */
const char *page_state_symbol(enum page_state state); /* one character */
const char *page_state_class(enum page_state state);  /* of the style */
/* Since when it is so; "" when that is not known. */
const char *page_state_since(const cJSON *instance);

struct page_counts page_count(const cJSON *status);
/* Of all installations: the one that needs attention most. */
enum page_state page_state_worst(const struct page_counts *counts);
/* "All 3 installations are complete", "1 of 3 installations is blocked, 1 not complete". */
void page_headline(const struct page_counts *counts, struct buffer *ret);
