/*
 * Plays golden cases to a whole pass of the core: `golden BASES FILE|FOLDER...`. Every case is played with its answers
 * in several orders, and must come to the same.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "golden_case.h"
#include "golden_check.h"
#include "golden_cloud.h"
#include "golden_pass.h"
#include "reconcile/render.h"
#include "world/json.h"

enum { GOLDEN_NOW_S = 1790000000, GOLDEN_INTERVAL_S = 60, GOLDEN_OUTPUT_MAX = 16 << 20 };

/* nftw() has no argument for what its function needs. */
static struct golden_run {
	const char *bases;
	size_t cases, failed;
	bool shows;
} run;

/* ---- the end ---- */

/* product.md section 2 */
static int golden_exit_status(const struct report *report, bool is_plan)
{
	const struct report_summary summary = report_summarise(report);

	if (report_is_failure(report))
		return 1;
	if (is_plan && (summary.add || summary.change || summary.remove))
		return 2;
	return report_is_in_sync(report) ? 0 : 3;
}

static void golden_show(const struct golden_cloud *cloud, const struct golden_outcome *outcome)
{
	cJSON *shown = cJSON_CreateObject();
	char *text;

	cJSON_AddItemToObject(shown, "writes", golden_show_writes(cloud));
	cJSON_AddItemToObject(shown, "report", json_parse(outcome->json, strlen(outcome->json)));
	cJSON_AddItemToObject(shown, "requests", cJSON_Duplicate(cloud->requests, true));
	cJSON_AddStringToObject(shown, "text", outcome->text);
	cJSON_AddNumberToObject(shown, "exit", outcome->exit_status);
	text = cJSON_Print(shown);
	puts(text);
	free(text);
	cJSON_Delete(shown);
}

static void golden_check_end(const struct golden_case *golden, struct golden_cloud *cloud, const struct report *report,
			     bool is_plan)
{
	enum render_purpose purpose = is_plan ? RENDER_PLAN : RENDER_APPLY;
	struct buffer text, json, grants_text, grants_json;
	struct golden_outcome outcome;

	buffer_init(&text, GOLDEN_OUTPUT_MAX);
	buffer_init(&json, GOLDEN_OUTPUT_MAX);
	buffer_init(&grants_text, GOLDEN_OUTPUT_MAX);
	buffer_init(&grants_json, GOLDEN_OUTPUT_MAX);
	render_text(report, purpose, false, &text);
	render_json(report, purpose, &json);
	render_grants_text(report, &grants_text);
	render_grants_json(report, &grants_json);
	outcome = (struct golden_outcome){text.data, json.data, grants_text.data, grants_json.data,
					  golden_exit_status(report, is_plan)};
	if (run.shows)
		golden_show(cloud, &outcome);
	golden_check_expectations(golden, cloud, &outcome, &cloud->problems);
	golden_check_secrets(&outcome, &cloud->problems);
	buffer_done(&text);
	buffer_done(&json);
	buffer_done(&grants_text);
	buffer_done(&grants_json);
}

/* WORD and FOLDER/NUMBER-SLUG: scripts/cases reads it. */
static void golden_say(const char *word, const char *path)
{
	size_t slashes = 0, length = strlen(path) - strlen(".json"), start = length;

	for (; start && (slashes += path[start - 1] == '/') < 2; start--)
		;
	printf("%s %.*s", word, (int)(length - start), path + start);
}

static bool golden_play(const struct golden_case *golden, enum golden_order order)
{
	static const unsigned char key[32] = "the same in every golden case";
	bool is_plan = text_equal(cJSON_GetStringValue(json_get(golden->json, "mode")), "plan"), is_right;
	unsigned passes = (unsigned)golden_case_number(golden, "passes", 1);
	struct desired *desired = golden_desired(golden);
	struct memory_of_passes memory;
	struct golden_cloud cloud;
	struct report report;

	memory_of_passes_init(&memory);
	golden_cloud_init(&cloud, golden->answers, order);
	report_init(&report, "1", key);
	cloud.now_s = (int64_t)golden_case_number(golden, "now", GOLDEN_NOW_S);
	for (unsigned i = 0; i < passes; i++) {
		golden_pass(desired, &cloud, &memory, is_plan, golden->json, &report);
		cloud.now_s += (int64_t)golden_case_number(golden, "interval_s", GOLDEN_INTERVAL_S);
	}
	golden_check_end(golden, &cloud, &report, is_plan);
	is_right = !cloud.problems.length;
	if (!is_right) {
		static const char *const orders[] = {"oldest first", "newest first", "any order"};

		golden_say("FAIL", golden->path);
		printf(": answers %s: %s\n%s", orders[order], cJSON_GetStringValue(json_get(golden->json, "about")),
		       cloud.problems.data);
	}
	report_done(&report);
	golden_cloud_done(&cloud);
	memory_of_passes_done(&memory);
	desired_free(desired);
	return is_right;
}

/* ---- all of them ---- */

static int golden_visit(const char *path, const struct stat *status _unused_, int type, struct FTW *ftw _unused_)
{
	struct golden_case golden;
	bool is_right = true;

	if (type != FTW_F || !text_has_suffix_fold(path, ".json"))
		return 0;
	golden_case_load(&golden, path, run.bases);
	/* One telling is enough: what is wrong in one order usually is in all. */
	for (enum golden_order order = 0; is_right && !(run.shows && order) && order < GOLDEN_ORDERS; order++)
		is_right = golden_play(&golden, order);
	golden_case_done(&golden);
	if (is_right && !run.shows) {
		golden_say("ok  ", path);
		putchar('\n');
	}
	run.cases++;
	run.failed += !is_right;
	return 0;
}

int main(int argc, char **argv)
{
	int first = 1;

	run.shows = argc > 1 && text_equal(argv[1], "--show");
	first += run.shows;
	if (argc < first + 2) {
		fprintf(stderr, "usage: golden [--show] BASES FILE|FOLDER...\n");
		return EXIT_FAILURE;
	}
	run.bases = argv[first];
	for (int i = first + 1; i < argc; i++)
		if (nftw(argv[i], golden_visit, 8, FTW_PHYS) != 0)
			perror(argv[i]);
	printf("%zu golden cases, %zu failed\n", run.cases, run.failed);
	return run.cases && !run.failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
