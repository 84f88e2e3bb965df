/*
 * What the files of the simulated Entra share: the form of a token request, its errors, and the making of tokens.
 */
#pragma once

#include "call.h"
#include "entra.h"

enum { ENTRA_FORM_MAX = 32, ENTRA_LIFETIME_S = 3599, ENTRA_LIFETIME_CP1_S = 86399 };

/* A body of type application/x-www-form-urlencoded, decoded. */
struct entra_form {
	struct sim_header fields[ENTRA_FORM_MAX];
	size_t count;
};

/* One request for a token, as far as it was found good. */
struct entra_request {
	const char *client_id;
	const char *resource;    /* as the client spelled it: it becomes the audience */
	const cJSON *principal;  /* the client's service principal */
	const char *resource_id; /* of a managed identity, or of the machine that has it; or NULL */
	bool has_cp1;            /* the client can answer claims challenges, and gets a long-lived token for it */
	const char *credential;  /* the claim appidacr: "1" secret, "2" assertion */
};

/* Reads the body of CALL. Fields past the maximum and malformed ones are dropped. */
void entra_form_parse(struct call *call, struct entra_form *ret);
/* Field NAME, or NULL when it is missing or empty. */
const char *entra_form_get(const struct entra_form *form, const char *name);

/* Answers CALL with an AADSTS error: ERROR is OAuth's word ("invalid_client"), CODE the number behind AADSTS. */
void entra_error(struct call *call, int status, const char *error, int code, const char *message, ...) _printf_(5, 6);

/* Does CALL come with one of the proofs that REQUEST->client_id may use? Sets REQUEST->credential. False: answered. */
bool entra_check_credential(struct call *call, const struct entra_form *form,
			    struct entra_request *request) _must_check_;
/* The same for a client assertion: a certificate of the application, or a token of an issuer that it trusts. */
bool entra_check_assertion(struct call *call, const char *assertion, struct entra_request *request) _must_check_;

/* Is there somebody in the tenant, or in Microsoft's, who answers for RESOURCE? */
bool entra_is_resource(const struct call *call, const char *resource) _must_check_;
/* How long REQUEST's token lives. */
int64_t entra_lifetime_s(const struct entra_request *request) _must_check_;
/* The token; in the call's arena. */
const char *entra_issue(struct call *call, const struct entra_request *request) _must_check_;

/* The same from the platform, which keeps the tokens of managed identities for half of their life and gives them again,
 * whatever happened to the identity since. */
const char *entra_issue_kept(struct call *call, const struct entra_request *request,
			     int64_t *ret_lifetime_s) _must_check_;

/* Is AUDIENCE one that Azure Resource Manager, or Microsoft Graph, accepts? */
bool entra_is_arm_audience(const struct call *call, const char *audience) _must_check_;
bool entra_is_graph_audience(const struct call *call, const char *audience) _must_check_;

/* How the tenant names itself when it is reached by its own address, or NULL. */
const char *entra_public_url(const struct call *call);

/* May the metadata service answer one more request in this second? It answers 20. */
bool entra_take_metadata_request(struct call *call) _must_check_;
/* Azure Arc: the file that a client must be able to read, and what stands in it. */
const char *entra_challenge_path(struct call *call);
const char *entra_challenge_key(struct call *call);

/* The claims of TOKEN if its signature was found good before, otherwise NULL. Reading and verifying it costs more than
 * all else of a request; what the claims mean is judged each time. */
const cJSON *entra_verified_claims(const struct call *call, const char *token) _must_check_;
/* CLAIMS are taken over. */
void entra_remember_verified(struct call *call, const char *token, cJSON *claims);
