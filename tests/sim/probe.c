/* A simulated web app: what GET /probe on its host says. */
#include "call.h"
#include "routes.h"

static void get_probe(struct call *call)
{
	call_answer_error(call, 503, "Unhealthy", "Nothing is connected.");
}

const struct sim_route probe_routes[] = {
	{"GET", "/probe", get_probe},
	{0},
};
