#include "transport/jitter.h"

int64_t jitter_draw(uint64_t *state, int64_t bound)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return bound > 0 ? (int64_t)((*state * 0x2545f4914f6cdd1dULL >> 33) % (uint64_t)bound) : 0;
}
