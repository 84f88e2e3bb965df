#include "transport/http_loss.h"

#include <openssl/x509_vfy.h>

#include "base/text.h"
#include "transport/http.h"
#include "transport/refusal.h"

static const char *explain_certificate(const struct http_loss *loss, struct arena *arena)
{
	switch (loss->verify_result) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return arena_printf(
			arena,
			"The certificate of %s has expired, so no connection was made. Whoever runs that host (or "
			"a TLS-inspecting proxy before it) must renew it; check this machine's clock too",
			loss->host);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return arena_printf(
			arena,
			"The certificate of %s is not valid yet, so no connection was made. Check this machine's "
			"clock (timedatectl)",
			loss->host);
	/* curl checks the name before it records that the chain was in order. */
	case X509_V_OK:
	case X509_V_ERR_UNSPECIFIED:
		return arena_printf(
			arena,
			"The certificate that %s presents is for another name, so no connection was made. Correct "
			"the URLs under cloud:, or the name resolution or proxy that leads elsewhere",
			loss->host);
	default:
		return arena_printf(
			arena,
			"The certificate of %s is not signed by a known authority (%s), so no connection was made. "
			"If this host or a TLS-inspecting proxy before it is yours, name its root certificate in "
			"cloud.ca_file",
			loss->host, X509_verify_cert_error_string(loss->verify_result));
	}
}

static const char *explain_proxy(const struct http_loss *loss, const char *what, struct arena *arena)
{
	return arena_printf(arena, "%s could not be asked: the proxy %s %s. Check HTTPS_PROXY and NO_PROXY", loss->host,
			    loss->proxy ? loss->proxy : "of HTTPS_PROXY", what);
}

static const char *explain(const struct http_loss *loss, struct arena *arena, bool *ret_permanent)
{
	const char *detail = refusal_clean_text(loss->detail, arena);

	if (loss->is_too_large) {
		*ret_permanent = true;
		return arena_printf(arena, "%s answered with more than %d MiB; the answer was not read", loss->host,
				    (loss->is_local ? HTTP_LOCAL_BODY_MAX : HTTP_BODY_MAX) / 1024 / 1024);
	}
	if (loss->is_local && loss->code != CURLE_OPERATION_TIMEDOUT)
		return arena_printf(arena, "%s %s (%s)", loss->host,
				    loss->was_sent ? "broke off before its answer was complete"
						   : "could not be reached",
				    detail[0] ? detail : curl_easy_strerror(loss->code));
	if (loss->connect_status >= 300 && !loss->was_sent) {
		*ret_permanent = loss->connect_status < 500 && loss->connect_status != 429;
		return explain_proxy(loss, arena_printf(arena, "refused the connection with %ld", loss->connect_status),
				     arena);
	}
	/* The rest is curl's own list of a hundred codes: those that mean something of their own to an administrator.
	 */
	if (loss->code == CURLE_PEER_FAILED_VERIFICATION) {
		*ret_permanent = true;
		return explain_certificate(loss, arena);
	}
	if (loss->code == CURLE_SSL_CONNECT_ERROR)
		return arena_printf(
			arena,
			"No TLS connection to %s came about (%s). It must speak TLS 1.2 or newer; check that nothing "
			"on the way intercepts it",
			loss->host, detail[0] ? detail : curl_easy_strerror(loss->code));
	if (loss->code == CURLE_COULDNT_RESOLVE_HOST)
		return arena_printf(
			arena,
			"The name %s could not be resolved. Check the name under cloud:, this machine's DNS, and "
			"whether HTTPS_PROXY must be set",
			loss->host);
	if (loss->code == CURLE_COULDNT_RESOLVE_PROXY)
		return explain_proxy(loss, "has a name that could not be resolved", arena);
	if (loss->code == CURLE_COULDNT_CONNECT)
		return arena_printf(
			arena,
			"%s could not be reached (%s). Check the network, the firewall, and whether HTTPS_PROXY must "
			"be set",
			loss->host, detail[0] ? detail : curl_easy_strerror(loss->code));
	if (loss->code == CURLE_OPERATION_TIMEDOUT)
		return arena_printf(arena, "%s did not %s within %lld s (daemon.limits.request_timeout)", loss->host,
				    loss->was_sent ? "answer" : "accept a connection",
				    (long long)(loss->timeout_ms / 1000));
	if (loss->code == CURLE_UNSUPPORTED_PROTOCOL || loss->code == CURLE_URL_MALFORMAT) {
		*ret_permanent = true;
		return arena_printf(
			arena,
			"%s was not asked: its URL is not a valid https URL. Correct it under cloud:", loss->host);
	}
	return arena_printf(arena, "The connection to %s broke %s (%s)", loss->host,
			    loss->was_sent ? "before the answer was complete" : "before anything was sent",
			    detail[0] ? detail : curl_easy_strerror(loss->code));
}

struct reply http_loss_reply(const struct http_loss *loss, struct arena *arena)
{
	struct reply reply = {.type = REPLY_LOST, .was_sent = loss->was_sent, .is_garbled = loss->is_too_large};

	reply.message = explain(loss, arena, &reply.is_permanent);
	return reply;
}
