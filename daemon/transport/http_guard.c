#include "transport/http_guard.h"

#include <string.h>

#include "base/text.h"
#include "world/json.h"

static bool path_ends_with(const char *url, const char *end)
{
	size_t length = strcspn(url, "?#"), tail = strlen(end);

	return length >= tail && strncasecmp(url + length - tail, end, tail) == 0;
}

static bool batch_only_reads(const char *body)
{
	cJSON *batch = body ? json_parse(body, strlen(body)) : NULL;
	const cJSON *parts = cJSON_GetObjectItemCaseSensitive(batch, "requests"), *part;
	bool only_reads = cJSON_GetArraySize(parts) > 0;

	cJSON_ArrayForEach (part, parts) {
		const cJSON *method = cJSON_GetObjectItemCaseSensitive(part, "method");

		only_reads = only_reads && cJSON_IsString(method) && strcmp(method->valuestring, "GET") == 0;
	}
	cJSON_Delete(batch);
	return only_reads;
}

bool http_guard_is_harmless(const struct http_request *request, const char *authority_url)
{
	const char *url = request->url;

	if (request->method == METHOD_GET)
		return true;
	if (request->method != METHOD_POST)
		return false;
	if (authority_url && text_has_prefix_fold(url, authority_url) && url[strlen(authority_url)] == '/' &&
	    path_ends_with(url, "/oauth2/v2.0/token"))
		return true;
	if (path_ends_with(url, "/v1.0/$batch"))
		return batch_only_reads(request->body);
	return path_ends_with(url, "/config/appsettings/list") ||
	       path_ends_with(url, "/providers/Microsoft.ResourceGraph/resources") ||
	       path_ends_with(url, "/directoryObjects/getByIds");
}
