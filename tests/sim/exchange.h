/* One HTTP request of the front with its answer, from the first line to the last byte. For front.c only. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "sim.h"

enum { EXCHANGE_BODY_MAX = 16 * 1024 * 1024 };

struct exchange {
	struct arena arena;
	const char *target; /* as on the wire */
	struct buffer body;
	bool has_begun;    /* its headers are there */
	bool has_response; /* the core has answered */
	struct sim_response response;
};

struct exchange *exchange_new(const char *target) _must_check_;
void exchange_free(struct exchange *exchange);

/* What CONNECTION asks, in the form of the core; lives as long as EXCHANGE. */
void exchange_request(struct exchange *exchange, struct MHD_Connection *connection, const char *method,
		      struct sim_request *ret);
/* Sends the response of EXCHANGE, or ends the connection, as its fate says. */
enum MHD_Result exchange_send(struct exchange *exchange, struct MHD_Connection *connection);
/* Sends an answer that the front gives by itself. */
enum MHD_Result exchange_send_error(struct MHD_Connection *connection, unsigned int status, const char *code,
				    const char *message);
