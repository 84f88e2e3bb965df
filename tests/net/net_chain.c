/* Whether the chain (x5c) goes with the assertion that is sent: only where the configuration or the environment asks.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "net_support.h"

static const struct request read_thing = {.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions/s"};

static void answer_with_nothing(void *arg _unused_, const struct server_request *request _unused_,
				struct server_answer *answer)
{
	answer->body = "{}";
}

/* A certificate that signed itself, and its key, as the file of a credential. */
static const char *write_pair(struct net *net)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	const char *path;
	char *bytes;
	long length;

	ck_assert(key && certificate && bio);
	ck_assert(X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
		  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) && X509_set_pubkey(certificate, key) &&
		  X509_sign(certificate, key, EVP_sha256()));
	ck_assert(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) &&
		  PEM_write_bio_X509(bio, certificate));
	length = BIO_get_mem_data(bio, &bytes);
	path = net_write_file(net, "pair.pem", arena_copy_bytes(&net->arena, bytes, (size_t)length));
	BIO_free(bio);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return path;
}

/* Did the assertion of the last login say in its header which chain its certificate has? */
static bool chain_was_sent(struct net *net)
{
	static const char field[] = "client_assertion=";
	const char *text = strstr(server_last_login(net->server), field);
	char *base64, *header;
	size_t length, padded;
	bool ret;

	ck_assert_ptr_nonnull(text);
	text += strlen(field);
	length = strcspn(text, ".");
	ck_assert(text[length] == '.');
	padded = (length + 3) / 4 * 4;
	base64 = arena_alloc(&net->arena, padded + 1);
	header = arena_alloc(&net->arena, padded + 1);
	memset(base64, '=', padded);
	for (size_t i = 0; i < length; i++)
		base64[i] = (char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
	ck_assert_int_gt(EVP_DecodeBlock((unsigned char *)header, (const unsigned char *)base64, (int)padded), 0);
	header[padded / 4 * 3] = 0;
	ck_assert_msg(strstr(header, "\"x5t#S256\":") != NULL, "%s", header);
	ret = strstr(header, "\"x5c\":[\"MII") != NULL;
	ck_assert(ret || !strstr(header, "x5c"));
	return ret;
}

static bool log_in(struct net *net)
{
	const struct net_answer *answer;

	net_connect(net);
	answer = net_ask(net, &read_thing);
	ck_assert_msg(answer->fault.class == FAULT_NONE, "%s", answer->fault.message);
	return chain_was_sent(net);
}

START_TEST(the_configuration_asks_for_the_chain)
{
	for (int has_chain = 0; has_chain < 2; has_chain++) {
		struct net net;

		net_init(&net, answer_with_nothing);
		net.tenant.credential.type = CREDENTIAL_CLIENT_CERTIFICATE;
		net.tenant.credential.certificate_file = write_pair(&net);
		net.tenant.credential.send_certificate_chain = has_chain;
		ck_assert_int_eq(log_in(&net), has_chain);
		net_done(&net);
	}
}
END_TEST

/* "true" and "1", as the SDKs have it; source: auth.md section 2. */
START_TEST(the_environment_asks_for_the_chain)
{
	static const struct {
		const char *value;
		bool has_chain;
	} cases[] = {{NULL, false}, {"", false},  {"true", true}, {"True", true},
		     {"1", true},   {"0", false}, {"yes", false}, {"false", false}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct net net;

		net_init(&net, answer_with_nothing);
		/* It would win over the certificate. */
		unsetenv("AZURE_CLIENT_SECRET");
		setenv("AZURE_TENANT_ID", net.tenant.tenant_id, 1);
		setenv("AZURE_CLIENT_ID", net.tenant.credential.client_id, 1);
		setenv("AZURE_CLIENT_CERTIFICATE_PATH", write_pair(&net), 1);
		if (cases[i].value)
			setenv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", cases[i].value, 1);
		net.tenant.credential = (struct desired_credential){.type = CREDENTIAL_ENVIRONMENT};
		ck_assert_msg(log_in(&net) == cases[i].has_chain, "%s", cases[i].value ? cases[i].value : "not set");
		net_done(&net);
		unsetenv("AZURE_TENANT_ID");
		unsetenv("AZURE_CLIENT_ID");
		unsetenv("AZURE_CLIENT_CERTIFICATE_PATH");
		unsetenv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN");
	}
}
END_TEST

TCase *net_chain_case(void)
{
	TCase *tcase = tcase_create("chain");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, the_configuration_asks_for_the_chain);
	tcase_add_test(tcase, the_environment_asks_for_the_chain);
	return tcase;
}
