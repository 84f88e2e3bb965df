/* What the tests of the configuration reader share. */
#pragma once

#include "base/buffer.h"
#include "desired/desired.h"

/* The environment of all these tests: SECRETS and CREDENTIALS_DIRECTORY are folders, EMPTY is empty, nothing else is
 * set. */
const char *support_environment(const char *name);
/* "LINE:COLUMN: message\n" for each problem, to be released with free(). */
char *support_print_problems(const struct desired_problems *problems);
/*
 * The configuration in YAML, or NULL; what is wrong with it as in support_print_problems() goes to *RET_PROBLEMS, to be
 * released with free().
 */
struct desired *support_load(const char *yaml, char **ret_problems);
/* Asserts that YAML is right, and returns what it says. */
struct desired *support_load_good(const char *yaml);
/* Appends what is in the file. */
void support_read_file(const char *path, struct buffer *buffer);
