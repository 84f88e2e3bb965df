/*
 * A token of somebody whom the application trusts, such as a Kubernetes cluster, in a file that he keeps renewing: it
 * is read for each login, as it is (auth.md sections 2 and 3). The names of the file and of the application come from
 * the configuration, or from AZURE_FEDERATED_TOKEN_FILE and AZURE_CLIENT_ID, which the cluster sets.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "transport/credential_login.h"
#include "transport/environment.h"
#include "transport/secret_file.h"
#include "transport/token_claims.h"

enum { TOKEN_MAX = 64 * 1024 };

struct workload_identity {
	struct credential_login login; /* first */
	char *client_id, *file, *key;
};

/* The token is not ours to verify; that it is too old is only said in better words than the cloud's. */
static const char *judge(const struct workload_identity *credential, const char *token, struct arena *arena)
{
	int64_t now_ms = clock_unix_ms();
	char now[CLOCK_RFC3339_SIZE], then[CLOCK_RFC3339_SIZE];
	struct token_claims claims;

	if (token_claims_read(token, arena, &claims) < 0)
		return arena_printf(arena,
				    "%s holds no token (a JSON web token, three parts with dots between them); %s must "
				    "name the file in which the cluster projects the service account's token",
				    credential->file, credential->key);
	if (!claims.expires_s || now_ms < claims.expires_s * 1000)
		return NULL;
	clock_format_rfc3339(now_ms, now);
	clock_format_rfc3339(claims.expires_s * 1000, then);
	return arena_printf(arena,
			    "the federated token in %s expired at %s, and by this machine's clock it is %s: whoever "
			    "writes the file has not renewed it. See whether it is projected into this pod (kubectl "
			    "describe pod), and, if the clock is wrong, correct it",
			    credential->file, then, now);
}

static const char *append_proof(struct credential_login *login, const char *token_url _unused_, struct arena *arena,
				struct buffer *form)
{
	const struct workload_identity *credential = (struct workload_identity *)login;
	const struct secret_file file = {
		.path = credential->file, .what = "federated token", .key = credential->key, .is_for_everybody = true};
	struct buffer token;
	const char *problem;

	buffer_init(&token, TOKEN_MAX);
	problem = secret_file_read(&file, arena, &token);
	if (!problem)
		problem = judge(credential, token.data, arena);
	if (!problem) {
		credential_login_append(form, "client_assertion_type",
					"urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
		credential_login_append(form, "client_assertion", token.data);
	}
	buffer_done(&token);
	return problem;
}

static void free_workload_identity(struct credential_login *login)
{
	struct workload_identity *credential = (struct workload_identity *)login;

	free(credential->client_id);
	free(credential->file);
	free(credential->key);
	free(credential);
}

static const struct credential_login_operations operations = {.append_proof = append_proof,
							      .free = free_workload_identity};

int credential_workload_identity_new(const struct credential_context *context, const struct desired_credential *desired,
				     struct credential **ret, char **ret_problem)
{
	const char *client_id = desired->client_id ? desired->client_id : environment_get("AZURE_CLIENT_ID");
	const char *file = desired->federated_token_file ? desired->federated_token_file
							 : environment_get("AZURE_FEDERATED_TOKEN_FILE");
	struct workload_identity *credential;
	struct arena arena = {0};
	const char *problem;

	if (!client_id || !file) {
		*ret_problem = memory_copy_text(
			!client_id && !file ? "the environment lacks AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE"
			: !file             ? "there is no federated token: AZURE_FEDERATED_TOKEN_FILE is not set, nor "
					      "credential.federated_token_file"
				: "it is not known for which application the federated token is: AZURE_CLIENT_ID is "
				  "not set, nor credential.client_id");
		return -ENOENT;
	}
	/* Who names the application in the configuration has said that it is this tenant's. */
	problem = desired->client_id ? NULL : environment_disagreement(context, &arena);
	if (problem) {
		*ret_problem = memory_copy_text(problem);
		arena_done(&arena);
		return -EINVAL;
	}
	credential = memory_new(sizeof(*credential));
	credential_login_init(&credential->login, &operations);
	credential->client_id = memory_copy_text(client_id);
	credential->file = memory_copy_text(file);
	credential->key = memory_copy_text(desired->federated_token_file ? "credential.federated_token_file"
									 : "AZURE_FEDERATED_TOKEN_FILE");
	credential->login.who =
		(struct remedy_login){.client_id = credential->client_id, .federated_token_file = credential->file};
	*ret = &credential->login.credential;
	return 0;
}
