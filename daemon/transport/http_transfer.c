#include "transport/http_transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "transport/guid.h"
#include "transport/http_loss.h"
#include "transport/url.h"

enum {
	RECEIVE_BUFFER_SIZE = 4 * 1024,
	HEADER_VALUE_MAX = 16 * 1024,
	CONNECT_TIMEOUT_MS = 10 * 1000,
	SITE_CONNECT_TIMEOUT_MS = 5 * 1000
};

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_transfer *transfer = arg;

	buffer_append(&transfer->body, bytes, size * count);
	return transfer->body.overflowed ? 0 : size * count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct http_transfer *transfer = arg;
	size_t length = size * count, value, end = length;
	const char *colon = memchr(bytes, ':', length);
	enum reply_header header;

	/* The headers of a "100 Continue" are not the answer's. */
	if (length > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		memset(transfer->reply.headers, 0, sizeof(transfer->reply.headers));
	if (!colon)
		return length;
	header = reply_header_find(bytes, (size_t)(colon - bytes));
	if (header == REPLY_HEADERS)
		return length;
	for (value = (size_t)(colon - bytes) + 1; value < end && (bytes[value] == ' ' || bytes[value] == '\t'); value++)
		;
	while (end > value && strchr(" \t\r\n", bytes[end - 1]))
		end--;
	/* The first of several counts, as a second Retry-After must not shorten the first. */
	if (end - value <= HEADER_VALUE_MAX && !transfer->reply.headers[header])
		transfer->reply.headers[header] = arena_copy_bytes(&transfer->arena, bytes + value, end - value);
	return length;
}

static CURLcode set_trust(CURL *easy _unused_, void *context, void *arg)
{
	X509_STORE *trust = arg;

	X509_STORE_up_ref(trust);
	SSL_CTX_set_cert_store(context, trust);
	/* What was decrypted is wiped as soon as it has been read; tokens and settings come this way. */
	SSL_CTX_set_options(context, SSL_OP_CLEANSE_PLAINTEXT);
	return CURLE_OK;
}

static void add_header(struct http_transfer *transfer, const char *line)
{
	struct curl_slist *lines = curl_slist_append(transfer->header_lines, line);

	if (!lines)
		memory_exhausted();
	transfer->header_lines = lines;
}

static void add_client_request_id(struct http_transfer *transfer)
{
	char id[GUID_SIZE], line[80];

	guid_make(id);
	snprintf(line, sizeof(line), "x-ms-client-request-id: %s", id);
	add_header(transfer, line);
}

static void add_headers(struct http_transfer *transfer, const struct http_request *request)
{
	struct buffer line;

	add_header(transfer, "Accept: application/json");
	/* A body above 1 MiB would first ask whether it may come, and Azure's front ends do not answer that. */
	add_header(transfer, "Expect:");
	add_client_request_id(transfer);
	buffer_init(&line, 64 * 1024);
	if (request->body)
		buffer_printf(&line, "Content-Type: %s",
			      request->content_type ? request->content_type : "application/json");
	else
		buffer_append_text(&line, "Content-Type:");
	add_header(transfer, line.data);
	if (request->token) {
		buffer_reset(&line);
		buffer_append_text(&line, "Authorization: Bearer ");
		buffer_append_text(&line, request->token);
		add_header(transfer, line.data);
	}
	buffer_done(&line);
	for (const char *const *header = request->headers; header && *header; header++)
		add_header(transfer, *header);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->header_lines);
	/* The lines above are for the cloud, not for a proxy on the way. */
	curl_easy_setopt(transfer->easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
}

static void set_safety(struct http_transfer *transfer, const struct http_options *options, X509_STORE *trust)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	/* Our store, read once, stands in for curl's bundle, which would be parsed again for each connection. */
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, set_trust);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, trust);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(options->timeout_ms < CONNECT_TIMEOUT_MS ? options->timeout_ms : CONNECT_TIMEOUT_MS));
}

static void set_request(struct http_transfer *transfer, const struct http_request *request)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_URL, request->url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "scepmand/" SCEPMAND_VERSION);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	/* What az speaks too. One HTTP/2 connection would tie us to one front end of Resource Manager (limits.md 3.2).
	 */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	/* curl takes 16 KiB for each; answers are mostly shorter than this. */
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER_SIZE);
	if (request->method != METHOD_GET) {
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method_name(request->method));
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)(request->body ? strlen(request->body) : 0));
		curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body ? request->body : "");
	}
	/*
	 * When a kept connection turns out to be dead, curl sends the request again on a new one by itself, a PUT or
	 * POST too, although the cloud may have processed the first (lib/transfer.c, Curl_retry_request(), 7.88). A
	 * write therefore gets a connection of its own.
	 */
	if (request->is_write)
		curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void set_local(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void set_site(struct http_transfer *transfer, const struct http_options *options)
{
	struct url url;

	curl_easy_setopt(
		transfer->easy, CURLOPT_CONNECTTIMEOUT_MS,
		(long)(options->timeout_ms < SITE_CONNECT_TIMEOUT_MS ? options->timeout_ms : SITE_CONNECT_TIMEOUT_MS));
	if (!options->sites_url || url_parse(options->sites_url, &transfer->arena, &url) < 0)
		return;
	/* The certificate must still be the site's own. */
	transfer->connect_to = curl_slist_append(NULL, arena_printf(&transfer->arena, "::%s", url.host));
	if (!transfer->connect_to)
		memory_exhausted();
	curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to);
}

struct http_transfer *http_transfer_new(const struct http_request *request, const struct http_options *options,
					X509_STORE *trust)
{
	struct http_transfer *transfer = memory_new(sizeof(*transfer));
	struct url url;

	transfer->easy = curl_easy_init();
	if (!transfer->easy)
		memory_exhausted();
	transfer->is_local = request->is_local;
	buffer_init(&transfer->body, request->is_local ? HTTP_LOCAL_BODY_MAX : HTTP_BODY_MAX);
	transfer->host = url_parse(request->url, &transfer->arena, &url) == 0 ? url.host : "the host";
	curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(transfer->easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(transfer->easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(transfer->easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(transfer->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	set_request(transfer, request);
	add_headers(transfer, request);
	set_safety(transfer, options, trust);
	if (request->is_local)
		set_local(transfer->easy);
	if (request->is_to_site)
		set_site(transfer, options);
	transfer->began_ms = clock_monotonic_ms();
	return transfer;
}

void http_transfer_free(struct http_transfer *transfer)
{
	if (!transfer)
		return;
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->header_lines);
	curl_slist_free_all(transfer->connect_to);
	buffer_done(&transfer->body);
	arena_done(&transfer->arena);
	free(transfer);
}

/* The proxy as the environment names it, without the password that may stand before its name. */
static const char *proxy_name(void)
{
	const char *proxy = getenv("https_proxy"), *at;

	if (!proxy)
		proxy = getenv("HTTPS_PROXY");
	at = proxy ? strrchr(proxy, '@') : NULL;
	return at ? at + 1 : proxy;
}

static struct reply reply_lost(struct http_transfer *transfer, CURLcode code, const struct http_options *options)
{
	struct http_loss loss = {
		.code = code,
		.detail = transfer->error,
		.host = transfer->host,
		.proxy = proxy_name(),
		.is_too_large = transfer->body.overflowed,
		.is_local = transfer->is_local,
		.timeout_ms = options->timeout_ms,
	};
	curl_off_t pretransfer_us = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &loss.verify_result);
	curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &loss.connect_status);
	/* Zero until the connection, with its tunnel and TLS, is ready for the request's first byte. */
	curl_easy_getinfo(transfer->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us);
	loss.was_sent = pretransfer_us > 0;
	return http_loss_reply(&loss, &transfer->arena);
}

const struct reply *http_transfer_finish(struct http_transfer *transfer, CURLcode code,
					 const struct http_options *options)
{
	struct reply *reply = &transfer->reply;
	long status = 0;

	if (code != CURLE_OK) {
		*reply = reply_lost(transfer, code, options);
		return reply;
	}
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	reply->type = REPLY_ANSWER;
	reply->status = (int)status;
	reply->body = transfer->body.data;
	reply->body_length = transfer->body.length;
	return reply;
}
