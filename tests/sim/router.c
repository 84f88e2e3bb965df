#include "router.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* One segment of a pattern: a literal (suffix NULL), or what stands before and after a placeholder. */
struct part {
	const char *prefix, *suffix;
};

/* A route as it is compared. */
struct pattern {
	const struct sim_route *route;
	char *text; /* owns what parts point into */
	struct part parts[CALL_SEGMENTS_MAX];
	size_t count;
	bool has_scope; /* begins with {*} */
};

struct service_patterns {
	struct pattern *patterns;
	size_t count, allocated;
};

struct router {
	struct service_patterns *services;
	size_t service_count;
};

static struct part part_read(char *text)
{
	char *hole = strstr(text, "{}");

	if (!hole)
		return (struct part){.prefix = text};
	*hole = 0;
	return (struct part){.prefix = text, .suffix = hole + 2};
}

static void pattern_init(struct pattern *pattern, const struct sim_route *route)
{
	char *p;

	*pattern = (struct pattern){.route = route, .text = memory_copy_text(route->pattern)};
	for (p = pattern->text; *p;) {
		char *part = p + (*p == '/'), *end = strchr(part, '/');

		if (!*part)
			break;
		p = end ? end : part + strlen(part);
		if (end) {
			*end = 0;
			p = end + 1;
		}
		if (pattern->count == 0 && strcmp(part, "{*}") == 0) {
			pattern->has_scope = true;
			continue;
		}
		if (pattern->count == CALL_SEGMENTS_MAX)
			abort();
		pattern->parts[pattern->count++] = part_read(part);
	}
}

static void patterns_add(struct service_patterns *list, const struct sim_route *route)
{
	if (list->count == list->allocated) {
		list->allocated = list->allocated ? 2 * list->allocated : 64;
		list->patterns = memory_resize(list->patterns, list->allocated * sizeof(*list->patterns));
	}
	pattern_init(&list->patterns[list->count++], route);
}

struct router *router_new(const struct sim_route *const *const tables[], size_t table_count)
{
	struct router *router = memory_new(sizeof(*router));

	router->services = memory_new(table_count * sizeof(*router->services));
	router->service_count = table_count;
	for (size_t s = 0; s < table_count; s++)
		for (size_t t = 0; tables[s] && tables[s][t]; t++)
			for (const struct sim_route *route = tables[s][t]; route->pattern; route++)
				patterns_add(&router->services[s], route);
	return router;
}

void router_free(struct router *router)
{
	if (!router)
		return;
	for (size_t s = 0; s < router->service_count; s++) {
		for (size_t i = 0; i < router->services[s].count; i++)
			free(router->services[s].patterns[i].text);
		free(router->services[s].patterns);
	}
	free(router->services);
	free(router);
}

static bool part_fits(const struct part *part, const char *segment)
{
	if (!part->suffix)
		return text_equal_fold(part->prefix, segment);
	return strlen(segment) > strlen(part->prefix) + strlen(part->suffix) &&
	       text_has_prefix_fold(segment, part->prefix) && text_has_suffix_fold(segment, part->suffix);
}

static const char *part_argument(const struct part *part, const char *segment, struct arena *arena)
{
	size_t prefix = strlen(part->prefix), suffix = strlen(part->suffix);

	if (!prefix && !suffix)
		return segment;
	return arena_copy_bytes(arena, segment + prefix, strlen(segment) - prefix - suffix);
}

/* Do the segments of CALL from FIRST on fit PATTERN? Compared from the end, where routes differ. */
static bool pattern_fits(const struct pattern *pattern, const struct call *call, size_t first)
{
	for (size_t i = pattern->count; i-- > 0;)
		if (!part_fits(&pattern->parts[i], call->segments[first + i]))
			return false;
	return true;
}

static const char *scope_join(struct call *call, size_t count)
{
	const char *scope = "";

	for (size_t i = 0; i < count; i++)
		scope = arena_printf(call->arena, "%s/%s", scope, call->segments[i]);
	return scope;
}

bool router_match(const struct router *router, struct call *call, bool *ret_other_method)
{
	const struct service_patterns *list = &router->services[call->service];
	bool other_method = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct pattern *pattern = &list->patterns[i];
		size_t first = 0;

		if (pattern->has_scope) {
			if (call->segment_count <= pattern->count)
				continue;
			first = call->segment_count - pattern->count;
		} else if (call->segment_count != pattern->count) {
			continue;
		}
		if (!pattern_fits(pattern, call, first))
			continue;
		if (!text_equal(pattern->route->method, call->request->method)) {
			other_method = true;
			continue;
		}
		call->route = pattern->route;
		call->argument_count = 0;
		if (pattern->has_scope)
			call->arguments[call->argument_count++] = scope_join(call, first);
		for (size_t j = 0; j < pattern->count; j++)
			if (pattern->parts[j].suffix)
				call->arguments[call->argument_count++] =
					part_argument(&pattern->parts[j], call->segments[first + j], call->arena);
		return true;
	}
	*ret_other_method = other_method;
	return false;
}
