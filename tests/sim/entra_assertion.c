/* Client assertions: a token that the application signed with its certificate, or one of an issuer that it trusts. */
#include "entra_internal.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "directory.h"
#include "entra_jwt.h"

enum { CLOCK_SKEW_S = 300 };

static bool fail(struct call *call, int code, const char *message)
{
	entra_error(call, 401, "invalid_client", code, "%s", message);
	return false;
}

static bool check_times(struct call *call, const cJSON *claims)
{
	const cJSON *expiry = cJSON_GetObjectItemCaseSensitive(claims, "exp");
	const cJSON *start = cJSON_GetObjectItemCaseSensitive(claims, "nbf");
	double now_s = (double)(call->now_ms / 1000);
	char now[CLOCK_RFC3339_SIZE];

	if (cJSON_IsNumber(expiry) && expiry->valuedouble + CLOCK_SKEW_S >= now_s &&
	    (!cJSON_IsNumber(start) || start->valuedouble - CLOCK_SKEW_S <= now_s))
		return true;
	clock_format_rfc3339(call->now_ms, now);
	entra_error(
		call, 401, "invalid_client", 700024,
		"Client assertion is not within its valid time range. Current time: %s, assertion valid from %.0f, "
		"expiry "
		"time of assertion %.0f. Review the documentation at "
		"https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .",
		now, cJSON_IsNumber(start) ? start->valuedouble : 0, cJSON_IsNumber(expiry) ? expiry->valuedouble : 0);
	return false;
}

/* "aud" is one text, or an array with one. */
static const char *audience_of(const cJSON *claims)
{
	const cJSON *audience = cJSON_GetObjectItemCaseSensitive(claims, "aud");

	return cJSON_GetStringValue(cJSON_IsArray(audience) ? audience->child : audience);
}

/* The token endpoint that was asked, or one of the names under which the same tenant goes. */
static bool is_our_audience(struct call *call, const char *audience)
{
	const char *const hosts[] = {call_base_url(call), entra_public_url(call), "https://login.microsoftonline.com",
				     "https://sts.windows.net"};
	static const char *const paths[] = {"/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "/v2.0/", "/", ""};

	for (size_t h = 0; h < ARRAY_SIZE(hosts); h++) {
		const char *rest = audience + strlen(hosts[h]);

		if (!text_has_prefix_fold(audience, hosts[h]))
			continue;
		if (text_equal_fold(rest, call->path))
			return true;
		for (size_t p = 0; p < ARRAY_SIZE(paths); p++) {
			if (text_equal_fold(rest, arena_printf(call->arena, "/%s%s", directory_tenant_id(call->state),
							       paths[p])))
				return true;
		}
	}
	return false;
}

/* Does the thumbprint in the header of the assertion name the certificate of DER? Clients send SHA-1 or SHA-256, in
 * base64url or, against RFC 7515, in plain base64 (auth.md section 3): decoding takes both. */
static bool is_named(struct call *call, const struct entra_jwt *jwt, const unsigned char *der, size_t length)
{
	static const struct {
		const char *name;
		const char *digest;
	} names[] = {{"x5t#S256", "SHA256"}, {"x5t", "SHA1"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = directory_text(jwt->header, names[i].name);
		unsigned char digest[EVP_MAX_MD_SIZE];
		const unsigned char *wanted;
		size_t wanted_length, digest_length;

		if (!text)
			continue;
		wanted = entra_base64_decode(call->arena, text, strlen(text), &wanted_length);
		if (EVP_Q_digest(NULL, names[i].digest, NULL, der, length, digest, &digest_length) != 1)
			memory_exhausted();
		return wanted && wanted_length == digest_length && memcmp(wanted, digest, digest_length) == 0;
	}
	return false;
}

/* The certificate of the application that the assertion names, or NULL; *RET_CREDENTIAL is its entry. */
static X509 *find_certificate(struct call *call, const struct entra_jwt *jwt, const cJSON *owner,
			      const cJSON **ret_credential)
{
	const cJSON *credential;

	cJSON_ArrayForEach (credential, cJSON_GetObjectItemCaseSensitive(owner, "keyCredentials")) {
		const char *key = directory_text(credential, "key");
		const unsigned char *der, *p;
		size_t length;

		der = key ? entra_base64_decode(call->arena, key, strlen(key), &length) : NULL;
		if (!der || !is_named(call, jwt, der, length))
			continue;
		p = der;
		*ret_credential = credential;
		return d2i_X509(NULL, &p, (long)length);
	}
	return NULL;
}

static bool is_over(const struct call *call, X509 *certificate)
{
	time_t now = (time_t)(call->now_ms / 1000);

	return X509_cmp_time(X509_get0_notAfter(certificate), &now) < 0;
}

/* Who sends a chain (x5c) begins it with the certificate of the key that he signed with. */
static bool has_sound_chain(struct call *call, const struct entra_jwt *jwt)
{
	const cJSON *chain = cJSON_GetObjectItemCaseSensitive(jwt->header, "x5c"), *item;
	const unsigned char *der;
	X509 *certificate;
	size_t length;

	if (!chain)
		return true;
	cJSON_ArrayForEach (item, chain) {
		const char *text = cJSON_GetStringValue(item);

		der = text ? entra_base64_decode(call->arena, text, strlen(text), &length) : NULL;
		if (!der || (item == chain->child && !is_named(call, jwt, der, length)))
			return false;
		certificate = d2i_X509(NULL, &der, (long)length);
		X509_free(certificate);
		if (!certificate)
			return false;
	}
	return chain->child != NULL;
}

static bool check_certificate(struct call *call, const struct entra_jwt *jwt, struct entra_request *request)
{
	const cJSON *application = directory_application(call->state, request->client_id), *credential = NULL;
	const char *end, *reason = NULL;
	X509 *certificate = find_certificate(call, jwt, application, &credential);
	char now[CLOCK_RFC3339_SIZE];
	EVP_PKEY *key;

	if (!certificate)
		certificate = find_certificate(call, jwt, request->principal, &credential);
	clock_format_rfc3339(call->now_ms, now);
	key = certificate ? X509_get0_pubkey(certificate) : NULL;
	end = directory_text(credential, "endDateTime");
	if (!key)
		reason = "The key was not found.";
	else if (!entra_jwt_is_signed_by(jwt, key))
		reason = "The provided signature value did not match the expected signature value.";
	else if ((end && text_compare_fold(end, now) < 0) || is_over(call, certificate))
		reason = "The key used is expired.";
	X509_free(certificate);
	request->credential = "2";
	if (!reason)
		return true;
	entra_error(
		call, 401, "invalid_client", 700027,
		"The certificate with identifier used to sign the client assertion is not registered on application. "
		"[Reason - %s, Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see "
		"configured keys "
		"for app Id '%s'].",
		reason, request->client_id);
	return false;
}

static BIGNUM *number_of(struct call *call, const cJSON *key, const char *name)
{
	const char *text = directory_text(key, name);
	const unsigned char *bytes;
	size_t length;

	bytes = text ? entra_base64_decode(call->arena, text, strlen(text), &length) : NULL;
	return bytes ? BN_bin2bn(bytes, (int)length, NULL) : NULL;
}

/* The RSA key of a JSON web key, or NULL. */
static EVP_PKEY *key_of(struct call *call, const cJSON *json)
{
	BIGNUM *n = number_of(call, json, "n"), *e = number_of(call, json, "e");
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY *key = NULL;

	if (!context || !build)
		memory_exhausted();
	if (n && e && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		parameters = OSSL_PARAM_BLD_to_param(build);
	if (parameters && (EVP_PKEY_fromdata_init(context) != 1 ||
			   EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1))
		key = NULL;
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(context);
	BN_free(n);
	BN_free(e);
	return key;
}

/* The real service fetches the issuer's keys from the issuer. Ours are in the state, since a tenant has no network:
 * {"appId":…,"issuer":…,"keys":[JSON web keys]} among the credentials; and it knows its own. */
static bool is_signed_by_issuer(struct call *call, const struct entra_jwt *jwt, const char *issuer)
{
	const cJSON *entry, *json;

	cJSON_ArrayForEach (entry, call->state->credentials) {
		if (!text_equal(directory_text(entry, "issuer"), issuer))
			continue;
		cJSON_ArrayForEach (json, cJSON_GetObjectItemCaseSensitive(entry, "keys")) {
			EVP_PKEY *key = key_of(call, json);
			bool is_good = key && entra_jwt_is_signed_by(jwt, key);

			EVP_PKEY_free(key);
			if (is_good)
				return true;
		}
	}
	return text_has_prefix(issuer, "https://sts.windows.net/") && entra_jwt_is_signed_by(jwt, entra_signing_key());
}

static bool has_audience(const cJSON *credential, const char *audience)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(credential, "audiences")) {
		if (text_equal(cJSON_GetStringValue(item), audience))
			return true;
	}
	return false;
}

/* Issuer, subject and audience must be those of one federated credential, letter by letter. The code tells which was
 * wrong. */
static int match_federated(const cJSON *owner, const cJSON *claims)
{
	const cJSON *credential;
	int code = 700211;

	cJSON_ArrayForEach (credential, cJSON_GetObjectItemCaseSensitive(owner, "federatedIdentityCredentials")) {
		if (!text_equal(directory_text(credential, "issuer"), directory_text(claims, "iss")))
			continue;
		if (!text_equal(directory_text(credential, "subject"), directory_text(claims, "sub")))
			code = 700213;
		else if (!has_audience(credential, audience_of(claims)))
			code = 700212;
		else
			return 0;
	}
	return code;
}

static bool check_federated(struct call *call, const struct entra_jwt *jwt, struct entra_request *request)
{
	const char *issuer = directory_text(jwt->claims, "iss"), *subject = directory_text(jwt->claims, "sub");
	const char *audience = audience_of(jwt->claims);
	int code = match_federated(directory_application(call->state, request->client_id), jwt->claims);

	if (code != 0 && match_federated(request->principal, jwt->claims) == 0)
		code = 0;
	if (code != 0) {
		const char *what = code == 700211 ? "issuer" : code == 700213 ? "subject" : "audience";
		const char *value = code == 700211 ? issuer : code == 700213 ? subject : audience;

		entra_error(call, 401, "invalid_client", code,
			    "No matching federated identity record found for presented assertion %s '%s'. Check your "
			    "federated "
			    "identity credential Subject, Audience and Issuer against the presented assertion. "
			    "https://docs.microsoft.com/azure/active-directory/develop/workload-identity-federation",
			    what, value ? value : "");
		return false;
	}
	if (!is_signed_by_issuer(call, jwt, issuer))
		return fail(call, 50013, "Assertion failed signature validation. [Reason - The key was not found.].");
	request->credential = "2";
	return true;
}

static bool check_jwt(struct call *call, const struct entra_jwt *jwt, struct entra_request *request)
{
	const char *issuer = directory_text(jwt->claims, "iss"), *subject = directory_text(jwt->claims, "sub");

	if (!issuer || !subject || !audience_of(jwt->claims))
		return fail(call, 50027, "JWT token is invalid or malformed.");
	if (!text_equal_fold(issuer, request->client_id) && text_is_guid(issuer))
		return fail(call, 700021,
			    "Client assertion application identifier doesn't match 'client_id' parameter.");
	if (!check_times(call, jwt->claims))
		return false;
	if (!text_equal_fold(issuer, request->client_id))
		return check_federated(call, jwt, request);
	if (!text_equal_fold(subject, request->client_id))
		return fail(call, 700021,
			    "Client assertion application identifier doesn't match 'client_id' parameter.");
	if (!is_our_audience(call, audience_of(jwt->claims)))
		return fail(call, 700023, "Client assertion audience claim does not match Realm issuer.");
	if (!has_sound_chain(call, jwt))
		return fail(call, 50027, "JWT token is invalid or malformed.");
	return check_certificate(call, jwt, request);
}

bool entra_check_assertion(struct call *call, const char *assertion, struct entra_request *request)
{
	struct entra_jwt jwt;
	bool is_good;

	if (entra_jwt_parse(call->arena, assertion, &jwt) < 0)
		return fail(call, 50027, "JWT token is invalid or malformed.");
	is_good = check_jwt(call, &jwt, request);
	entra_jwt_done(&jwt);
	return is_good;
}
