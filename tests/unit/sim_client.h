/* A client of the simulated tenant in one process, for its tests: one tenant, one clock, one bearer token at a time. */
#pragma once

#include <check.h>
#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/attributes.h"
#include "sim.h"

/* The application that the tenant's data gives every right, and its secret. */
#define CLIENT_ID     "c4a81f36-92d7-4e0b-8f65-1b3e7d904a2c"
#define CLIENT_SECRET "s3c~simulated-tenant-only-0001"
#define TENANT_ID     "8f2e6a1c-3b4d-4e5f-9a6b-7c8d9e0f1a2b"
#define GRAPH_SP      "6f0c1b7e-52a4-4d19-8c3b-9e7d41f2a860"

struct client {
	struct sim *sim;
	int64_t now_ms;
	char *token; /* sent with every request; NULL: none */
	struct sim_response response;
	cJSON *body; /* of the last response; NULL when it was empty or no JSON */
};

extern struct client client;

/* For tcase_add_checked_fixture(): a tenant with nothing but its directory, and a token for Graph. */
void client_start(void);
void client_stop(void);

/* Gets a token for SCOPE and uses it from now on. */
void client_log_in(const char *client_id, const char *secret, const char *scope);
/* Sends a request; BODY (NULL: none) as JSON, or as a form when it does not begin with a brace or bracket. Returns the
 * status. */
int client_send(const char *method, const char *target, const char *body);
/* The same with one more header. */
int client_send_with(const char *method, const char *target, const char *body, const char *name, const char *value);
/* Header of the last response, or NULL. */
const char *client_header(const char *name);
/* The text, or the item, at PATH ("error.code", "value[0].id") of the last response; NULL: there is none. */
const char *client_text(const char *path);
const cJSON *client_item(const char *path);
/* The length of the array at PATH; -1: there is none. */
int client_count(const char *path);
/* Formatted text that lives until client_stop(). */
const char *client_printf(const char *format, ...) _printf_(1, 2);

/* The code of Graph's or Azure's error in the last response. */
#define assert_error(status_, code_)                                                                                   \
	do {                                                                                                           \
		ck_assert_int_eq(client.response.status, (status_));                                                   \
		ck_assert_str_eq(client_text("error.code"), (code_));                                                  \
	} while (0)
