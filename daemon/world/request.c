#include "world/request.h"

#include <string.h>

#include "base/text.h"

/* POSTs that only ask: each path ends so (before the query). */
static const char *const query_suffixes[] = {
	"/config/appsettings/list",
	"/providers/Microsoft.ResourceGraph/resources",
	"/directoryObjects/getByIds",
};

bool request_is_mutating(const struct request *request)
{
	size_t length = strcspn(request->path, "?");

	if (request->method == METHOD_GET)
		return false;
	if (request->method != METHOD_POST)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(query_suffixes); i++) {
		size_t tail = strlen(query_suffixes[i]);

		if (length >= tail && text_has_prefix_fold(request->path + length - tail, query_suffixes[i]))
			return false;
	}
	return true;
}

const char *method_name(enum method method)
{
	switch (method) {
	case METHOD_GET:
		return "GET";
	case METHOD_POST:
		return "POST";
	case METHOD_PUT:
		return "PUT";
	case METHOD_PATCH:
		return "PATCH";
	}
	return "";
}
