#include "service/restore.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <uv.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "reconcile/render.h"
#include "service/holds.h"
#include "service/once.h"

enum { RESTORE_DONE = 0, RESTORE_FAILED = 1, RESTORE_WOULD = 2, RESTORE_REFUSED = 3, RESTORE_OUTPUT_MAX = 16 << 20 };

struct restore {
	const struct options *options;
	const struct desired *desired;
	const struct desired_tenant *tenant;
	const struct desired_instance *instance;
	struct hold site;
	const char *site_name, *release_command; /* "app-scepman/staging", for people */
	struct arena arena;
};

/* ---- which slot ---- */

/* "NAME" or "TENANT/NAME". */
static bool restore_is_meant(const char *option, const struct desired_tenant *tenant,
			     const struct desired_instance *instance)
{
	size_t length = strlen(tenant->name);

	if (strncmp(option, tenant->name, length) == 0 && option[length] == '/')
		option += length + 1;
	return text_equal(option, instance->name);
}

static size_t restore_find(struct restore *restore, const char *option)
{
	size_t hits = 0;

	for (size_t t = 0; t < restore->desired->tenant_count; t++) {
		const struct desired_tenant *tenant = &restore->desired->tenants[t];

		for (size_t i = 0; i < tenant->instance_count; i++) {
			if (!restore_is_meant(option, tenant, &tenant->instances[i]))
				continue;
			restore->tenant = tenant;
			restore->instance = &tenant->instances[i];
			hits++;
		}
	}
	return hits;
}

/* False: it was said why. */
static bool restore_begin(struct restore *restore, const struct options *options, const struct desired *desired)
{
	const char *slot = text_equal_fold(options->slot, "production") ? NULL : options->slot;
	size_t hits;

	*restore = (struct restore){.options = options, .desired = desired};
	if (options->instance_count != 1) {
		fprintf(stderr, "scepmand: %s needs one --instance NAME\n", options->command_text);
		return false;
	}
	hits = restore_find(restore, options->instances[0]);
	if (hits != 1) {
		fprintf(stderr, "scepmand: %zu installations are named \"%s\"%s\n", hits, options->instances[0],
			hits ? "; say which one as TENANT/NAME" : " in the configuration");
		return false;
	}
	restore->site = (struct hold){
		.tenant_id = restore->tenant->tenant_id, .app_service = restore->instance->app_service, .slot = slot};
	restore->site_name = arena_printf(&restore->arena, "%s%s%s", restore->instance->app_service, slot ? "/" : "",
					  slot ? slot : "");
	restore->release_command = arena_printf(&restore->arena, "scepmand release --instance %s%s%s",
						options->instances[0], slot ? " --slot " : "", slot ? slot : "");
	return true;
}

/* ---- one pass, or as many as it takes ---- */

static void restore_print(const struct restore *restore, const struct report *report, bool is_plan)
{
	enum render_purpose purpose = is_plan ? RENDER_PLAN : RENDER_APPLY;
	struct buffer buffer;

	buffer_init(&buffer, RESTORE_OUTPUT_MAX);
	if (restore->options->output == OUTPUT_JSON)
		render_json(report, purpose, &buffer);
	else
		render_text(report, purpose, options_has_colour(restore->options, stdout), &buffer);
	fwrite(buffer.data, 1, buffer.length, stdout);
	buffer_done(&buffer);
}

static void restore_report_init(const struct restore *restore, struct report *report)
{
	unsigned char key[32];

	if (RAND_bytes(key, sizeof(key)) != 1)
		memory_exhausted();
	report_init(report, restore->desired->generation, key);
	report->is_about_one_slot = true;
}

/* RESTORE_DONE, RESTORE_FAILED or RESTORE_REFUSED; what came of it is in REPORT. */
static int restore_pass(struct restore *restore, bool is_plan, struct report *report)
{
	const struct restoration restoration = {.slot = restore->site.slot};
	const char *const only = arena_printf(&restore->arena, "%s/%s", restore->tenant->name, restore->instance->name);
	struct progress progress;
	char *problem = NULL;
	uv_loop_t loop;
	int r;

	if (uv_loop_init(&loop) < 0)
		memory_exhausted();
	progress_init(&progress, stderr, restore->options->is_quiet, restore->options->is_verbose);
	r = once_run(&loop,
		     &(struct once_options){.desired = restore->desired,
					    .instances = &only,
					    .instance_count = 1,
					    .is_plan = is_plan,
					    .restoration = &restoration,
					    .progress = &progress},
		     report, &problem);
	if (problem)
		fprintf(stderr, "scepmand: %s\n", problem);
	free(problem);
	uv_loop_close(&loop);
	if (r < 0 || report_is_failure(report))
		return RESTORE_FAILED;
	return report_summarise(report).blocked ? RESTORE_REFUSED : RESTORE_DONE;
}

/* ---- restore-1x ---- */

static bool restore_has_changes(const struct report *report)
{
	const struct report_summary summary = report_summarise(report);

	return summary.add + summary.change + summary.remove > 0;
}

/* What is left to do by hand. Nothing for scripts. */
static void restore_say_what_follows(const struct restore *restore, bool is_done)
{
	if (restore->options->output == OUTPUT_JSON || restore->options->is_quiet)
		return;
	printf("\n%s %s with the ApplicationKey of SCEPman 1.x, and %s on hold: its settings are left alone until\n"
	       "  %s\n"
	       "The program of 1.x is yours to provide: host its artifacts, and have the app run from them with\n"
	       "  az webapp config appsettings set --name %s%s%s --resource-group %s --settings "
	       "WEBSITE_RUN_FROM_PACKAGE=URL\n",
	       restore->site_name, is_done ? "signs in" : "would sign in", is_done ? "is" : "would be put",
	       restore->release_command, restore->instance->app_service, restore->site.slot ? " --slot " : "",
	       restore->site.slot ? restore->site.slot : "",
	       restore->instance->resource_group ? restore->instance->resource_group : "…");
}

/* Before the write: a daemon that runs would otherwise undo it. False: it was said why. */
static bool restore_hold(struct restore *restore)
{
	char *problem = NULL;
	int r = holds_put(restore->desired->daemon.state_directory, &restore->site, clock_unix_ms(), &problem);

	if (r > 0 && !restore->options->is_quiet)
		fprintf(stderr, "%s is on hold from now on; lift that with: %s\n", restore->site_name,
			restore->release_command);
	if (r < 0)
		fprintf(stderr, "scepmand: %s\n", problem);
	free(problem);
	return r >= 0;
}

/* The look showed that it can be done: the hold, then the write. */
static int restore_do(struct restore *restore, const struct report *look)
{
	struct report report;
	int status;

	if (!restore_hold(restore))
		return RESTORE_FAILED;
	if (!restore_has_changes(look)) {
		restore_print(restore, look, false);
		restore_say_what_follows(restore, true);
		return RESTORE_DONE;
	}
	restore_report_init(restore, &report);
	status = restore_pass(restore, false, &report);
	restore_print(restore, &report, false);
	if (status == RESTORE_DONE && !report_is_in_sync(&report))
		status = RESTORE_REFUSED;
	if (status == RESTORE_DONE)
		restore_say_what_follows(restore, true);
	report_done(&report);
	return status;
}

int restore_1x(const struct options *options, const struct desired *desired)
{
	struct restore restore;
	struct report look;
	int status;

	if (!restore_begin(&restore, options, desired)) {
		arena_done(&restore.arena);
		return EX_USAGE;
	}
	if (restore.tenant->mode == MODE_PLAN && !options->is_dry_run) {
		fprintf(stderr,
			"scepmand: tenant %s has mode: plan, so nothing is written there. To restore %s, set "
			"mode: apply; `restore-1x --dry-run` shows what would be done\n",
			restore.tenant->name, restore.site_name);
		arena_done(&restore.arena);
		return RESTORE_REFUSED;
	}
	restore_report_init(&restore, &look);
	status = restore_pass(&restore, true, &look);
	if (status != RESTORE_DONE || options->is_dry_run)
		restore_print(&restore, &look, true);
	if (status == RESTORE_DONE && options->is_dry_run) {
		status = restore_has_changes(&look) ? RESTORE_WOULD : RESTORE_DONE;
		restore_say_what_follows(&restore, false);
	} else if (status == RESTORE_DONE) {
		status = restore_do(&restore, &look);
	}
	report_done(&look);
	arena_done(&restore.arena);
	return status;
}

/* ---- release ---- */

int restore_release(const struct options *options, const struct desired *desired)
{
	struct restore restore;
	char *problem = NULL;
	int r;

	if (!restore_begin(&restore, options, desired)) {
		arena_done(&restore.arena);
		return EX_USAGE;
	}
	r = holds_lift(desired->daemon.state_directory, &restore.site, &problem);
	if (r < 0)
		fprintf(stderr, "scepmand: %s\n", problem);
	else if (!options->is_quiet)
		printf(r ? "%s is not on hold any more; scepmand manages its settings again.\n"
			 : "%s is not on hold.\n",
		       restore.site_name);
	free(problem);
	arena_done(&restore.arena);
	return r < 0 ? RESTORE_FAILED : RESTORE_DONE;
}
