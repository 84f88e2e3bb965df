#include "core.h"

#include <string.h>

#include "arm.h"
#include "base/text.h"
#include "clouds.h"
#include "graph.h"
#include "router.h"

static bool starts_with_part(const char *path, const char *part)
{
	size_t length = strlen(part);

	return strncasecmp(path, part, length) == 0 && (path[length] == '/' || path[length] == 0);
}

static bool is_login_path(const char *path)
{
	const char *second = path[0] == '/' ? strchr(path + 1, '/') : NULL;

	return starts_with_part(path, "/adfs") || starts_with_part(path, "/common") ||
	       (second && (starts_with_part(second, "/oauth2") || starts_with_part(second, "/v2.0") ||
			   starts_with_part(second, "/.well-known") || starts_with_part(second, "/discovery")));
}

/* HOST without its port. */
static void host_name(const char *host, char *ret, size_t size)
{
	size_t length = strcspn(host, ":");

	if (length >= size)
		length = size - 1;
	memcpy(ret, host, length);
	ret[length] = 0;
}

enum sim_service core_classify(const struct sim_state *state, const char *host, const char *path)
{
	enum sim_service service;
	char name[256] = "";

	if (host)
		host_name(host, name, sizeof(name));
	if (starts_with_part(path, "/_sim"))
		return SERVICE_CONTROL;
	if (starts_with_part(path, "/metadata") || starts_with_part(path, "/msi") ||
	    text_equal(name, "169.254.169.254"))
		return SERVICE_METADATA;
	if (cloud_of_host(name, &service))
		return service;
	if (*name && state_find_host(state, name))
		return SERVICE_SITE;
	if (starts_with_part(path, "/v1.0") || starts_with_part(path, "/beta"))
		return SERVICE_GRAPH;
	if (is_login_path(path))
		return SERVICE_LOGIN;
	return SERVICE_ARM;
}

static void answer_unknown_arm(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	const char *slash = id.type ? strchr(id.type, '/') : NULL;

	if (!slash) {
		call_answer_error(call, 404, "InvalidResourceType",
				  "The resource type could not be found in the namespace '%s' for api version '%s'.",
				  id.type ? id.type : "", call_query(call, "api-version"));
		return;
	}
	call_answer_error(call, 404, "InvalidResourceType",
			  "The resource type '%s' could not be found in the namespace '%.*s' for api version '%s'.",
			  slash + 1, (int)(slash - id.type), id.type, call_query(call, "api-version"));
}

static void answer_unknown(struct call *call, bool other_method)
{
	switch (call->service) {
	case SERVICE_ARM:
		if (other_method)
			call_answer_error(call, 405, "HttpMethodNotAllowed",
					  "The http method '%s' is not supported for this resource type or operation.",
					  call->request->method);
		else
			answer_unknown_arm(call);
		break;
	case SERVICE_GRAPH:
		if (other_method)
			call_answer_error(call, 405, "Request_BadRequest",
					  "Specified HTTP method is not allowed for the "
					  "request target.");
		else
			call_answer_error(call, 400, "BadRequest", "Resource not found for the segment '%s'.",
					  call->segment_count > 1 ? call->segments[1] : "");
		break;
	case SERVICE_CONTROL:
	case SERVICE_LOGIN:
	case SERVICE_METADATA:
	case SERVICE_SITE:
		call_answer_raw(call, other_method ? 405 : 404, "text/html", "<h2>Our services aren't available.</h2>");
		break;
	}
}

static bool has_json_type(const char *type)
{
	size_t length = type ? strcspn(type, "; ") : 0;

	return (length == 16 && strncasecmp(type, "application/json", length) == 0) ||
	       (length == 9 && strncasecmp(type, "text/json", length) == 0);
}

static void answer_wrong_type(struct call *call, const char *type)
{
	if (call->service == SERVICE_GRAPH && !type)
		call_answer_error(
			call, 400, "BadRequest",
			"Write requests (excluding DELETE) must contain the Content-Type header declaration.");
	else if (call->service == SERVICE_GRAPH)
		call_answer_error(call, 415, "UnsupportedMediaType", "Invalid content type.");
	else
		call_answer_error(call, 415, "UnsupportedMediaType",
				  "The content media type '%s' is not supported. Only 'application/json' is supported.",
				  type ? type : "<null>");
}

/* Parses the body for services that speak JSON. False: answered. */
static bool parse_body(struct call *call)
{
	const char *method = call->request->method, *type = call_header(call, "Content-Type");
	const char *end = NULL;

	if ((call->service != SERVICE_ARM && call->service != SERVICE_GRAPH) || call->body ||
	    !call->request->body_length || text_equal(method, "GET") || text_equal(method, "HEAD") ||
	    text_equal(method, "DELETE"))
		return true;
	if (!has_json_type(type)) {
		answer_wrong_type(call, type);
		return false;
	}
	call->body = cJSON_ParseWithLengthOpts(call->request->body, call->request->body_length, &end, false);
	while (end && end < call->request->body + call->request->body_length && strchr(" \t\r\n", *end))
		end++;
	if (call->body && end == call->request->body + call->request->body_length)
		return true;
	if (call->service == SERVICE_GRAPH)
		call_answer_error(call, 400, "BadRequest",
				  "Unable to read JSON request payload. Please ensure Content-Type header is set and "
				  "payload is of valid JSON format.");
	else
		call_answer_error(
			call, 400, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Unexpected character "
			"encountered while parsing value. Path '', line 1, position %zu.'.",
			end ? (size_t)(end - call->request->body) : (size_t)0);
	return false;
}

void core_dispatch(struct call *call)
{
	bool other_method = false;

	if (call->service == SERVICE_GRAPH)
		graph_prepare(call);
	if (!router_match(call->sim->router, call, &other_method)) {
		call->is_unknown_route = true;
		answer_unknown(call, other_method);
		return;
	}
	if (!interference_before(call->sim->interference, call) && parse_body(call) &&
	    (call->service != SERVICE_ARM || arm_admit(call)))
		call->route->handle(call);
	interference_after(call->sim->interference, call);
}
