#include "transport/batch.h"

#include <string.h>

#include "base/text.h"
#include "world/json.h"

/* In a batch a URL is relative to the version: "/users", not "/v1.0/users". */
static const char *relative_url(const char *url)
{
	const char *version = strstr(url, "/v1.0/");

	return version ? version + strlen("/v1.0") : url;
}

void batch_write(const char *const *urls, size_t count, struct buffer *ret)
{
	buffer_append_text(ret, "{\"requests\":[");
	for (size_t i = 0; i < count; i++) {
		buffer_printf(ret, "%s{\"id\":\"%zu\",\"method\":\"GET\",\"url\":\"", i ? "," : "", i + 1);
		buffer_append_json_escaped(ret, relative_url(urls[i]));
		buffer_append_text(ret, "\"");
		/* Advanced queries need this header (learn.microsoft.com, "Advanced query capabilities"). */
		if (text_contains_fold(urls[i], "$count=true"))
			buffer_append_text(ret, ",\"headers\":{\"ConsistencyLevel\":\"eventual\"}");
		buffer_append_text(ret, "}");
	}
	buffer_append_text(ret, "]}");
}

static void read_headers(const cJSON *headers, struct arena *arena, struct reply *ret)
{
	const cJSON *header;

	cJSON_ArrayForEach (header, headers) {
		enum reply_header which =
			header->string ? reply_header_find(header->string, strlen(header->string)) : REPLY_HEADERS;

		if (which == REPLY_HEADERS || ret->headers[which])
			continue;
		if (cJSON_IsString(header))
			ret->headers[which] = header->valuestring;
		else if (cJSON_IsNumber(header) && header->valuedouble >= 0 && header->valuedouble < 1e9)
			ret->headers[which] = arena_printf(arena, "%.0f", header->valuedouble);
	}
}

static struct reply garbled_part(const char *what)
{
	return (struct reply){.type = REPLY_LOST, .was_sent = true, .is_garbled = true, .message = what};
}

/* Which request PART answers: 0 to COUNT - 1, or COUNT. */
static size_t part_number(const cJSON *part, size_t count)
{
	const cJSON *id = cJSON_GetObjectItemCaseSensitive(part, "id");
	uint64_t number;

	if (!cJSON_IsString(id) || !text_parse_uint64(id->valuestring, &number) || number < 1 || number > count)
		return count;
	return (size_t)number - 1;
}

static struct reply read_part(const cJSON *part, struct arena *arena)
{
	const cJSON *status = cJSON_GetObjectItemCaseSensitive(part, "status");
	struct reply reply = {.type = REPLY_ANSWER};

	if (!cJSON_IsNumber(status) || status->valuedouble < 200 || status->valuedouble > 599)
		return garbled_part("Graph answered a part of a batch without a status; nothing is concluded from it");
	reply.status = status->valueint;
	reply.json = cJSON_GetObjectItemCaseSensitive(part, "body");
	/* A body that is not JSON comes as base64 text, and is none of ours. */
	if (reply.json && !cJSON_IsObject(reply.json) && !cJSON_IsNull(reply.json) && reply.status < 300)
		return garbled_part(
			"Graph answered a part of a batch with a body that is no object; nothing is concluded from it");
	read_headers(cJSON_GetObjectItemCaseSensitive(part, "headers"), arena, &reply);
	return reply;
}

/* What is true of the whole batch and of each part: no token, too many requests, an outage. Not a 404, say: that is
 * about $batch itself, and a part that took it for its own would believe its object absent. */
static bool is_shared_fate(const struct reply *reply)
{
	return reply->type != REPLY_ANSWER || reply->status == 401 || reply->status == 408 || reply->status == 429 ||
	       reply->status >= 500;
}

void batch_read(const struct reply *reply, size_t count, struct arena *arena, struct reply *ret_replies,
		cJSON **ret_json)
{
	bool is_answer = reply->type == REPLY_ANSWER && reply->status == 200;
	cJSON *json = is_answer && reply->body_length ? json_parse(reply->body, reply->body_length) : NULL;
	const cJSON *parts = cJSON_GetObjectItemCaseSensitive(json, "responses"), *part;
	bool seen[BATCH_MAX] = {false};

	*ret_json = json;
	for (size_t i = 0; i < count; i++)
		ret_replies[i] = is_shared_fate(reply)
					 ? *reply
					 : garbled_part("Graph left a part of a batch unanswered; nothing is "
							"concluded from it");
	if (!cJSON_IsArray(parts))
		return;
	cJSON_ArrayForEach (part, parts) {
		size_t number = part_number(part, count);

		if (number == count)
			continue;
		ret_replies[number] =
			seen[number]
				? garbled_part("Graph answered a part of a batch twice; nothing is concluded from it")
				: read_part(part, arena);
		/* The parts carry no Date of their own. */
		if (ret_replies[number].type == REPLY_ANSWER && !ret_replies[number].headers[REPLY_DATE])
			ret_replies[number].headers[REPLY_DATE] = reply->headers[REPLY_DATE];
		seen[number] = true;
	}
}
