/* The command line (product.md section 2) as a structure. Prints nothing but what was asked for: --help and --version.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/attributes.h"

enum command_name {
	COMMAND_NONE,
	COMMAND_RUN,
	COMMAND_PLAN,
	COMMAND_APPLY,
	COMMAND_VALIDATE,
	COMMAND_STATUS,
	COMMAND_GRANTS,
	COMMAND_DISCOVER,
	COMMAND_DOCTOR,
	COMMAND_AUDIT,
	COMMAND_RESTORE_1X,
	COMMAND_RELEASE,
	COMMAND_HELP,
	COMMAND_VERSION,
};

enum audit_action { AUDIT_VERIFY, AUDIT_SHOW };
enum output_format { OUTPUT_TEXT, OUTPUT_JSON };
enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

enum { OPTIONS_INSTANCES_MAX = 256 };

struct options {
	enum command_name command;
	const char *command_text;
	const char *config_file;
	const char *instances[OPTIONS_INSTANCES_MAX]; /* "NAME" or "TENANT/NAME" */
	size_t instance_count;
	enum audit_action audit;
	const char *noted_hash; /* audit verify --contains */
	enum output_format output;
	enum colour_when colour;
	bool is_verbose, is_quiet;
	const char *slot; /* restore-1x, release: NULL is production */
	bool is_dry_run;  /* restore-1x */
};

/* 0, or -EINVAL with *RET_PROBLEM: a sentence (static or inside of ARGV). */
int options_parse(int argc, char **argv, struct options *ret, char **ret_problem) _must_check_;
void options_print_help(FILE *stream);
/* Should what goes to STREAM be coloured (--color, NO_COLOR, a terminal)? */
bool options_has_colour(const struct options *options, FILE *stream);
