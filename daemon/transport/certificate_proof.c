#include "transport/certificate_proof.h"

#include "base/clock.h"
#include "transport/assertion.h"
#include "transport/guid.h"

static const char *append_assertion(const struct certificate_file *file, const struct client_certificate *pair,
				    bool has_chain, const char *token_url, struct arena *arena, struct buffer *form)
{
	int64_t now_ms = clock_unix_ms();
	char id[GUID_SIZE];
	struct assertion assertion = {
		.client_id = file->client_id,
		.audience = token_url,
		.id = id,
		.now_s = now_ms / 1000,
		.has_chain = has_chain,
	};
	const char *problem = client_certificate_judge(file, pair, now_ms, arena), *text;

	if (problem)
		return problem;
	guid_make(id);
	text = assertion_sign(&assertion, pair, arena);
	if (!text)
		return arena_printf(arena,
				    "the RSA key in %s is too short to sign with, or its certificates are too long to "
				    "send; Entra wants 2048 bits or more. Make a new one with: az ad app credential "
				    "reset --id %s --create-cert --append",
				    file->path, file->client_id);
	credential_login_append(form, "client_assertion_type",
				"urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	credential_login_append(form, "client_assertion", text);
	return NULL;
}

const char *certificate_proof_append(struct credential_login *login, const struct certificate_file *file,
				     bool has_chain, const char *token_url, struct arena *arena, struct buffer *form)
{
	struct client_certificate pair;
	const char *problem = client_certificate_read(file, arena, &pair);

	if (problem)
		return problem;
	login->who.certificate_file = file->path;
	client_certificate_thumbprint(&pair, login->who.thumbprint);
	problem = append_assertion(file, &pair, has_chain, token_url, arena, form);
	client_certificate_done(&pair);
	return problem;
}
