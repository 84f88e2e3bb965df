/*
 * A dictionary of app settings under edit. Pure. Names are given with ':' ("AppConfig:AuthConfig:ApplicationId") and
 * are found under every spelling that .NET reads alike (domain.md 1.11): ':' or "__", without regard to case. What is
 * not named stays as it is, byte for byte and in its place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "world/observed.h"

/* One setting under edit. */
struct setting_edit {
	const char *name;   /* as it is, or will be, spelled */
	const char *before; /* NULL: was not there */
	const char *after;  /* NULL: will not be there, or see below */
	bool is_known_after_apply;
	const char *reason; /* of the change, or NULL */
};

struct settings_edit {
	struct arena *arena;
	bool is_linux;
	struct setting_edit *items; /* the old ones in their order, then the new ones */
	size_t count, allocated;
	const char *conflict; /* the first name asked for that is there in two spellings with different values; NULL:
				 none */
};

/* BEFORE may be NULL: nothing is there. Nothing is copied; BEFORE must outlive the edit. */
void settings_edit_begin(struct settings_edit *edit, struct arena *arena, const struct settings *before, bool is_linux);
/* The value before the edit, or NULL. Notes a conflict. */
const char *settings_edit_before(struct settings_edit *edit, const char *name);
/*
 * Sets NAME to VALUE under every spelling that exists, so that they never disagree. When there is none, or on Linux
 * none that it reads, one is added: with "__" on Linux, ':' on Windows. REASON (or NULL) is for the plan. No change
 * when it has that value.
 */
void settings_edit_set(struct settings_edit *edit, const char *name, const char *value, const char *reason);
/* The same with a value that the cloud will assign: for plans only, the result keeps what was there. */
void settings_edit_set_later(struct settings_edit *edit, const char *name, const char *reason);
/* Removes NAME under every spelling. */
void settings_edit_remove(struct settings_edit *edit, const char *name, const char *reason);

bool setting_edit_is_change(const struct setting_edit *item);
bool settings_edit_has_changes(const struct settings_edit *edit);
/* The dictionary after the edit, in the edit's arena. */
struct settings *settings_edit_result(const struct settings_edit *edit);

/* NAME as SITE's platform spells it. */
const char *setting_name_spell(struct arena *arena, const char *name, bool is_linux);
