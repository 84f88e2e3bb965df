/*
 * What the Azure SDKs' EnvironmentCredential reads: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or
 * AZURE_CLIENT_CERTIFICATE_PATH with ..._PASSWORD and AZURE_CLIENT_SEND_CERTIFICATE_CHAIN; a secret wins (auth.md
 * section 2). Secrets stay where they are, in the environment, and are looked up for each login.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/certificate_proof.h"
#include "transport/environment.h"

struct environment_credential {
	struct credential_login login; /* first */
	char *client_id;
};

static const char *append_certificate(struct credential_login *login, const char *token_url, struct arena *arena,
				      struct buffer *form)
{
	const char *chain = environment_get("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN");
	const struct certificate_file file = {
		.path = environment_get("AZURE_CLIENT_CERTIFICATE_PATH"),
		.key = "AZURE_CLIENT_CERTIFICATE_PATH",
		.passphrase = environment_get("AZURE_CLIENT_CERTIFICATE_PASSWORD"),
		.passphrase_key = "AZURE_CLIENT_CERTIFICATE_PASSWORD",
		.client_id = login->who.client_id,
	};

	return certificate_proof_append(login, &file, text_equal_fold(chain, "true") || text_equal(chain, "1"),
					token_url, arena, form);
}

static const char *append_proof(struct credential_login *login, const char *token_url, struct arena *arena,
				struct buffer *form)
{
	const char *secret = environment_get("AZURE_CLIENT_SECRET");

	if (!secret)
		return append_certificate(login, token_url, arena, form);
	credential_login_append(form, "client_secret", secret);
	return NULL;
}

static void free_environment(struct credential_login *login)
{
	struct environment_credential *credential = (struct environment_credential *)login;

	free(credential->client_id);
	free(credential);
}

static const struct credential_login_operations operations = {.append_proof = append_proof, .free = free_environment};

/* The names of what is not set, or NULL. */
static const char *find_missing(struct arena *arena)
{
	static const char *const names[] = {"AZURE_TENANT_ID", "AZURE_CLIENT_ID"};
	const char *missing = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!environment_get(names[i]))
			missing = missing ? arena_printf(arena, "%s, %s", missing, names[i]) : names[i];
	if (environment_get("AZURE_CLIENT_SECRET") || environment_get("AZURE_CLIENT_CERTIFICATE_PATH"))
		return missing;
	return arena_printf(arena, "%s%sAZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH", missing ? missing : "",
			    missing ? ", " : "");
}

int credential_environment_new(const struct credential_context *context, struct credential **ret, char **ret_problem)
{
	struct environment_credential *credential;
	struct arena arena = {0};
	const char *problem = NULL, *missing = find_missing(&arena);
	int r = 0;

	if (missing) {
		r = -ENOENT;
		problem = arena_printf(&arena, "the environment lacks %s%s", missing,
				       environment_get("AZURE_USERNAME")
					       ? "; AZURE_USERNAME and AZURE_PASSWORD are not used, since nobody "
						 "answers a second factor here"
					       : "");
	} else if ((problem = environment_disagreement(context, &arena))) {
		r = -EINVAL;
	}
	if (r < 0) {
		*ret_problem = memory_copy_text(problem);
		arena_done(&arena);
		return r;
	}
	arena_done(&arena);
	credential = memory_new(sizeof(*credential));
	credential_login_init(&credential->login, &operations);
	credential->client_id = memory_copy_text(environment_get("AZURE_CLIENT_ID"));
	credential->login.who =
		(struct remedy_login){.client_id = credential->client_id, .secret_file = "AZURE_CLIENT_SECRET"};
	*ret = &credential->login.credential;
	return 0;
}
