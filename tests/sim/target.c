#include "target.h"

#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *target_decode(struct arena *arena, const char *text, size_t length, bool plus)
{
	char *decoded = arena_alloc(arena, length + 1), *out = decoded;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '%') {
			int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(text[i + 2]) : -1;

			if (low < 0 || high * 16 + low == 0)
				return NULL;
			*out++ = (char)(high * 16 + low);
			i += 2;
		} else {
			*out++ = plus && text[i] == '+' ? ' ' : text[i];
		}
	}
	return decoded;
}

/* The decoded path, without the empty segments: clients that are given a scope with a slash in front send
 * "//subscriptions/…". */
static const char *join_segments(const struct call *call, size_t length)
{
	char *path = arena_alloc(call->arena, length + 2), *out = path;

	*out = '/';
	for (size_t i = 0; i < call->segment_count; i++) {
		*out++ = '/';
		out = stpcpy(out, call->segments[i]);
	}
	return path;
}

static bool parse_path(struct call *call, const char *path, size_t length)
{
	const char *end = path + length;

	while (path < end) {
		const char *part = path + (*path == '/'), *stop = part;

		while (stop < end && *stop != '/')
			stop++;
		if (stop > part) { /* Azure ignores empty segments, a doubled or a trailing slash */
			if (call->segment_count == CALL_SEGMENTS_MAX)
				return false;
			call->segments[call->segment_count] =
				target_decode(call->arena, part, (size_t)(stop - part), false);
			if (!call->segments[call->segment_count++])
				return false;
		}
		path = stop;
	}
	call->path = join_segments(call, length);
	return true;
}

static bool parse_query(struct call *call, const char *query)
{
	while (*query) {
		size_t length = strcspn(query, "&"), name = strcspn(query, "=&");
		struct sim_header *pair = &call->query[call->query_count];

		if (length) {
			if (call->query_count == CALL_QUERY_MAX)
				return false;
			pair->name = target_decode(call->arena, query, name, true);
			pair->value = name < length
					      ? target_decode(call->arena, query + name + 1, length - name - 1, true)
					      : "";
			if (!pair->name || !pair->value)
				return false;
			call->query_count++;
		}
		query += length + (query[length] == '&');
	}
	return true;
}

bool target_parse(struct call *call)
{
	const char *target = call->request->target;
	size_t path = strcspn(target, "?#"), rest = strcspn(target, "#");

	if (target[0] != '/')
		return false;
	if (!parse_path(call, target, path))
		return false;
	if (target[path] != '?')
		return true;
	return parse_query(call, arena_copy_bytes(call->arena, target + path + 1, rest - path - 1));
}
