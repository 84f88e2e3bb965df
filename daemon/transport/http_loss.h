/* What it means when curl has no answer for us: a sentence with the remedy, and whether the cloud may have seen the
 * request. Pure. */
#pragma once

#include <curl/curl.h>

#include "base/arena.h"
#include "transport/reply.h"

struct http_loss {
	CURLcode code;
	const char *detail; /* curl's error buffer, may be empty */
	const char *host;
	const char *proxy;   /* what is configured, or NULL */
	long verify_result;  /* X509_V_ERR_… of the peer's certificate */
	long connect_status; /* of the proxy's answer to CONNECT, 0: none */
	bool was_sent;       /* the request began to leave this machine */
	bool is_too_large;   /* we gave up reading */
	bool is_local;       /* a service of this machine: neither a proxy nor cloud: is to blame */
	int64_t timeout_ms;
};

/* A REPLY_LOST whose message lives in ARENA. */
struct reply http_loss_reply(const struct http_loss *loss, struct arena *arena);
