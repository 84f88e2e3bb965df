/* A client secret, kept in a file. Format: auth.md section 3. */
#include <stdlib.h>

#include "base/memory.h"
#include "transport/credential_login.h"
#include "transport/secret_file.h"

enum { SECRET_MAX = 4096 };

struct client_secret {
	struct credential_login login; /* first */
	const struct desired_credential *desired;
};

static const char *append_proof(struct credential_login *login, const char *token_url _unused_, struct arena *arena,
				struct buffer *form)
{
	struct client_secret *credential = (struct client_secret *)login;
	const struct secret_file file = {.path = credential->desired->client_secret_file,
					 .what = "client secret",
					 .key = "credential.client_secret_file"};
	struct buffer secret;
	const char *problem;

	buffer_init(&secret, SECRET_MAX);
	problem = secret_file_read(&file, arena, &secret);
	if (!problem)
		credential_login_append(form, "client_secret", secret.data);
	buffer_done(&secret);
	return problem;
}

static void free_client_secret(struct credential_login *login)
{
	free(login);
}

static const struct credential_login_operations operations = {.append_proof = append_proof, .free = free_client_secret};

struct credential *credential_client_secret_new(const struct desired_credential *desired)
{
	struct client_secret *credential = memory_new(sizeof(*credential));

	credential_login_init(&credential->login, &operations);
	credential->login.who =
		(struct remedy_login){.client_id = desired->client_id, .secret_file = desired->client_secret_file};
	credential->desired = desired;
	return &credential->login.credential;
}
