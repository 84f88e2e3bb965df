/* Chance, so that those who were refused together, or got their tokens together, do not come back together. Of no worth
 * for anything that has to be secret. Pure: the same seed, the same numbers. */
#pragma once

#include <stdint.h>

/* 0 to BOUND - 1, or 0 when BOUND is not positive. STATE is moved on; one that is 0 stays so and always gives 0. */
int64_t jitter_draw(uint64_t *state, int64_t bound);
