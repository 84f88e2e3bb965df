/*
 * The value of a key that ends in _file: ${NAME} is replaced from the environment, and what is then relative begins at
 * the folder of the configuration, so that it does not matter where the program was started.
 */
#pragma once

#include "base/arena.h"

/*
 * NULL and *RET_PATH (in ARENA), or what is wrong with TEXT and what to do. ENVIRONMENT returns NULL for what is not
 * set; an empty variable is as good as none. DIRECTORY is "" for the working directory.
 */
const char *expand_path(struct arena *arena, const char *text, const char *(*environment)(const char *name),
			const char *directory, char **ret_path) _must_check_;
