/* A small generator (splitmix64) for what happens by chance, apart from the generator that makes ids. */
#pragma once

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* In [0, 1). */
static inline double random_fraction(uint64_t *state)
{
	return (double)(random_next(state) >> 11) / 9007199254740992.0;
}
