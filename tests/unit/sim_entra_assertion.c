/* Client assertions and managed identities of the simulated tenant. */
#include "sim_client.h"

#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "entra.h"
#include "core.h"
#include "entra_jwt.h"

#define APPLICATION "2b7c9f14-6e0d-4a58-b391-d5f87a20c46e"
#define AUDIENCE    "https://localhost:4430/" TENANT_ID "/oauth2/v2.0/token"

static struct arena arena;

/* A certificate of the tenant's own key: the key that tests have at hand. DER in the arena. */
static const unsigned char *make_certificate(size_t *ret_length)
{
	X509 *certificate = X509_new();
	unsigned char *der = NULL, *copy;
	int length;

	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	/* The tenant's time begins on 2026-01-01. */
	ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20260101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20260103000000Z");
	X509_set_pubkey(certificate, entra_signing_key());
	ck_assert_int_gt(X509_sign(certificate, entra_signing_key(), EVP_sha256()), 0);
	length = i2d_X509(certificate, &der);
	ck_assert_int_gt(length, 0);
	copy = arena_alloc(&arena, (size_t)length);
	memcpy(copy, der, (size_t)length);
	OPENSSL_free(der);
	X509_free(certificate);
	*ret_length = (size_t)length;
	return copy;
}

static const char *base64(const void *bytes, size_t length)
{
	char *text = arena_alloc(&arena, length * 2 + 8);

	EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
	return text;
}

/* HEADER and CLAIMS (JSON) signed with RS256 or PS256. */
static const char *sign(const char *header, const char *claims, bool is_pss)
{
	const char *text = client_printf("%s.%s", entra_base64url(&arena, header, strlen(header)),
					 entra_base64url(&arena, claims, strlen(claims)));
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char signature[512];
	size_t length = sizeof(signature);
	EVP_PKEY_CTX *parameters;

	ck_assert_int_eq(EVP_DigestSignInit(context, &parameters, EVP_sha256(), NULL, entra_signing_key()), 1);
	if (is_pss)
		EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
	ck_assert_int_eq(EVP_DigestSign(context, signature, &length, (const unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(context);
	return client_printf("%s.%s", text, entra_base64url(&arena, signature, length));
}

static int present(const char *assertion)
{
	return client_send("POST", "/" TENANT_ID "/oauth2/v2.0/token",
			   client_printf("grant_type=client_credentials&client_id=" CLIENT_ID
					 "&scope=https://graph.microsoft.com/.default&client_assertion_type="
					 "urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer"
					 "&client_assertion=%s",
					 assertion));
}

static int code(void)
{
	const cJSON *item = client_item("error_codes[0]");

	return item ? item->valueint : 0;
}

static const char *claims(const char *issuer, const char *subject, const char *audience, long long from_s,
			  long long until_s)
{
	return client_printf("{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"nbf\":%lld,\"exp\":%lld,\"jti\":\"1\"}",
			     issuer, subject, audience, client.now_ms / 1000 + from_s, client.now_ms / 1000 + until_s);
}

static const char *header_sha1, *header_sha256, *header_padded, *header_chain;

static void register_certificate_until(const char *end)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	const unsigned char *der;
	size_t length;

	der = make_certificate(&length);
	SHA1(der, length, digest);
	header_sha1 = client_printf("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"x5t\":\"%s\"}",
				    entra_base64url(&arena, digest, SHA_DIGEST_LENGTH));
	SHA256(der, length, digest);
	header_sha256 = client_printf("{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%s\"}",
				      entra_base64url(&arena, digest, sizeof(digest)));
	header_padded = client_printf("{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%s\"}",
				      base64(digest, sizeof(digest)));
	header_chain = client_printf("{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%s\",\"x5c\":[\"%s\"]}",
				     entra_base64url(&arena, digest, sizeof(digest)), base64(der, length));
	ck_assert_int_eq(
		client_send("PATCH", "/v1.0/applications/" APPLICATION,
			    client_printf("{\"keyCredentials\":[{\"type\":\"AsymmetricX509Cert\",\"usage\":\"Verify\","
					  "\"endDateTime\":\"%s\",\"key\":\"%s\"}]}",
					  end, base64(der, length))),
		204);
}

static void register_certificate(void)
{
	register_certificate_until("2026-01-02T00:00:00Z");
}

START_TEST(certificate)
{
	const char *good = claims(CLIENT_ID, CLIENT_ID, AUDIENCE, 0, 600);

	present(sign("{\"alg\":\"RS256\",\"x5t\":\"AAAA\"}", good, false));
	ck_assert_int_eq(code(), 700027);
	register_certificate();
	ck_assert_msg(present(sign(header_sha1, good, false)) == 200, "%s", client.response.body);
	ck_assert_int_eq(present(sign(header_sha256, good, true)), 200);
	ck_assert_int_eq(present(sign(header_padded, good, true)), 200);
	ck_assert_int_eq(present(sign(header_chain, good, true)), 200);
	present(sign("{\"alg\":\"PS256\",\"x5t#S256\":\"AAAA\",\"x5c\":[\"AAAA\"]}", good, true));
	ck_assert_int_eq(code(), 50027);
	present(sign(header_sha1, good, true)); /* the header says RS256 */
	ck_assert_int_eq(code(), 700027);
	present(sign(header_sha1, claims(CLIENT_ID, CLIENT_ID, "https://elsewhere.example", 0, 600), false));
	ck_assert_int_eq(code(), 700023);
	present(sign(header_sha1, claims(CLIENT_ID, CLIENT_ID, AUDIENCE, -900, -600), false));
	ck_assert_int_eq(code(), 700024);
	present(sign(header_sha1, claims(CLIENT_ID, CLIENT_ID, AUDIENCE, 600, 900), false));
	ck_assert_int_eq(code(), 700024);
	present(sign(header_sha1, claims(CLIENT_ID, GRAPH_SP, AUDIENCE, 0, 600), false));
	ck_assert_int_eq(code(), 700021);
	present(sign(header_sha1, claims(GRAPH_SP, GRAPH_SP, AUDIENCE, 0, 600), false));
	ck_assert_int_eq(code(), 700021);
	present("nonsense");
	ck_assert_int_eq(code(), 50027);
	client.now_ms += INT64_C(30) * 3600 * 1000; /* its entry ended, not yet the certificate itself */
	present(sign(header_sha1, claims(CLIENT_ID, CLIENT_ID, AUDIENCE, 0, 600), false));
	ck_assert_int_eq(code(), 700027);
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default");
	register_certificate_until("2099-01-01T00:00:00Z");
	ck_assert_int_eq(present(sign(header_sha1, claims(CLIENT_ID, CLIENT_ID, AUDIENCE, 0, 600), false)), 200);
	client.now_ms += INT64_C(24) * 3600 * 1000; /* now that too */
	present(sign(header_sha1, claims(CLIENT_ID, CLIENT_ID, AUDIENCE, 0, 600), false));
	ck_assert_int_eq(code(), 700027);
	ck_assert_ptr_nonnull(strstr(client.response.body, "The key used is expired."));
}
END_TEST

START_TEST(federated)
{
	static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"1\"}",
			  issuer[] = "https://issuer.example/", subject[] = "system:serviceaccount:a:b",
			  audience[] = "api://AzureADTokenExchange";
	cJSON *entry = cJSON_CreateObject();

	ck_assert_int_eq(
		client_send(
			"POST", "/v1.0/applications/" APPLICATION "/federatedIdentityCredentials",
			client_printf("{\"name\":\"k8s\",\"issuer\":\"%s\",\"subject\":\"%s\",\"audiences\":[\"%s\"]}",
				      issuer, subject, audience)),
		201);
	present(sign(header, claims(issuer, subject, audience, 0, 600), false));
	ck_assert_int_eq(code(), 50013); /* nobody knows the issuer's key */
	cJSON_AddStringToObject(entry, "appId", CLIENT_ID);
	cJSON_AddStringToObject(entry, "issuer", issuer);
	cJSON_AddItemToArray(cJSON_AddArrayToObject(entry, "keys"), entra_signing_key_json());
	cJSON_AddItemToArray(client.sim->state.credentials, entry);
	ck_assert_msg(present(sign(header, claims(issuer, subject, audience, 0, 600), false)) == 200, "%s",
		      client.response.body);
	present(sign(header, claims("https://other.example/", subject, audience, 0, 600), false));
	ck_assert_int_eq(code(), 700211);
	present(sign(header, claims(issuer, audience, audience, 0, 600), false));
	ck_assert_int_eq(code(), 700213);
	present(sign(header, claims(issuer, subject, subject, 0, 600), false));
	ck_assert_int_eq(code(), 700212);
	present(sign(header, claims(issuer, subject, audience, -900, -600), false));
	ck_assert_int_eq(code(), 700024);
	present(sign(header, claims(issuer, subject, audience, 0, 600),
		     true)); /* signed otherwise than the header says */
	ck_assert_int_eq(code(), 50013);
}
END_TEST

static int ask_metadata(const char *query)
{
	free(client.token);
	client.token = NULL;
	return client_send_with("GET", client_printf("/metadata/identity/oauth2/token?%s", query), NULL, "Metadata",
				"true");
}

START_TEST(metadata_service)
{
	cJSON *entry;

	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"), 200);
	ck_assert_str_eq(client_text("client_id"), CLIENT_ID);
	ck_assert_str_eq(client_text("resource"), "https://management.azure.com/");
	ck_assert_str_eq(client_text("expires_in"), "86399");
	ck_assert_str_eq(client_text("expires_on"), "1767311999");
	client.token = strdup(client_text("access_token"));
	ck_assert_int_eq(client_send("GET", "/subscriptions?api-version=2022-12-01", NULL), 200);
	ck_assert_int_eq(client_send("GET", "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x", NULL),
			 400);
	ck_assert_int_eq(ask_metadata("resource=https%3A%2F%2Fmanagement.azure.com%2F"), 400);
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01"), 400);
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https://nobody.example"), 400);
	ck_assert_str_eq(client_text("error"), "invalid_resource");
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https://vault.azure.net&client_id=" GRAPH_SP),
			 400);
	ck_assert_str_eq(client_text("error_description"), "Identity not found");

	entry = cJSON_Parse("{\"appId\":\"" CLIENT_ID
			    "\",\"identity\":\"user\",\"resourceId\":\"/x/y\",\"availableAt\":"
			    "\"2026-01-01T00:01:00Z\",\"updatingUntil\":\"2026-01-01T00:00:30Z\"}");
	cJSON_AddItemToArray(client.sim->state.credentials, entry);
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https://vault.azure.net&msi_res_id=/x/y"), 410);
	client.now_ms += 40000;
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https://vault.azure.net&msi_res_id=/x/y"), 404);
	client.now_ms += 40000;
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https://vault.azure.net&msi_res_id=/x/y"), 200);
	ck_assert_int_eq(ask_metadata("api-version=2018-02-01&resource=https://vault.azure.net"),
			 200); /* the only one */
	client.sim->options.realistic_throttle = true;
	for (int i = 0; i < 40; i++)
		ask_metadata("api-version=2018-02-01&resource=https://vault.azure.net");
	ck_assert_int_eq(client.response.status, 429);
}
END_TEST

START_TEST(app_service)
{
	free(client.token);
	client.token = NULL;
	ck_assert_int_eq(client_send_with("GET",
					  "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com",
					  NULL, "X-IDENTITY-HEADER", "abc"),
			 200);
	ck_assert_str_eq(client_text("token_type"), "Bearer");
	ck_assert_str_eq(client_text("expires_on"), "1767311999");
	ck_assert_int_eq(
		client_send("GET", "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fstorage.azure.com", NULL),
		401);
	ck_assert_int_eq(client_send_with("GET",
					  "/msi/token?api-version=2017-09-01&resource=https%3A%2F%2Fstorage.azure.com",
					  NULL, "X-IDENTITY-HEADER", "abc"),
			 400);
}
END_TEST

static const char *challenge_path, *challenge_key;

static void keep_challenge(void *userdata, const char *path, const char *content)
{
	(void)userdata;
	challenge_path = client_printf("%s", path);
	challenge_key = client_printf("%s", content);
}

START_TEST(arc)
{
	static const char query[] = "api-version=2020-06-01&resource=https%3A%2F%2Fmanagement.azure.com";
	struct sim_header headers[2] = {{"Metadata", "true"}, {"Authorization", NULL}};
	struct sim_request request = {.method = "GET", .headers = headers, .header_count = 2};

	entra_set_challenge_sink(client.sim->entra, keep_challenge, NULL);
	ck_assert_int_eq(ask_metadata(query), 401);
	ck_assert_str_eq(client_header("WWW-Authenticate"), client_printf("Basic realm=%s", challenge_path));
	ck_assert_ptr_nonnull(strstr(challenge_path, "/var/opt/azcmagent/tokens/"));
	headers[1].value = client_printf("Basic %s", challenge_key);
	request.target = client_printf("/metadata/identity/oauth2/token?%s", query);
	sim_response_done(&client.response);
	sim_handle(client.sim, &request, client.now_ms, &client.response);
	ck_assert_int_eq(client.response.status, 200);
}
END_TEST

static void start(void)
{
	client_start();
	arena_init(&arena);
}

static void stop(void)
{
	arena_done(&arena);
	client_stop();
}

int main(void)
{
	Suite *suite = suite_create("entra assertions");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, start, stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, certificate);
	tcase_add_test(tcase, federated);
	tcase_add_test(tcase, metadata_service);
	tcase_add_test(tcase, app_service);
	tcase_add_test(tcase, arc);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
