/*
 * What config/web says about the runtime of a site, compared with what SCEPman wants (domain.md 1.9): "v10.0" on
 * Windows, "DOTNETCORE|10.0" on Linux. Compared as two integers, never as a fraction: 10.10 is newer than 10.9. Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

enum stack_judgement {
	STACK_TOO_OLD,   /* or empty */
	STACK_GOOD,      /* that, or newer: never lowered */
	STACK_FOREIGN,   /* not .NET ("DOCKER|…"): somebody's own */
	STACK_UNPARSABLE /* .NET of a version that is no number */
};

/* PRESENT may be NULL; WANTED is MAJOR.MINOR ("10.0"). */
enum stack_judgement stack_version_judge(const char *present, bool is_linux, const char *wanted);
/* WANTED as the platform writes it, in ARENA. */
const char *stack_version_spell(struct arena *arena, bool is_linux, const char *wanted);
