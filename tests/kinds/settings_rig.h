/*
 * An installation put together by hand, for tests of the settings' kinds: what a pass knows when everything before the
 * settings is settled. Three sites (production, the slot "staging", Certificate Master), each with one identity that
 * has all rights, an app registration each, a storage account and a data collection rule. Tests change what they are
 * about.
 */
#pragma once

#include "world/memory_of_passes.h"
#include "world/world.h"

#define RIG_NOW    1790000000
#define RIG_TENANT "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"
#define RIG_API    "0a0a0a0a-1111-4222-8333-444444444444"
#define RIG_MASTER "0b0b0b0b-1111-4222-8333-444444444444"
#define RIG_TABLE  "https://stscepman.table.core.windows.net/"
#define RIG_INGEST "https://dcr-scepmanlogs.ingest.monitor.azure.com"
#define RIG_RULE   "dcr-00112233445566778899aabbccddeeff"

struct rig_site {
	struct web_app app;
	struct node *site_node, *level_node;
	struct site site;
	struct principal principal;
	struct permission_level level;
};

struct rig {
	struct desired_tenant tenant;
	struct desired_instance instance;
	struct memory_of_passes memory;
	struct world world;
	struct installation installation;
	struct rig_site production, staging, master;
	struct application api_app, master_app;
	struct storage_account account;
	struct data_collection_rule rule;
	struct collection slots;
};

/* With the slot only when HAS_SLOT. The settings are stated, not read. */
void rig_init(struct rig *rig, bool is_linux, bool has_slot);
void rig_done(struct rig *rig);
/* Begins the next pass, SECONDS later: a new world, same memory, same tenant. What was changed by hand in the rig's
 * structures stays. */
void rig_next_pass(struct rig *rig, int64_t seconds);

/* A neighbour that is there and settled, with what is OBSERVED of it. */
struct node *rig_neighbour(struct rig *rig, const char *name, void *observed);
/* Says that SITE's identity may publish to the data collection rule. */
void rig_grant_logging(struct rig *rig, struct rig_site *site);

/* Has SITE's settings absorb {"properties": JSON}. */
enum absorbed rig_absorb(struct rig *rig, struct rig_site *site, const char *json);
/*
 * What would be done to SITE's settings, one line each: "+ NAME = VALUE", "~ NAME = BEFORE -> AFTER", "- NAME =
 * BEFORE", values that tell a secret as "(sensitive)"; or "in sync"; or "blocked: REASON". In the world's arena.
 */
const char *rig_plan(struct rig *rig, struct rig_site *site);
/* The same of any node. */
const char *rig_plan_node(struct rig *rig, struct node *node);
/* SITE absorbs {"properties": JSON}, and PLAN is what would be done then. */
void rig_expect(struct rig *rig, struct rig_site *site, const char *json, const char *plan);
/* The body of the write that NODE asked for at its last rig_plan(). */
const char *rig_body(struct rig *rig, struct node *node);
