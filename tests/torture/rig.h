/*
 * A pass against the simulated tenant in the same process: a transport whose answers come in random order, at a virtual
 * time, and where one request of a pass can go wrong in a chosen way. Deterministic by seed; no socket, no sleep.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "desired/desired.h"
#include "reconcile/pass.h"
#include "sim.h"
#include "world/transport.h"

/* The setting that another writer adds. */
#define RIG_MEDDLED "Somebody_Else"

/* What goes wrong with one request of a pass. */
enum harm {
	HARM_NONE,
	HARM_KILL_BEFORE, /* the process dies before the request has arrived */
	HARM_KILL_AFTER,  /* … after it took effect, before its answer was seen */
	HARM_UNAVAILABLE, /* 503, without effect */
	HARM_LOST_BEFORE, /* the connection is lost, without effect */
	HARM_LOST_AFTER,  /* … after the effect */
	HARM_GARBAGE,     /* it took effect, the answer is not JSON */
	HARM_NOT_FOUND,   /* what it creates is 404 for the next reads of it */
	HARM_EMPTY,       /* a read is answered with an empty object */
	HARM_DENIED,      /* 403 */
	HARM_MEDDLED,     /* just before, somebody else adds a setting to SCEPman's web app */
	HARM_KINDS,
};

const char *harm_name(enum harm harm);

struct rig_call;

struct rig {
	struct transport transport; /* first: a pass sees only this */
	struct sim *sim;
	char *token;
	int64_t token_ms; /* when it was issued */
	uint64_t random;
	int64_t now_ms;
	struct rig_call *pending;
	size_t pending_count;

	enum harm harm;
	size_t harm_at;   /* which request of the pass, from 0 */
	char harmed[512]; /* the request that was harmed, for messages */
	bool is_killed;   /* by harm */
	bool was_meddled; /* since the reset */
	char *unborn;     /* HARM_NOT_FOUND: what the path of a hidden read contains */
	unsigned unborn_reads;

	size_t requests, writes;     /* of this pass */
	size_t settings_writes;      /* PUTs of app settings in this pass … */
	size_t settings_writes_most; /* … of the site that had the most */
	struct map writes_by_path;
	bool is_loud; /* prints each request */
};

/* IS_LAGGING: replicas of the simulated tenant answer differently for a while.
 * The scenario by its name and the desired state that belongs to it; EXTRA is YAML for the instance, indented by eight,
 * or "". */
void rig_init(struct rig *rig, const char *scenario, uint64_t seed, bool is_lagging);
void rig_done(struct rig *rig);
/* The scenario anew. */
void rig_reset(struct rig *rig, const char *scenario, uint64_t seed);
struct desired *rig_desired(const char *tenant_extra, const char *instance_extra) _must_check_;

struct rig_outcome {
	bool was_killed;
	size_t requests, writes, settings_writes_most;
	size_t in_sync, planned, withheld, blocked, failed, open; /* nodes */
	/* planned, though neither a plan nor a hold is the reason: forgotten */
	size_t planned_though_free;
	char *trouble;  /* the first node that is not good, for messages; to be freed; NULL: none */
	int64_t wait_s; /* >0: worth another pass then */
};

/* One pass of DESIRED's first tenant. HARM strikes its request number AT. */
struct rig_outcome rig_pass(struct rig *rig, const struct desired *desired, struct memory_of_passes *memory,
			    bool is_plan, enum harm harm, size_t at);
/* How often the site whose id ends with SITE was restarted by writes since the reset. */
unsigned rig_restarts(struct rig *rig, const char *site);
/* GET on the simulated tenant without a token ("/_sim/state"; HOST: a site's). To be freed; STATUS may be NULL. */
char *rig_get(struct rig *rig, const char *host, const char *target, int *ret_status) _must_check_;
