#include "entra_internal.h"

#include "base/clock.h"
#include "base/text.h"
#include "directory.h"
#include "state.h"

static const char assertion_type[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/* The entry of the application's passwordCredentials that belongs to a secret; NULL for the secrets of a scenario. */
static const cJSON *find_password(const cJSON *application, const char *key_id)
{
	const cJSON *password;

	cJSON_ArrayForEach (password, cJSON_GetObjectItemCaseSensitive(application, "passwordCredentials")) {
		if (key_id && text_equal_fold(directory_text(password, "keyId"), key_id))
			return password;
	}
	return NULL;
}

static bool is_expired(const struct call *call, const cJSON *application, const cJSON *credential)
{
	const cJSON *password = find_password(application, directory_text(credential, "keyId"));
	const char *end = directory_text(credential, "endDateTime");
	char now[CLOCK_RFC3339_SIZE];

	if (password)
		end = directory_text(password, "endDateTime");
	clock_format_rfc3339(call->now_ms, now);
	return end && text_compare_fold(end, now) < 0; /* RFC 3339 in UTC sorts as text */
}

static bool check_secret(struct call *call, const char *secret, struct entra_request *request)
{
	const cJSON *application = directory_application(call->state, request->client_id), *credential;
	bool has_expired = false;

	cJSON_ArrayForEach (credential, call->state->credentials) {
		if (!text_equal_fold(directory_text(credential, "appId"), request->client_id) ||
		    !text_equal(directory_text(credential, "secret"), secret))
			continue;
		if (!is_expired(call, application, credential)) {
			request->credential = "1";
			return true;
		}
		has_expired = true;
	}
	if (has_expired)
		entra_error(call, 401, "invalid_client", 7000222,
			    "The provided client secret keys for app '%s' are expired. Visit the Azure portal to "
			    "create new "
			    "keys for your app: https://aka.ms/NewClientSecret, or consider using certificate "
			    "credentials for "
			    "added security: https://aka.ms/certCreds.",
			    request->client_id);
	else
		entra_error(call, 401, "invalid_client", 7000215,
			    "Invalid client secret provided. Ensure the secret being sent in the request is the client "
			    "secret "
			    "value, not the client secret ID, for a secret added to app '%s'.",
			    request->client_id);
	return false;
}

bool entra_check_credential(struct call *call, const struct entra_form *form, struct entra_request *request)
{
	const char *secret = entra_form_get(form, "client_secret"),
		   *assertion = entra_form_get(form, "client_assertion");
	bool is_good;

	if (assertion && !text_equal(entra_form_get(form, "client_assertion_type"), assertion_type)) {
		entra_error(call, 400, "invalid_request", 900144,
			    "The request body must contain the following parameter: 'client_assertion_type'.");
		return false;
	}
	if (!assertion && !secret) {
		entra_error(call, 401, "invalid_client", 7000218,
			    "The request body must contain the following parameter: 'client_assertion' or "
			    "'client_secret'.");
		return false;
	}
	is_good = assertion ? entra_check_assertion(call, assertion, request) : check_secret(call, secret, request);
	if (is_good && cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(request->principal, "accountEnabled"))) {
		entra_error(call, 401, "unauthorized_client", 7000112, "Application '%s'(%s) is disabled.",
			    request->client_id, directory_text(request->principal, "displayName"));
		return false;
	}
	return is_good;
}
