/*
 * Any JSON at all as the answer to any one request of a whole pass: the first byte says of which installation, from
 * 'a', the second which of its requests, from 'A'. Whatever is answered, the pass ends, every node is settled, a plan
 * writes nothing, and what is written loses nothing.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_pass.h"
#include "world/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const bases[] = {"slots", "policies", "fresh", "linux"};

/* They live as long as the process: reading them takes longer than a pass. */
static struct golden_case cases[ARRAY_SIZE(bases)];
static struct desired *desired[ARRAY_SIZE(bases)];

static void load(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bases) && !desired[i]; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s.json", GOLDEN_BASES, bases[i]);
		golden_case_load_base(&cases[i], path, GOLDEN_BASES);
		desired[i] = golden_desired(&cases[i]);
	}
}

static void play(size_t base, const cJSON *answers, bool is_plan)
{
	static const unsigned char key[32] = "any";
	struct memory_of_passes memory;
	struct golden_cloud cloud;
	struct report report;

	memory_of_passes_init(&memory);
	golden_cloud_init(&cloud, answers, GOLDEN_OLDEST_FIRST);
	cloud.is_lenient = true;
	cloud.now_s = 1790000000;
	report_init(&report, "1", key);
	golden_pass(desired[base], &cloud, &memory, is_plan, NULL, &report);
	if (cloud.problems.length) {
		fprintf(stderr, "%s", cloud.problems.data);
		abort();
	}
	report_done(&report);
	golden_cloud_done(&cloud);
	memory_of_passes_done(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cJSON *body, *answers, *answer;
	size_t base;

	load();
	if (size < 3 || data[0] < 'a' || (size_t)data[0] - 'a' >= ARRAY_SIZE(bases) || data[1] < 'A')
		return 0;
	body = json_parse((const char *)data + 2, size - 2);
	if (!body)
		return 0;
	base = data[0] - 'a';
	answers = cJSON_Duplicate(cases[base].answers, true);
	answer = cJSON_GetArrayItem(answers, (data[1] - 'A') % cJSON_GetArraySize(answers));
	cJSON_DeleteItemFromObjectCaseSensitive(answer, "status");
	cJSON_DeleteItemFromObjectCaseSensitive(answer, "error");
	cJSON_DeleteItemFromObjectCaseSensitive(answer, "message");
	cJSON_DeleteItemFromObjectCaseSensitive(answer, "echo");
	cJSON_DeleteItemFromObjectCaseSensitive(answer, "body");
	cJSON_AddItemToObject(answer, "body", body);
	play(base, answers, true);
	play(base, answers, false);
	cJSON_Delete(answers);
	return 0;
}
