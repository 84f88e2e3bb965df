/*
 * What is wanted of one site's settings, put together from parts. Internal to the kind "app-settings": app_settings.c
 * begins the edit, settings_scepman.c or settings_certificate_master.c says what the site must have, and the parts that
 * both share are here. Every part follows one rule: a value that is not known, because what it comes from failed or is
 * not there, leaves its setting as it is, and the others go on.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "kinds/settings_edit.h"
#include "kinds/slot_generation.h"
#include "world/world.h"

struct settings_task {
	struct world *world;
	struct node *node; /* kind "app-settings" */
	const struct web_app *app;
	const struct installation *installation;
	const struct site *site;
	const struct settings *before; /* NULL: a site that does not exist yet and starts with nothing */
	enum tenancy tenancy;
	struct settings_edit edit;

	/* A level that was seen lower than written, for the first time: to be seen again (domain.md 1.2). */
	int lower_level, written_level;
	int64_t lower_level_wait_s; /* 0: there is none */
};

/* What the site must have. False: nothing may be written, and node->condition says why. */
bool settings_want_scepman(struct settings_task *task) _must_check_;
bool settings_want_certificate_master(struct settings_task *task) _must_check_;

/* ---- settings_parts.c ---- */

/* "app-scepman", "app-scepman/staging" */
const char *settings_site_name(struct arena *arena, const struct site *site);
const char *settings_task_site_name(const struct settings_task *task);
/* "--resource-group rg --name app --slot staging", for az in messages. */
const char *settings_task_az_arguments(const struct settings_task *task);
typedef bool settings_same_fn(const char *a, const char *b);
/* Setting NAME is VALUE, or what IS_SAME takes for it. NULL is a value that the cloud will assign: a plan says so, and
 * a write leaves the setting as it is. */
void settings_want(struct settings_task *task, const char *name, const char *value, settings_same_fn *is_same,
		   const char *reason);
/*
 * Setting NAME is the app id of APPLICATION (a node; or NULL). The first value that stood there is kept in the setting
 * BACKUP (or NULL: nowhere). False: what stands there is no app id, so it is not ours to replace.
 */
bool settings_want_app_id(struct settings_task *task, const char *name, const char *backup,
			  const struct node *application) _must_check_;
/* NAME is the storage account's table endpoint. */
void settings_want_table_endpoint(struct settings_task *task, const char *name);
/* The app id that APPLICATION (a node; or NULL) has, in *RET; in a plan it may be NULL. False: not known. */
bool settings_know_app_id(const struct settings_task *task, const struct node *application, const char **ret);

/* ---- settings_channel.c ---- */

/* The package that the site runs from, and Update_Channel, which asks for one once (domain.md 1.10): what
 * kinds/artifact.h decided. */
void settings_want_channel(struct settings_task *task);

/* ---- settings_upgrade.c ---- */

/*
 * ApplicationId, and what a SCEPman of 1.x signed in with: its ApplicationKey goes, with consent, in the same write
 * that brings the managed identity, and both are backed up there (domain.md 2.20). Nothing is taken away before the
 * identity works. False: nothing may be written.
 */
bool settings_want_credential(struct settings_task *task) _must_check_;

/* ---- settings_restore.c ---- */

/* The way back after a downgrade to 1.x: ApplicationKey and ApplicationId as they are in their backups, which stay, and
 * no managed identity, which 1.x cannot be used with (domain.md 4.2, 4.3). False: nothing may be written. */
bool settings_want_1x(struct settings_task *task) _must_check_;

/* ---- settings_clone.c ---- */

/* What a clone takes over from the installation that it is a clone of (domain.md 3.2); nothing of any other. To be
 * called first: what is its own is said after it. */
void settings_want_shared(struct settings_task *task);

/* ---- settings_logging.c ---- */

/* The data collection rule in place of workspace id and shared key (domain.md 1.7). */
void settings_want_logging(struct settings_task *task);

/* ---- settings_identity.c ---- */

/* May the site's identities do, by what was read back, at least what SCEPman cannot do without (level 0, domain.md
 * 1.2)? */
bool settings_identity_is_able(const struct settings_task *task);
/* The managed identity's level, its time and, for SCEPman, its host name (domain.md 2.17). */
void settings_want_identity(struct settings_task *task);
/* The host name in its plain form, when something is written anyway. To be called last. */
void settings_tidy_identity_host(struct settings_task *task);

/* ---- settings_changes.c ---- */

/* One line of the plan for each setting that the edit changes. */
void settings_add_changes(struct settings_task *task);
/* TEXT without the values of SETTINGS that it repeats; the names stay. */
const char *settings_hide_values(const struct settings *settings, struct arena *arena, const char *text);
