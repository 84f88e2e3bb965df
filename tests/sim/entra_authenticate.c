/* The bearer token of a request, judged as Azure Resource Manager and Microsoft Graph judge it. */
#include "entra.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "directory.h"
#include "entra_internal.h"
#include "entra_jwt.h"

enum verdict {
	TOKEN_GOOD,
	TOKEN_MISSING,
	TOKEN_MALFORMED,
	TOKEN_EXPIRED,
	TOKEN_FOREIGN,
	TOKEN_AUDIENCE,
	TOKEN_NOBODY,
	TOKEN_REVOKED,
};

/* What is known of the token when it is refused. */
struct bearer {
	const char *audience, *issuer;
	int64_t expiry_ms;
};

static bool has_cp1(const cJSON *claims)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(claims, "xms_cc")) {
		if (text_equal_fold(cJSON_GetStringValue(item), "cp1"))
			return true;
	}
	return false;
}

/*
 * Continuous access evaluation: tokens from before the time in the principal's "tokensRevokedAt" (a member that only
 * another writer sets) are refused, but only to clients that said they can answer the challenge; others' tokens live
 * on.
 */
static bool is_revoked(const cJSON *claims, const cJSON *principal)
{
	const char *revoked = directory_text(principal, "tokensRevokedAt");
	const cJSON *issued = cJSON_GetObjectItemCaseSensitive(claims, "iat");
	char time[CLOCK_RFC3339_SIZE];

	if (!has_cp1(claims))
		return false;
	/* That a principal is disabled is one of the events that clients are told of at once. */
	if (cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(principal, "accountEnabled")))
		return true;
	if (!revoked || !cJSON_IsNumber(issued))
		return false;
	clock_format_rfc3339((int64_t)issued->valuedouble * 1000, time);
	return text_compare_fold(time, revoked) < 0;
}

static enum verdict judge_claims(struct call *call, const cJSON *claims, struct bearer *bearer)
{
	const char *audience = directory_text(claims, "aud"), *object_id = directory_text(claims, "oid");
	const cJSON *expiry = cJSON_GetObjectItemCaseSensitive(claims, "exp"), *principal;

	if (!audience || !object_id || !directory_text(claims, "appid") || !cJSON_IsNumber(expiry))
		return TOKEN_MALFORMED;
	bearer->audience = arena_copy_text(call->arena, audience);
	bearer->issuer = arena_copy_text(call->arena, directory_text(claims, "iss"));
	bearer->expiry_ms = (int64_t)(expiry->valuedouble * 1000);
	if (!text_equal_fold(directory_text(claims, "tid"), directory_tenant_id(call->state)))
		return TOKEN_FOREIGN;
	if (call->now_ms >= bearer->expiry_ms)
		return TOKEN_EXPIRED;
	if (call->service == SERVICE_GRAPH ? !entra_is_graph_audience(call, audience)
					   : !entra_is_arm_audience(call, audience))
		return TOKEN_AUDIENCE;
	principal = map_get(&call->state->directory[DIRECTORY_SERVICE_PRINCIPALS], object_id);
	if (!principal)
		return TOKEN_NOBODY;
	if (is_revoked(claims, principal))
		return TOKEN_REVOKED;
	call->identity.object_id = arena_copy_text(call->arena, object_id);
	call->identity.app_id = arena_copy_text(call->arena, directory_text(claims, "appid"));
	call->identity.audience = bearer->audience;
	return TOKEN_GOOD;
}

/* The claims of a token that this tenant signed; NULL: it is none. They live on with the tenant. */
static const cJSON *read_token(struct call *call, const char *token)
{
	const cJSON *claims = entra_verified_claims(call, token);
	struct entra_jwt jwt;

	if (claims || entra_jwt_parse(call->arena, token, &jwt) < 0)
		return claims;
	if (entra_jwt_is_signed_by(&jwt, entra_signing_key())) {
		claims = jwt.claims;
		entra_remember_verified(call, token, jwt.claims);
		jwt.claims = NULL;
	}
	entra_jwt_done(&jwt);
	return claims;
}

static enum verdict judge(struct call *call, struct bearer *bearer)
{
	const char *header = call_header(call, "Authorization");
	const cJSON *claims;

	if (!header)
		return TOKEN_MISSING;
	if (!text_has_prefix_fold(header, "Bearer "))
		return TOKEN_MALFORMED;
	claims = read_token(call, header + strlen("Bearer "));
	return claims ? judge_claims(call, claims, bearer) : TOKEN_MALFORMED;
}

/* What a challenge adds to WWW-Authenticate: the claims that a new token must fulfil. */
static const char *challenge(struct call *call, enum verdict verdict)
{
	const char *claims;
	char *base64;

	if (verdict != TOKEN_REVOKED)
		return "";
	claims = arena_printf(call->arena, "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"%lld\"}}}",
			      (long long)(call->now_ms / 1000));
	base64 = arena_alloc(call->arena, strlen(claims) * 2 + 4);
	EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)claims, (int)strlen(claims));
	return arena_printf(call->arena, ", error=\"insufficient_claims\", claims=\"%s\"", base64);
}

static void refuse_arm(struct call *call, enum verdict verdict, const struct bearer *bearer)
{
	char expiry[CLOCK_RFC3339_SIZE], now[CLOCK_RFC3339_SIZE];
	const char *code = "InvalidAuthenticationToken", *message = "The access token is invalid.";

	clock_format_rfc3339(bearer->expiry_ms, expiry);
	clock_format_rfc3339(call->now_ms, now);
	switch (verdict) {
	case TOKEN_MISSING:
		code = "AuthenticationFailed";
		message = "Authentication failed. The 'Authorization' header is missing.";
		break;
	case TOKEN_EXPIRED:
		code = "ExpiredAuthenticationToken";
		message = arena_printf(call->arena,
				       "The access token expiry UTC time '%s' is earlier than current UTC time '%s'.",
				       expiry, now);
		break;
	case TOKEN_FOREIGN:
		code = "InvalidAuthenticationTokenTenant";
		message = arena_printf(
			call->arena,
			"The access token is from the wrong issuer '%s'. It must match the tenant "
			"'https://sts.windows.net/%s/' associated with this subscription. Please use the authority "
			"(URL) 'https://login.windows.net/%s' to get the token. Note, if the subscription is "
			"transferred to another tenant there is no impact to the services, but information about "
			"new tenant could take time to propagate (up to an hour). If you just transferred your "
			"subscription and see this error message, please try back later.",
			bearer->issuer ? bearer->issuer : "", directory_tenant_id(call->state),
			directory_tenant_id(call->state));
		break;
	case TOKEN_AUDIENCE:
		code = "InvalidAuthenticationTokenAudience";
		message = arena_printf(
			call->arena,
			"The access token has been obtained for wrong audience or resource '%s'. It should exactly "
			"match with one of the allowed audiences 'https://management.core.windows.net/',"
			"'https://management.core.windows.net','https://management.azure.com/',"
			"'https://management.azure.com'.",
			bearer->audience);
		break;
	case TOKEN_NOBODY:
		message = "The received access token is not valid: the service principal of the token does not exist.";
		break;
	case TOKEN_REVOKED:
		message = "The access token has been revoked.";
		break;
	case TOKEN_MALFORMED:
	case TOKEN_GOOD:
		break;
	}
	call_answer_error(call, 401, code, "%s", message);
	call_add_header(call, "WWW-Authenticate",
			arena_printf(call->arena, "Bearer authorization_uri=\"%s/%s\"%s, error_description=\"%s\"",
				     call_base_url(call), directory_tenant_id(call->state),
				     verdict == TOKEN_REVOKED ? challenge(call, verdict) : ", error=\"invalid_token\"",
				     message));
}

static void refuse_graph(struct call *call, enum verdict verdict)
{
	const char *message = "CompactToken parsing failed with error code: 80049217";

	switch (verdict) {
	case TOKEN_MISSING:
		message = "Access token is empty.";
		break;
	case TOKEN_EXPIRED:
		message = "Lifetime validation failed, the token is expired.";
		break;
	case TOKEN_FOREIGN:
		message = "Access token validation failure. Invalid issuer.";
		break;
	case TOKEN_AUDIENCE:
		message = "Access token validation failure. Invalid audience.";
		break;
	case TOKEN_NOBODY:
		message = "The identity of the calling application could not be established.";
		break;
	case TOKEN_REVOKED:
		message =
			"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
			"TokenIssuedBeforeRevocationTimestamp";
		break;
	case TOKEN_MALFORMED:
	case TOKEN_GOOD:
		break;
	}
	call_answer_error(call, 401, "InvalidAuthenticationToken", "%s", message);
	call_add_header(
		call, "WWW-Authenticate",
		arena_printf(call->arena,
			     "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/authorize\", client_id=\"%s\"%s",
			     call_base_url(call), DIRECTORY_GRAPH_APP_ID, challenge(call, verdict)));
}

bool entra_authenticate(struct call *call)
{
	struct bearer bearer = {0};
	enum verdict verdict = judge(call, &bearer);

	if (verdict == TOKEN_GOOD)
		return true;
	if (call->service == SERVICE_GRAPH)
		refuse_graph(call, verdict);
	else
		refuse_arm(call, verdict, &bearer);
	return false;
}
