#include "service/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"

static const struct {
	const char *name;
	enum command_name command;
	const char *help; /* NULL: not listed */
} commands[] = {
	{"plan", COMMAND_PLAN, "show what would change; change nothing"},
	{"apply", COMMAND_APPLY, "reconcile until converged or stuck, then exit"},
	{"validate", COMMAND_VALIDATE, "check the configuration; every error as FILE:LINE:COLUMN: message"},
	{"grants", COMMAND_GRANTS, "the commands an administrator must run for what is withheld"},
	{"run", COMMAND_RUN, "reconcile for ever; what the systemd unit starts"},
	{"status", COMMAND_STATUS, "what the running daemon knows"},
	{"restore-1x", COMMAND_RESTORE_1X,
	 "after a downgrade: bring a slot's backed-up credential of 1.x back, and put it on hold"},
	{"release", COMMAND_RELEASE, "lift the hold of a slot"},
	{"discover", COMMAND_DISCOVER, NULL},
	{"doctor", COMMAND_DOCTOR, "who the daemon is, which rights it has and lacks, and how to give them"},
	{"audit", COMMAND_AUDIT, "verify the audit trail, or show it: audit verify, audit show"},
};

enum { OPTION_COLOUR = 256, OPTION_JSON, OPTION_CONTAINS, OPTION_SLOT, OPTION_DRY_RUN };

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"instance", required_argument, NULL, 'i'},
	{"output", required_argument, NULL, 'o'},
	{"color", required_argument, NULL, OPTION_COLOUR},
	{"json", no_argument, NULL, OPTION_JSON},
	{"verbose", no_argument, NULL, 'v'},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{"contains", required_argument, NULL, OPTION_CONTAINS},
	{"slot", required_argument, NULL, OPTION_SLOT},
	{"dry-run", no_argument, NULL, OPTION_DRY_RUN},
	{NULL, 0, NULL, 0},
};

static int options_refuse(char **ret_problem, const char *format, ...) _printf_(2, 3);

static int options_refuse(char **ret_problem, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_problem, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	return -EINVAL;
}

static int options_set_output(struct options *options, const char *value, char **ret_problem)
{
	if (text_equal(value, "text"))
		options->output = OUTPUT_TEXT;
	else if (text_equal(value, "json"))
		options->output = OUTPUT_JSON;
	else
		return options_refuse(ret_problem, "--output takes text or json, not \"%s\"", value);
	return 0;
}

static int options_set_colour(struct options *options, const char *value, char **ret_problem)
{
	if (text_equal(value, "auto"))
		options->colour = COLOUR_AUTO;
	else if (text_equal(value, "always"))
		options->colour = COLOUR_ALWAYS;
	else if (text_equal(value, "never"))
		options->colour = COLOUR_NEVER;
	else
		return options_refuse(ret_problem, "--color takes auto, always or never, not \"%s\"", value);
	return 0;
}

static int options_add_instance(struct options *options, const char *value, char **ret_problem)
{
	if (options->instance_count == OPTIONS_INSTANCES_MAX)
		return options_refuse(ret_problem, "at most %d times --instance", OPTIONS_INSTANCES_MAX);
	options->instances[options->instance_count++] = value;
	return 0;
}

static int options_take(struct options *options, int option, char **argv, char **ret_problem)
{
	switch (option) {
	case 'c':
		options->config_file = optarg;
		return 0;
	case 'i':
		return options_add_instance(options, optarg, ret_problem);
	case 'o':
		return options_set_output(options, optarg, ret_problem);
	case OPTION_COLOUR:
		return options_set_colour(options, optarg, ret_problem);
	case OPTION_JSON:
		options->output = OUTPUT_JSON;
		return 0;
	case OPTION_CONTAINS:
		options->noted_hash = optarg;
		return 0;
	case OPTION_SLOT:
		options->slot = optarg;
		return 0;
	case OPTION_DRY_RUN:
		options->is_dry_run = true;
		return 0;
	case 'v':
		options->is_verbose = true;
		return 0;
	case 'q':
		options->is_quiet = true;
		return 0;
	case 'h':
		options->command = COMMAND_HELP;
		return 0;
	case 'V':
		options->command = COMMAND_VERSION;
		return 0;
	case ':':
		return options_refuse(ret_problem, "option %s needs a value", argv[optind - 1]);
	default:
		return options_refuse(ret_problem, "there is no option %s", argv[optind - 1]);
	}
}

static int options_set_command(struct options *options, const char *name, char **ret_problem)
{
	const char *nearest = NULL;
	size_t best = 3;

	options->command_text = name;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		size_t distance = text_distance(name, commands[i].name);

		if (text_equal(name, commands[i].name)) {
			options->command = commands[i].command;
			return 0;
		}
		if (distance < best) {
			best = distance;
			nearest = commands[i].name;
		}
	}
	if (nearest)
		return options_refuse(ret_problem, "there is no command \"%s\"; did you mean \"%s\"?", name, nearest);
	return options_refuse(ret_problem, "there is no command \"%s\"", name);
}

static int options_set_audit(struct options *options, const char *action, char **ret_problem)
{
	if (text_equal(action, "verify"))
		options->audit = AUDIT_VERIFY;
	else if (text_equal(action, "show"))
		options->audit = AUDIT_SHOW;
	else
		return options_refuse(ret_problem, "audit takes verify or show%s%s%s", action ? ", not \"" : "",
				      action ? action : "", action ? "\"" : "");
	return 0;
}

/* Whoever names a slot to a command that goes over all of them means something else. */
static int options_check_slot(const struct options *options, char **ret_problem)
{
	bool is_restore = options->command == COMMAND_RESTORE_1X, is_release = options->command == COMMAND_RELEASE;

	if (options->slot && !is_restore && !is_release && options->command != COMMAND_HELP)
		return options_refuse(ret_problem, "--slot goes with restore-1x and release only");
	if (options->is_dry_run && !is_restore && options->command != COMMAND_HELP)
		return options_refuse(ret_problem,
				      "--dry-run goes with restore-1x only; plan shows what apply would do");
	return 0;
}

static int options_check_contains(const struct options *options, char **ret_problem)
{
	const char *hash = options->noted_hash;

	if (!hash || options->command == COMMAND_HELP)
		return 0;
	if (options->command != COMMAND_AUDIT || options->audit != AUDIT_VERIFY)
		return options_refuse(ret_problem, "--contains goes with audit verify only");
	if (strlen(hash) != 64 || strspn(hash, "0123456789abcdefABCDEF") != 64)
		return options_refuse(ret_problem,
				      "--contains takes the SHA-256 that audit verify printed, 64 hexadecimal digits, "
				      "not \"%s\"",
				      hash);
	return 0;
}

/* What it looks after and how it logs is the configuration's to say, which is read again while it runs. */
static int options_check_run(const struct options *options, char **ret_problem)
{
	if (options->command != COMMAND_RUN)
		return 0;
	if (options->instance_count)
		return options_refuse(ret_problem, "run looks after everything in the configuration; --instance is for "
						   "plan, apply, grants, status and doctor");
	if (options->output != OUTPUT_TEXT)
		return options_refuse(ret_problem,
				      "run logs as daemon.log.format says; --output is for other commands");
	return 0;
}

int options_parse(int argc, char **argv, struct options *ret, char **ret_problem)
{
	struct options options = {.config_file = "/etc/scepmand/scepmand.yaml"};
	int option, r;

	*ret_problem = NULL;
	opterr = 0;
	optind = 0; /* from the start again, also when called twice */
	while ((option = getopt_long(argc, argv, ":c:i:o:vqhV", long_options, NULL)) != -1) {
		r = options_take(&options, option, argv, ret_problem);
		if (r < 0)
			return r;
	}
	if (options.command == COMMAND_NONE) {
		if (optind == argc)
			return options_refuse(ret_problem, "a command is missing");
		r = options_set_command(&options, argv[optind++], ret_problem);
		if (r < 0)
			return r;
		if (options.command == COMMAND_AUDIT) {
			r = options_set_audit(&options, optind < argc ? argv[optind++] : NULL, ret_problem);
			if (r < 0)
				return r;
		}
		if (optind < argc)
			return options_refuse(ret_problem, "\"%s\" is one argument too many", argv[optind]);
	}
	r = options_check_slot(&options, ret_problem);
	if (r == 0)
		r = options_check_contains(&options, ret_problem);
	if (r == 0)
		r = options_check_run(&options, ret_problem);
	if (r < 0)
		return r;
	*ret = options;
	return 0;
}

void options_print_help(FILE *stream)
{
	fputs("Usage: scepmand [OPTIONS] COMMAND\n\n"
	      "Keeps SCEPman installations in the state that Complete-SCEPmanInstallation brings about "
	      "once.\n\nCommands:\n",
	      stream);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].help)
			fprintf(stream, "  %-10s %s\n", commands[i].name, commands[i].help);
	fputs("\nOptions:\n"
	      "  -c, --config FILE      the desired state; default /etc/scepmand/scepmand.yaml\n"
	      "  -i, --instance NAME    only this installation (repeatable; TENANT/NAME where ambiguous)\n"
	      "  -o, --output FORMAT    text (default) or json; --json is short for the latter\n"
	      "      --color WHEN       auto (default), always or never; NO_COLOR is honoured\n"
	      "      --contains SHA256  audit verify: the trail must have a line with this hash, noted down earlier\n"
	      "      --slot NAME        restore-1x, release: a deployment slot instead of production\n"
	      "      --dry-run          restore-1x: show what would be written, write nothing\n"
	      "  -v, --verbose          say each request; run: log.level debug\n"
	      "  -q, --quiet            say nothing but results and errors; run: log.level warning\n"
	      "  -h, --help             this text\n"
	      "  -V, --version          the version\n\n"
	      "Exit status: 0 in sync; 1 failed; 2 plan: there is drift; 3 something remains blocked or withheld, or\n"
	      "doctor: a right lacks; 64 usage; 78 configuration invalid.\n",
	      stream);
}

bool options_has_colour(const struct options *options, FILE *stream)
{
	switch (options->colour) {
	case COLOUR_ALWAYS:
		return true;
	case COLOUR_NEVER:
		return false;
	case COLOUR_AUTO:
		return text_is_empty(getenv("NO_COLOR")) && isatty(fileno(stream)) &&
		       !text_equal(getenv("TERM"), "dumb");
	}
	return false;
}
