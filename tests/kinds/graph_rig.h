/*
 * A tenant with one or two installations put together by hand, and a Microsoft Graph that says what it was told to say:
 * for tests of the kinds that live there. The real planner asks; every request is on record.
 */
#pragma once

#include "base/buffer.h"
#include "world/memory_of_passes.h"
#include "world/world.h"

#define GRAPH_RIG_NOW     1790000000
#define GRAPH_RIG_TENANT  "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"
#define GRAPH_RIG_SCEPMAN "94d57128-bbcb-55fb-ba9c-e7025f519450" /* object id of production's identity */
#define GRAPH_RIG_MASTER  "5a1e2b3c-0001-4002-8003-000000000004" /* and of Certificate Master's */
#define GRAPH_RIG_GRAPH   "aaaaaaaa-0000-4000-8000-000000000001" /* service principals */
#define GRAPH_RIG_INTUNE  "aaaaaaaa-0000-4000-8000-000000000002"
#define GRAPH_RIG_API     "aaaaaaaa-0000-4000-8000-000000000003"

enum { GRAPH_RIG_ANSWERS = 64, GRAPH_RIG_INSTALLATIONS = 2 };

struct graph_rig_web_app {
	struct web_app app;
	struct site site;
	struct settings settings;
	struct setting items[4];
	struct principal principal;
};

struct graph_rig {
	struct desired_tenant tenant;
	struct desired_instance instances[GRAPH_RIG_INSTALLATIONS];
	struct memory_of_passes memory;
	struct world world;
	struct graph_rig_web_app production[GRAPH_RIG_INSTALLATIONS], master[GRAPH_RIG_INSTALLATIONS];
	bool is_plan;
	int64_t now_s;
	struct {
		const char *request; /* the beginning of "GET /v1.0/applications?$filter=…", decoded */
		int status;
		const char *body;
		unsigned times; /* how often it is given; 0: always */
	} answers[GRAPH_RIG_ANSWERS];
	size_t answer_count;
	struct buffer journal; /* "PATCH /v1.0/… {body}\n" of every request, decoded */
};

/* With COUNT installations, whose web apps are known and whose settings record nothing. Well-known service principals
 * are not stated. */
void graph_rig_init(struct graph_rig *rig, size_t count);
void graph_rig_done(struct graph_rig *rig);
/* The next pass, SECONDS later: a new world; answers and journal are forgotten, memory and desired state are not. */
void graph_rig_next_pass(struct graph_rig *rig, int64_t seconds);
struct installation *graph_rig_installation(struct graph_rig *rig, size_t i);
/* Has APP's settings say NAME = VALUE. */
void graph_rig_set(struct graph_rig_web_app *app, const char *name, const char *value);

/* Requests that begin with REQUEST are answered so, in the order of these calls; TIMES 0: for ever. */
void graph_rig_answer(struct graph_rig *rig, const char *request, int status, const char *body, unsigned times);
/* What asks for an application's alternate key; and "nothing has it", once. Said by itself, too, as long as nothing was
 * created and no other answer is given. */
#define GRAPH_RIG_KEY "GET /v1.0/applications(uniqueName="
void graph_rig_answer_free_key(struct graph_rig *rig);
/* Microsoft Graph's and Intune's service principals with the roles that we need, or without Intune. */
void graph_rig_answer_well_known(struct graph_rig *rig, bool has_intune);
/* Lets the planner ask until nothing is left to do. A request without an answer fails the test. */
void graph_rig_run(struct graph_rig *rig);

/* How many requests on record begin with REQUEST. */
size_t graph_rig_count(const struct graph_rig *rig, const char *request);
/* Does the record have a request that begins with REQUEST and contains TEXT? */
bool graph_rig_has(const struct graph_rig *rig, const char *request, const char *text);
/* How many requests wrote. */
size_t graph_rig_writes(const struct graph_rig *rig);
