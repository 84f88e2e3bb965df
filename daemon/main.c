/* scepmand: argv, signals, wiring in explicit order, exit codes. The only file that knows everybody. */
#include <errno.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <uv.h>

#include <curl/curl.h>

#include "base/buffer.h"
#include "base/crypto_memory.h"
#include "base/memory.h"
#include "desired/desired.h"
#include "doctor/doctor_command.h"
#include "observe/log.h"
#include "reconcile/render.h"
#include "reconcile/report.h"
#include "service/audit_command.h"
#include "service/configuration.h"
#include "service/once.h"
#include "service/options.h"
#include "service/progress.h"
#include "service/restore.h"
#include "service/run.h"
#include "service/status_command.h"
#include "transport/http_memory.h"

enum { EXIT_IN_SYNC = 0, EXIT_FAILED = 1, EXIT_DRIFT = 2, EXIT_REMAINS = 3, OUTPUT_SIZE_MAX = 64 << 20 };

/* ---- the configuration ---- */

static struct desired *load(const struct options *options)
{
	struct buffer problems;
	struct desired *desired;

	buffer_init(&problems, CONFIGURATION_PROBLEMS_SIZE_MAX);
	desired = configuration_load(options->config_file, &problems);
	if (!desired)
		log_complain(problems.data);
	buffer_done(&problems);
	return desired;
}

static int validate(const struct options *options)
{
	struct desired *desired = load(options);
	size_t instances = 0;

	if (!desired)
		return EX_CONFIG;
	for (size_t i = 0; i < desired->tenant_count; i++)
		instances += desired->tenants[i].instance_count;
	if (!options->is_quiet)
		printf("%s is valid: %zu tenant%s, %zu installation%s.\n", options->config_file, desired->tenant_count,
		       desired->tenant_count == 1 ? "" : "s", instances, instances == 1 ? "" : "s");
	desired_free(desired);
	return EXIT_IN_SYNC;
}

/* ---- plan, apply, grants ---- */

static void print_report(const struct options *options, const struct report *report)
{
	struct buffer buffer;

	buffer_init(&buffer, OUTPUT_SIZE_MAX);
	if (options->command == COMMAND_GRANTS && options->output == OUTPUT_JSON)
		render_grants_json(report, &buffer);
	else if (options->command == COMMAND_GRANTS)
		render_grants_text(report, &buffer);
	else if (options->output == OUTPUT_JSON)
		render_json(report, options->command == COMMAND_APPLY ? RENDER_APPLY : RENDER_PLAN, &buffer);
	else
		render_text(report, options->command == COMMAND_PLAN ? RENDER_PLAN : RENDER_APPLY,
			    options_has_colour(options, stdout), &buffer);
	fwrite(buffer.data, 1, buffer.length, stdout);
	buffer_done(&buffer);
}

static int exit_status(const struct options *options, const struct report *report)
{
	const struct report_summary summary = report_summarise(report);

	if (report_is_failure(report))
		return EXIT_FAILED;
	if (options->command == COMMAND_GRANTS)
		return summary.withheld || summary.blocked ? EXIT_REMAINS : EXIT_IN_SYNC;
	if (options->command == COMMAND_PLAN && summary.add + summary.change + summary.remove)
		return EXIT_DRIFT;
	return report_is_in_sync(report) ? EXIT_IN_SYNC : EXIT_REMAINS;
}

static int reconcile(const struct options *options, const struct desired *desired)
{
	struct progress progress;
	struct report report;
	unsigned char key[32];
	char *problem = NULL;
	uv_loop_t loop;
	int r, status;

	if (RAND_bytes(key, sizeof(key)) != 1 || uv_loop_init(&loop) < 0)
		memory_exhausted();
	progress_init(&progress, stderr, options->is_quiet, options->is_verbose);
	report_init(&report, desired->generation, key);
	r = once_run(&loop,
		     &(struct once_options){.desired = desired,
					    .instances = options->instances,
					    .instance_count = options->instance_count,
					    .is_plan = options->command != COMMAND_APPLY,
					    .progress = &progress},
		     &report, &problem);
	if (problem)
		fprintf(stderr, "scepmand: %s\n", problem);
	if (r == 0 || r == -EINTR)
		print_report(options, &report);
	status = r == 0 ? exit_status(options, &report) : r == -ESRCH ? EX_USAGE : EXIT_FAILED;
	free(problem);
	report_done(&report);
	uv_loop_close(&loop);
	return status;
}

/* ---- what needs the configuration ---- */

typedef int configured_fn(const struct options *options, const struct desired *desired);

/* FUNCTION with the configuration; NULL: the daemon, which keeps it. */
static int with_configuration(const struct options *options, configured_fn *function)
{
	struct desired *desired = load(options);
	int status;

	if (!desired) {
		if (options->command == COMMAND_STATUS)
			fputs("scepmand: where the daemon can be asked is said in this file. One that runs goes on "
			      "with the configuration that it had; where it listens by default, it says so: "
			      "curl http://127.0.0.1:9464/status\n",
			      stderr);
		return EX_CONFIG;
	}
	http_memory_install();
	if (function) {
		status = function(options, desired);
		desired_free(desired);
	} else {
		status = run_daemon(options, desired);
	}
	curl_global_cleanup();
	return status;
}

/* ---- libraries ---- */

/*
 * libcurl's librtmp and libldap bring GnuTLS, which sets itself up when the program starts: 0.9 MiB that we never use,
 * since our TLS is OpenSSL's. It leaves that when the program has this function (GNUTLS_SKIP_GLOBAL_INIT in
 * gnutls/gnutls.h); the linker exports it (meson.build).
 */
int _gnutls_global_init_skip(void);

int _gnutls_global_init_skip(void)
{
	return 1;
}

/* ---- commands ---- */

static int not_yet(const struct options *options)
{
	fprintf(stderr, "scepmand: %s comes with a later version; scepmand --help lists what this one has\n",
		options->command_text);
	return EX_USAGE;
}

static int dispatch(const struct options *options)
{
	switch (options->command) {
	case COMMAND_HELP:
		options_print_help(stdout);
		return EXIT_IN_SYNC;
	case COMMAND_VERSION:
		puts("scepmand " SCEPMAND_VERSION);
		return EXIT_IN_SYNC;
	case COMMAND_VALIDATE:
		return validate(options);
	case COMMAND_PLAN:
	case COMMAND_APPLY:
	case COMMAND_GRANTS:
		return with_configuration(options, reconcile);
	case COMMAND_RESTORE_1X:
		return with_configuration(options, restore_1x);
	case COMMAND_RELEASE:
		return with_configuration(options, restore_release);
	case COMMAND_AUDIT:
		return with_configuration(options, audit_command);
	case COMMAND_STATUS:
		return with_configuration(options, status_command);
	case COMMAND_RUN:
		return with_configuration(options, NULL);
	case COMMAND_DOCTOR:
		return with_configuration(options, doctor_command);
	case COMMAND_DISCOVER:
		return not_yet(options);
	case COMMAND_NONE:
		break;
	}
	return EX_USAGE;
}

/*
 * Settings and tokens are in our memory. The limit alone does not hold back a dump that is piped to a program
 * (systemd-coredump), and not being dumpable also keeps away debuggers of other processes of the same user.
 */
static void forbid_core_dumps(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0});
#ifndef __SANITIZE_ADDRESS__ /* whose leak check is such a debugger */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

int main(int argc, char **argv)
{
	struct options options;
	char *problem;

	forbid_core_dumps();
	memory_keep_small();
	/* The pool's only user is the disk, which takes one batch at a time (observe/disk.h). */
	setenv("UV_THREADPOOL_SIZE", "1", 0);
	signal(SIGPIPE, SIG_IGN);
	/* Before anybody uses OpenSSL, so it cannot be too late. */
	if (!crypto_memory_install())
		memory_exhausted();
	if (options_parse(argc, argv, &options, &problem) < 0) {
		fprintf(stderr, "scepmand: %s\nTry scepmand --help.\n", problem);
		free(problem);
		return EX_USAGE;
	}
	return dispatch(&options);
}
