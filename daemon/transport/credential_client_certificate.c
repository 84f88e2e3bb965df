/* A certificate with its private key, kept in a file (PEM or PKCS#12), and a passphrase in another. Format: auth.md
 * section 3. */
#include <stdlib.h>

#include "base/memory.h"
#include "transport/certificate_proof.h"
#include "transport/secret_file.h"

enum { PASSPHRASE_MAX = 1024 };

struct certificate_credential {
	struct credential_login login; /* first */
	const struct desired_credential *desired;
};

static const char *append_proof(struct credential_login *login, const char *token_url, struct arena *arena,
				struct buffer *form)
{
	const struct desired_credential *desired = ((struct certificate_credential *)login)->desired;
	const struct secret_file passphrase_file = {.path = desired->certificate_password_file,
						    .what = "certificate's passphrase",
						    .key = "credential.certificate_password_file"};
	struct certificate_file file = {.path = desired->certificate_file,
					.key = "credential.certificate_file",
					.passphrase_key = "credential.certificate_password_file",
					.client_id = desired->client_id};
	struct buffer passphrase;
	const char *problem = NULL;

	buffer_init(&passphrase, PASSPHRASE_MAX);
	if (passphrase_file.path) {
		problem = secret_file_read(&passphrase_file, arena, &passphrase);
		file.passphrase = passphrase.data;
		file.passphrase_key = passphrase_file.path;
	}
	if (!problem)
		problem =
			certificate_proof_append(login, &file, desired->send_certificate_chain, token_url, arena, form);
	buffer_done(&passphrase);
	return problem;
}

static void free_certificate_credential(struct credential_login *login)
{
	free(login);
}

static const struct credential_login_operations operations = {.append_proof = append_proof,
							      .free = free_certificate_credential};

struct credential *credential_client_certificate_new(const struct desired_credential *desired)
{
	struct certificate_credential *credential = memory_new(sizeof(*credential));

	credential_login_init(&credential->login, &operations);
	credential->login.who = (struct remedy_login){.client_id = desired->client_id};
	credential->desired = desired;
	return &credential->login.credential;
}
