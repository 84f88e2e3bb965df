#include "golden_pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_check.h"
#include "base/text.h"
#include "kinds/installation.h"
#include "kinds/restoration.h"
#include "reconcile/pass.h"
#include "world/json.h"

/* This machine's clock is an hour ahead of the cloud's, which is the one that counts. */
enum { GOLDEN_SKEW_S = 3600 };

/* ---- the configuration ---- */

static const char *no_environment(const char *name _unused_)
{
	return NULL;
}

struct desired *golden_desired(const struct golden_case *golden)
{
	struct desired_problems problems = {0};
	char *yaml = golden_case_configuration(golden);
	struct desired *desired = NULL;

	if (desired_load_text(golden->path, yaml, strlen(yaml), no_environment, &desired, &problems) < 0) {
		for (size_t i = 0; i < problems.count; i++)
			fprintf(stderr, "%s: configuration: %s\n", golden->path, problems.items[i].message);
		exit(EXIT_FAILURE);
	}
	desired_problems_done(&problems);
	free(yaml);
	return desired;
}

/* ---- what an operator said on the command line ---- */

static const char *golden_slot(const cJSON *name)
{
	return text_equal(cJSON_GetStringValue(name), "production") ? NULL : cJSON_GetStringValue(name);
}

static const struct holds *golden_holds(struct world *world, const cJSON *names)
{
	struct holds *holds = arena_new(&world->arena, struct holds);
	struct hold *items = arena_new_array(&world->arena, (size_t)cJSON_GetArraySize(names) + 1, struct hold);
	const cJSON *name;

	cJSON_ArrayForEach (name, names)
		items[holds->count++] = (struct hold){.tenant_id = world->tenant->tenant_id,
						      .app_service = world->tenant->instances[0].app_service,
						      .slot = golden_slot(name),
						      .since = "2026-09-21T13:33:20Z"};
	holds->items = items;
	if (cJSON_IsString(names))
		holds->problem = names->valuestring;
	return holds;
}

static void golden_state(struct world *world, const cJSON *operator_says)
{
	const cJSON *restore = json_get(operator_says, "restore"), *holds = json_get(operator_says, "holds");
	struct restoration *restoration = arena_new(&world->arena, struct restoration);

	world->holds = holds ? golden_holds(world, holds) : NULL;
	if (!restore) {
		installations_state(world);
		return;
	}
	restoration->slot = golden_slot(restore);
	world->restoration = restoration;
	restoration_state(world);
}

/* ---- one pass ---- */

static void golden_on_done(struct pass *pass _unused_, void *arg)
{
	*(bool *)arg = true;
}

void golden_pass(const struct desired *desired, struct golden_cloud *cloud, struct memory_of_passes *memory,
		 bool is_plan, const cJSON *operator_says, struct report *report)
{
	int writes_before = cJSON_GetArraySize(cloud->writes);
	struct pass pass = {0};
	bool is_done = false;
	cJSON *writes;

	memory_of_passes_begin(memory);
	world_init(&pass.world, &desired->tenants[0], memory, is_plan, cloud->now_s + GOLDEN_SKEW_S,
		   desired->daemon.max_writes_per_pass);
	golden_state(&pass.world, operator_says);
	pass_start(&pass, &cloud->transport, NULL, golden_on_done, &is_done);
	golden_cloud_run(cloud);
	if (!is_done)
		buffer_append_text(&cloud->problems, "  the pass never ended\n");
	for (const struct node *node = pass.world.nodes; node; node = node->next_in_world)
		if (!node_is_settled(node))
			buffer_printf(&cloud->problems, "  left open: %s\n", node->name);
	report_add(report, &pass.world, cloud->now_s);
	world_done(&pass.world);
	writes = cJSON_CreateArray();
	for (int i = writes_before; i < cJSON_GetArraySize(cloud->writes); i++)
		cJSON_AddItemReferenceToArray(writes, cJSON_GetArrayItem(cloud->writes, i));
	golden_check_writes(desired, writes, is_plan, &cloud->problems);
	cJSON_Delete(writes);
}
