/*
 * An installation of which the sites and their settings are known, and nothing else: the ground for tests of what it
 * needs of Azure. It has production, the slot "staging" and Certificate Master, each with a system-assigned identity.
 */
#pragma once

#include "script.h"
#include "world/memory_of_passes.h"

#define RIG_SUBSCRIPTION "11111111-1111-4111-8111-111111111111"
#define RIG_ELSEWHERE    "22222222-2222-4222-8222-222222222222" /* the tenant's other subscription */
#define RIG_TENANT       "99999999-9999-4999-8999-999999999999"
#define RIG_GROUP        "/subscriptions/" RIG_SUBSCRIPTION "/resourceGroups/rg-scepman"
#define RIG_PRODUCTION   "aaaaaaaa-0000-4000-8000-000000000001"
#define RIG_STAGING      "aaaaaaaa-0000-4000-8000-000000000002"
#define RIG_MASTER       "aaaaaaaa-0000-4000-8000-000000000003"

enum { RIG_SETTINGS_MAX = 8 };

struct rig_app {
	struct web_app app;
	struct node *settings_node;
	struct site site;
	struct principal principal;
	struct settings settings;
	struct setting items[RIG_SETTINGS_MAX];
};

struct rig {
	struct script script;
	const char *subscriptions[1];
	struct desired_tenant tenant;
	struct desired_instance instance;
	struct memory_of_passes memory;
	struct world world;
	struct installation installation;
	struct collection slots;
	struct rig_app production, staging, master;
};

void rig_init(struct rig *rig);
void rig_done(struct rig *rig);
/* Says that APP has the setting NAME. */
void rig_set(struct rig_app *app, const char *name, const char *value);
/* Says that APP's settings could not be read. */
void rig_set_unread(struct rig_app *app);
/* States storage, vault, logging and rights, as far as they are wanted, and plays until nothing more is possible. */
void rig_play(struct rig *rig);

/* The outcome of the node that NAME begins, which must be there and settled. */
const struct node *rig_node(const struct rig *rig, const char *name);
void rig_expect(const struct rig *rig, const char *name, enum outcome outcome, enum reason reason);
/* How many writes there were that contain PART; NULL: all. */
unsigned rig_writes(const struct rig *rig, const char *part);
