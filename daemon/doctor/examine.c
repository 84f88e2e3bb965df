#include "doctor/examine.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "doctor/examine_parts.h"
#include "doctor/graph_permission.h"
#include "doctor/demands_of.h"
#include "kinds/installation.h"

/* ---- what follows from what was found ---- */

/* Whoever has it can give itself every other right (domain.md 4.13). */
static void note_tier_0(struct examination *examination)
{
	const struct claims *claims = &examination->diagnosis.tokens[AUDIENCE_GRAPH].claims;

	if (examination->options.tenant->entra_grants != POLICY_REPORT || claims->type == IDENTITY_PERSON ||
	    !claims_have_permission(claims, graph_permission(GRAPH_ASSIGN_ROLES)->name))
		return;
	notes_add(&examination->diagnosis.notes, &examination->arena, true,
		  "it has AppRoleAssignment.ReadWrite.All, with which it can give itself any right. With entra_grants: "
		  "report nothing needs it: take it away (Entra admin center, Enterprise applications, the "
		  "application, Permissions)");
}

void examine_judged(struct examination *examination)
{
	struct diagnosis *diagnosis = &examination->diagnosis;
	const struct diagnosis_token *graph = &diagnosis->tokens[AUDIENCE_GRAPH];

	if (graph->is_readable && !graph->problem) {
		diagnosis->to_spare =
			graph_permissions_to_spare(&diagnosis->demands, &graph->claims, &examination->arena);
		note_tier_0(examination);
	}
	diagnosis_advise(diagnosis);
	azure_close(examination->azure, NULL, NULL);
	examination->azure = NULL;
}

void examine_refusal(struct examination *examination, enum audience audience, const struct fault *fault)
{
	struct diagnosis_token *token = &examination->diagnosis.tokens[audience];

	if (fault->class != FAULT_CREDENTIAL || token->problem)
		return;
	token->problem = arena_copy_text(&examination->arena, fault->message);
	examination->diagnosis.has_failed = true;
}

static void on_pass_done(struct pass *pass, void *arg)
{
	struct examination *examination = arg;
	struct diagnosis *diagnosis = &examination->diagnosis;
	const struct node *graph = pass->world.graph_service_principal;

	if (graph)
		examine_refusal(examination, AUDIENCE_GRAPH, &graph->fault);
	if (node_is_present(graph) && !graph->is_assumed)
		diagnosis->graph_object_id = ((const struct service_principal *)graph->observed)->id;
	demands_of_graph(&pass->world, &diagnosis->demands);
	demands_of_azure(&pass->world, &diagnosis->demands);
	examine_rights(examination);
}

/* ---- the pass ---- */

/* Where everything is, is what a plan finds out. Without a token there is nothing to be found, but what the
 * configuration asks for is known all the same. */
void examine_signed_in(struct examination *examination)
{
	struct world *world = &examination->pass.world;
	const struct examination_options *options = &examination->options;

	memory_of_passes_begin(&examination->memory);
	world_init(world, options->tenant, &examination->memory, true, clock_unix_ms() / 1000,
		   options->daemon->max_writes_per_pass);
	world->only = options->only;
	world->only_count = options->only_count;
	installations_state(world);
	if (examination->diagnosis.tokens[AUDIENCE_RESOURCE_MANAGER].problem)
		on_pass_done(&examination->pass, examination);
	else
		pass_start(&examination->pass, azure_transport(examination->azure), NULL, on_pass_done, examination);
}

/* ---- birth and end ---- */

static void examine_give_up(struct examination *examination, const char *problem)
{
	examination->diagnosis.has_failed = true;
	for (size_t i = 0; i < AUDIENCES; i++)
		examination->diagnosis.tokens[i].problem = arena_copy_text(&examination->arena, problem);
}

struct examination *examination_new(uv_loop_t *loop, const struct examination_options *options)
{
	struct examination *examination = memory_new(sizeof(*examination));
	const struct azure_options azure_options = {.is_read_only = true};
	char *problem = NULL;

	examination->loop = loop;
	examination->options = *options;
	diagnosis_init(&examination->diagnosis, options->tenant, &examination->arena);
	memory_of_passes_init(&examination->memory);
	if (azure_new(loop, options->tenant, options->daemon, &azure_options, &examination->azure, &problem) < 0)
		examine_give_up(examination, problem ? problem : "its transport cannot be set up");
	else
		examine_sign_in(examination);
	free(problem);
	return examination;
}

const struct diagnosis *examination_diagnosis(const struct examination *examination)
{
	return &examination->diagnosis;
}

void examination_free(struct examination *examination)
{
	if (!examination)
		return;
	if (examination->pass.world.tenant)
		world_done(&examination->pass.world);
	memory_of_passes_done(&examination->memory);
	map_done(&examination->scopes);
	arena_done(&examination->arena);
	free(examination);
}
