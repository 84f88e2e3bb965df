/* What Entra says against certificates and federated tokens. Source: Microsoft's list of AADSTS codes. */
#include <string.h>

#include "base/text.h"
#include "transport/remedy.h"

/* "[Reason - The key used is expired., …": Entra has one code for all that may be wrong with a certificate. */
static const char *remedy_for_key(const struct remedy_login *login, const char *message, struct arena *arena)
{
	const char *client = login->client_id, *file = login->certificate_file;

	if (!file)
		return NULL;
	if (message && text_contains_fold(message, "key used is expired"))
		return arena_printf(
			arena,
			"the certificate in %s (thumbprint %s) expired at application %s; make a new one with: az ad "
			"app credential reset --id %s --create-cert --append, and put the file that it writes in the "
			"place of %s",
			file, login->thumbprint, client, client, remedy_place_of(file, arena));
	if (message && text_contains_fold(message, "signature value did not match"))
		return arena_printf(
			arena,
			"the application %s has a certificate with the thumbprint %s of the one in %s, but with "
			"another key; register it anew with: openssl x509 -in '%s' -out public.pem && az ad app "
			"credential reset --id %s --cert @public.pem --append",
			client, login->thumbprint, file, file, client);
	return arena_printf(
		arena,
		"application %s does not have the certificate in %s (thumbprint %s): it was removed, or never "
		"registered. az ad app credential list --id %s --cert lists those it has; register this one with: "
		"openssl x509 -in '%s' -out public.pem && az ad app credential reset --id %s --cert @public.pem "
		"--append",
		client, file, login->thumbprint, client, file, client);
}

static const char *remedy_for_time(const struct remedy_login *login, struct arena *arena)
{
	if (login->federated_token_file)
		return arena_printf(arena,
				    "the federated token in %s is expired or not yet valid by Entra's clock; look why "
				    "it is not renewed (kubectl describe pod), and at the clocks of its issuer and of "
				    "this machine (timedatectl)",
				    login->federated_token_file);
	return arena_printf(arena,
			    "this machine's clock is wrong by more than five minutes, so that what it signs for "
			    "application %s is expired or not yet valid; correct the clock: timedatectl set-ntp true",
			    login->client_id);
}

/* The value that Entra quotes after what is wrong ("assertion subject 'system:serviceaccount:a:b'"), or "". It is the
 * token's own, and may be anything. */
static const char *quoted(const char *message, struct arena *arena)
{
	const char *start = message ? strstr(message, "presented assertion ") : NULL, *end;

	start = start ? strchr(start, '\'') : NULL;
	end = start ? strchr(start + 1, '\'') : NULL;
	return end ? arena_printf(arena, " (\"%.*s\")", (int)(end - start - 1), start + 1) : "";
}

static const char *remedy_for_trust(const struct remedy_login *login, const char *what, const char *message,
				    struct arena *arena)
{
	return arena_printf(
		arena,
		"application %s trusts no federated token with the %s%s of the one in %s: its federated credential was "
		"removed, or says another. az ad app federated-credential list --id %s lists those it has; issuer, "
		"subject and audience must be those of the token, letter by letter (az ad app federated-credential "
		"create --id %s --parameters FILE.json)",
		login->client_id, what, quoted(message, arena),
		login->federated_token_file ? login->federated_token_file : "the assertion", login->client_id,
		login->client_id);
}

const char *remedy_for_assertion(const struct remedy_login *login, const char *code, const char *message,
				 struct arena *arena)
{
	static const struct {
		const char *code, *what;
	} trust[] = {
		{"AADSTS70021", "issuer, subject or audience"},
		{"AADSTS700211", "issuer"},
		{"AADSTS700212", "audience"},
		{"AADSTS700213", "subject"},
	};
	const char *client = login->client_id;

	for (size_t i = 0; i < ARRAY_SIZE(trust); i++)
		if (text_equal(code, trust[i].code))
			return remedy_for_trust(login, trust[i].what, message, arena);
	if (text_equal(code, "AADSTS700027"))
		return remedy_for_key(login, message, arena);
	if (text_equal(code, "AADSTS700024"))
		return remedy_for_time(login, arena);
	if (text_equal(code, "AADSTS700023"))
		return arena_printf(
			arena,
			"what was signed for tenant %s was not meant for this token endpoint; correct cloud "
			"(its authority must be the address under which Entra knows itself)",
			login->tenant_id);
	if (text_equal(code, "AADSTS700021"))
		return arena_printf(arena,
				    "the token in %s was issued to another application than %s; correct "
				    "credential.client_id or AZURE_CLIENT_ID",
				    login->federated_token_file ? login->federated_token_file : "the assertion",
				    client);
	if (text_equal(code, "AADSTS50027") || text_equal(code, "AADSTS50013"))
		return arena_printf(
			arena,
			"the token in %s is not one that its issuer signed; look which token the cluster projects "
			"there, "
			"and whether the issuer publishes its keys (ISSUER/.well-known/openid-configuration must be "
			"reachable from the internet)",
			login->federated_token_file ? login->federated_token_file : "the assertion");
	if (text_equal(code, "AADSTS7000229"))
		return arena_printf(
			arena,
			"application %s has no service principal in tenant %s; make it with: az ad sp create "
			"--id %s",
			client, login->tenant_id, client);
	return NULL;
}
