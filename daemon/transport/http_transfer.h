/* One curl handle from set-up to reply: the part of http.c that knows the options of a request. Only http.c includes
 * it. */
#pragma once

#include <curl/curl.h>
#include <openssl/ssl.h>

#include "base/buffer.h"
#include "transport/http.h"

struct http_transfer {
	struct http *http;
	struct http_transfer *previous, *next; /* of all that are under way */
	CURL *easy;
	struct curl_slist *header_lines, *connect_to;
	struct arena arena; /* what the reply points to, and the URL */
	const char *host;
	struct buffer body;
	struct reply reply;
	char error[CURL_ERROR_SIZE];
	int64_t began_ms;
	bool is_local;
	bool is_refused; /* by the guard: there is no answer, and nothing was sent */
	http_reply_fn *on_reply;
	void *arg;
};

/* A handle for REQUEST that trusts TRUST, ready for curl_multi_add_handle(). */
struct http_transfer *http_transfer_new(const struct http_request *request, const struct http_options *options,
					X509_STORE *trust);
void http_transfer_free(struct http_transfer *transfer);
/* Completes the reply after curl said CODE. Its strings live as long as the transfer. */
const struct reply *http_transfer_finish(struct http_transfer *transfer, CURLcode code,
					 const struct http_options *options);
