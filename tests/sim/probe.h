/*
 * What the simulated web apps look at before they call themselves healthy. They judge by the state alone, as the real
 * ones judge by what they reach: an identity's own roles and rights, the app registrations, vault, storage and log rule
 * that their settings name. domain.md section 1 is the measure.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "state.h"

struct probe {
	const struct sim_state *state;
	struct arena *arena;
	const cJSON *site;
	const cJSON *settings; /* name -> text */
	bool is_linux;
	int64_t now_ms;
	const char *principals[16]; /* object ids of its identities */
	size_t principal_count;
	cJSON *missing; /* array of sentences */
};

/* The setting NAME (spelled with colons), as .NET would find it; NULL: there is none. */
const char *probe_setting(const struct probe *probe, const char *name);
/* Notes what is not connected. */
void probe_miss(struct probe *probe, const char *format, ...) _printf_(2, 3);

/* The checks that both apps share. */
void probe_check_package(struct probe *probe, const char *product);
void probe_check_tenant(struct probe *probe);
/* Time and level of the managed identity; LEVEL is what the assigned roles give. */
void probe_check_identity(struct probe *probe, int level);
void probe_check_storage(struct probe *probe, const char *setting);
void probe_check_logging(struct probe *probe);
/* The application with appId APP_ID if it has the app role ROLE and a service principal (*RET_PRINCIPAL); NULL: noted.
 */
const cJSON *probe_check_application(struct probe *probe, const char *setting, const char *app_id, const char *role,
				     const cJSON **ret_principal);
/* Has PRINCIPAL the app role with ROLE_ID on the service principal RESOURCE? */
bool probe_has_role(const struct probe *probe, const char *principal, const cJSON *resource, const char *role_id);
/* "host" of "https://host:port/path", or NULL. */
const char *probe_host(const struct probe *probe, const char *url);

void probe_scepman(struct probe *probe);
void probe_certificate_master(struct probe *probe);
