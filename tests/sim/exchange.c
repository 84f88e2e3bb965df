#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/memory.h"
#include "base/text.h"

struct exchange *exchange_new(const char *target)
{
	struct exchange *exchange = memory_new(sizeof(*exchange));

	arena_init(&exchange->arena);
	buffer_init(&exchange->body, EXCHANGE_BODY_MAX);
	exchange->target = arena_copy_text(&exchange->arena, target);
	return exchange;
}

void exchange_free(struct exchange *exchange)
{
	if (!exchange)
		return;
	if (exchange->has_response)
		sim_response_done(&exchange->response);
	buffer_done(&exchange->body);
	arena_done(&exchange->arena);
	free(exchange);
}

struct header_list {
	struct sim_header *headers;
	size_t count, room;
};

static enum MHD_Result collect_header(void *userdata, enum MHD_ValueKind kind _unused_, const char *name,
				      const char *value)
{
	struct header_list *list = userdata;

	if (list->count < list->room)
		list->headers[list->count++] = (struct sim_header){name, value ? value : ""};
	return MHD_YES;
}

void exchange_request(struct exchange *exchange, struct MHD_Connection *connection, const char *method,
		      struct sim_request *ret)
{
	int count = MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL);
	struct header_list list = {.room = count > 0 ? (size_t)count : 0};

	list.headers = arena_new_array(&exchange->arena, list.room + 1, struct sim_header);
	MHD_get_connection_values(connection, MHD_HEADER_KIND, collect_header, &list);
	*ret = (struct sim_request){
		.method = method,
		.host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST),
		.target = exchange->target,
		.headers = list.headers,
		.header_count = list.count,
		.body = exchange->body.length ? exchange->body.data : NULL,
		.body_length = exchange->body.length,
	};
}

/* Gives half of the body and then breaks off. */
static ssize_t read_truncated(void *userdata, uint64_t position, char *target, size_t room)
{
	const struct exchange *exchange = userdata;
	size_t half = exchange->response.body_length / 2, left = half - (size_t)position;

	if (position >= half)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	left = left < room ? left : room;
	memcpy(target, exchange->response.body + position, left);
	return (ssize_t)left;
}

static struct MHD_Response *make_response(struct exchange *exchange)
{
	struct sim_response *answer = &exchange->response;
	struct MHD_Response *response;

	/* The exchange outlives the sending, so nothing is copied. */
	if (answer->fate == SIM_TRUNCATE)
		response = MHD_create_response_from_callback(answer->body_length, 32 * 1024, read_truncated, exchange,
							     NULL);
	else
		response = MHD_create_response_from_buffer(answer->body_length, answer->body, MHD_RESPMEM_PERSISTENT);
	if (!response)
		memory_exhausted();
	for (size_t i = 0; i < answer->header_count; i++)
		/* The length is counted by the library. */
		if (!text_equal_fold(answer->headers[i].name, MHD_HTTP_HEADER_CONTENT_LENGTH))
			MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
	return response;
}

enum MHD_Result exchange_send(struct exchange *exchange, struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (exchange->response.fate == SIM_DROP)
		return MHD_NO;
	response = make_response(exchange);
	result = MHD_queue_response(connection, (unsigned int)exchange->response.status, response);
	MHD_destroy_response(response);
	return result;
}

enum MHD_Result exchange_send_error(struct MHD_Connection *connection, unsigned int status, const char *code,
				    const char *message)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	struct buffer body;
	size_t length;

	buffer_init(&body, 4096);
	buffer_printf(&body, "{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}", code, message);
	length = body.length;
	response = MHD_create_response_from_buffer(length, buffer_steal(&body), MHD_RESPMEM_MUST_FREE);
	if (!response)
		memory_exhausted();
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}
