/*
 * Microsoft.Web, as its files share it. Sites and slots are kept without what follows from something else: their stack
 * and switches live in "…/config/web", their settings in "…/config/appsettings", and the rest of what Azure shows is
 * made when it is shown.
 */
#pragma once

#include "arm.h"

/* Errors of the web provider have their own form, with the same words in three places. */
void arm_web_answer_error(struct call *call, int status, const char *code, const char *message, ...) _printf_(4, 5);
/* The same with the number and the template that the provider has for it: "Cannot find {0} with name {1}." SECOND may
 * be NULL. */
void arm_web_answer_template(struct call *call, int status, const char *code, const char *extended_code,
			     const char *message_template, const char *first, const char *second);

/* The site or slot that the call's path leads through ("…/sites/a" or "…/sites/a/slots/b"), or NULL after 404. */
cJSON *arm_web_find_site(struct call *call);
bool arm_web_is_linux(const struct sim_state *state, const cJSON *site);
/* The App Service plan of SITE, or NULL. */
cJSON *arm_web_plan(const struct sim_state *state, const cJSON *site);
/* "West Europe" of "westeurope": the web provider shows locations by their display names. */
const char *arm_web_location(struct arena *arena, const char *location);
/* What GET shows of a site or slot; to be freed. */
cJSON *arm_web_show_site(struct call *call, const cJSON *site);
/* What GET …/config/web shows; to be freed. */
cJSON *arm_web_show_config(struct call *call, const cJSON *site);

/* The stored config NAME ("web", "appsettings") of SITE; NULL: never written. */
cJSON *arm_web_config(const struct sim_state *state, const cJSON *site, const char *name);
/* The same, made when it is not there. */
cJSON *arm_web_config_make(struct call *call, const cJSON *site, const char *name);
/* Lays a siteConfig over the stored one (nulls say nothing); "appSettings" in it replaces the settings. */
void arm_web_take_config(struct call *call, const cJSON *site, const cJSON *config);
/* A write of settings restarts the site: counted. */
void arm_web_count_restart(struct call *call, const cJSON *site);

/* Gives RESOURCE the identity that BODY asks for, making or removing its service principal. False: answered. */
bool arm_identity_take(struct call *call, cJSON *resource, const cJSON *body) _must_check_;
/* Removes the service principal of a resource that goes away. */
void arm_identity_drop(struct call *call, const cJSON *resource);

extern const struct sim_route arm_web_site_routes[];
extern const struct sim_route arm_web_config_routes[];
extern const struct sim_route arm_web_settings_routes[];
extern const struct sim_route arm_web_host_routes[];
extern const struct sim_route arm_web_plan_routes[];
extern const struct sim_route arm_web_swap_routes[];
extern const struct sim_route arm_web_misc_routes[];
extern const struct sim_route arm_web_more_routes[];
extern const struct sim_route arm_identity_routes[];
