#include "golden_cloud.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "golden_json.h"
#include "golden_memory.h"
#include "world/json.h"

enum { GOLDEN_PROBLEMS_MAX = 1 << 20, GOLDEN_PAGES_MAX = 8 };

struct golden_call {
	const char *name; /* of the request */
	struct request request;
	void *node, *arg;
	transport_response_fn *on_response;
	struct golden_call *next;
};

/* ---- names of requests ---- */

static int golden_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static char *golden_decode(struct arena *arena, const char *text)
{
	char *decoded = arena_copy_text(arena, text), *to = decoded;

	for (const char *from = text; *from; from++) {
		int high = *from == '%' ? golden_hex(from[1]) : -1, low = high < 0 ? -1 : golden_hex(from[2]);

		*to++ = low < 0 ? *from : (char)(high * 16 + low);
		from += low < 0 ? 0 : 2;
	}
	*to = '\0';
	return decoded;
}

/* The query is taken apart before it is decoded: a value may contain '&'. */
static const char *golden_name_request(struct arena *arena, const struct request *request)
{
	char *path = arena_copy_text(arena, request->path), *query = strchr(path, '?'), *part;
	const char *name, *separator = "?";

	if (query)
		*query++ = '\0';
	name = arena_printf(arena, "%s %s%s", method_name(request->method), request->host ? request->host : "",
			    golden_decode(arena, path));
	while ((part = strsep(&query, "&"))) {
		if (text_has_prefix(part, "api-version=") || text_has_prefix(part, "$select="))
			continue;
		name = arena_printf(arena, "%s%s%s", name, separator, golden_decode(arena, part));
		separator = "&";
	}
	return name;
}

/* ---- what is answered ---- */

/* How often NAME was asked before. */
static size_t golden_count(struct golden_cloud *cloud, const char *name)
{
	size_t count = (size_t)(uintptr_t)map_get(&cloud->counts, name);

	map_put(&cloud->counts, name, (void *)(uintptr_t)(count + 1));
	return count;
}

/* The case's answer to NAME, or NULL: it has none. */
static const cJSON *golden_scripted(struct golden_cloud *cloud, const char *name)
{
	const cJSON *answer = cJSON_GetObjectItemCaseSensitive(cloud->answers, name);
	size_t count = golden_count(cloud, name);
	int size;

	if (!cJSON_IsArray(answer))
		return answer;
	size = cJSON_GetArraySize(answer);
	return cJSON_GetArrayItem(answer, count < (size_t)size ? (int)count : size - 1);
}

static bool golden_is_list(const struct golden_cloud *cloud, const char *name)
{
	return cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(cloud->answers, name));
}

/* An answer in full: {"status", "body"}, {"lost": "before" | "after", "body": of what took effect} or {"text"}. */
static cJSON *golden_answer(struct golden_cloud *cloud, const struct golden_call *call)
{
	const cJSON *scripted = golden_scripted(cloud, call->name);
	const cJSON *learned = cJSON_GetObjectItemCaseSensitive(cloud->learned, call->name);
	cJSON *answer = cJSON_CreateObject(), *error;

	if (learned && !golden_is_list(cloud, call->name)) {
		cJSON_AddItemToObject(answer, "body", cJSON_Duplicate(learned, true));
	} else if (cJSON_IsNull(scripted)) {
		cJSON_AddStringToObject(answer, "lost", "before");
	} else if (scripted) {
		cJSON_Delete(answer);
		answer = cJSON_Duplicate(scripted, true);
	} else if (call->request.service == SERVICE_SITE) {
		cJSON_AddStringToObject(answer, "body", "Healthy");
	} else if (request_is_mutating(&call->request)) {
		cJSON_AddItemToObject(answer, "body", golden_echo(cloud, call->name, call->request.body));
	} else {
		if (!cloud->is_lenient)
			buffer_printf(&cloud->problems, "  the case has no answer to %s\n", call->name);
		cJSON_AddNumberToObject(answer, "status", 404);
	}
	if (cJSON_HasObjectItem(answer, "echo"))
		cJSON_AddItemToObject(
			answer, "body",
			golden_patch(golden_echo(cloud, call->name, call->request.body), json_get(answer, "echo")));
	if (cJSON_HasObjectItem(answer, "error")) {
		error = cJSON_AddObjectToObject(cJSON_AddObjectToObject(answer, "body"), "error");
		cJSON_AddItemToObject(error, "code", cJSON_DetachItemFromObjectCaseSensitive(answer, "error"));
		cJSON_AddItemToObject(error, "message",
				      cJSON_HasObjectItem(answer, "message")
					      ? cJSON_DetachItemFromObjectCaseSensitive(answer, "message")
					      : cJSON_CreateString("scripted"));
	}
	if (!cJSON_HasObjectItem(answer, "status"))
		cJSON_AddNumberToObject(answer, "status", 200);
	return answer;
}

/* Only who asks for a collection is given its further pages: {"value": of all}. */
static void golden_add_pages(struct golden_cloud *cloud, const struct golden_call *call, cJSON *body)
{
	cJSON *value = cJSON_GetObjectItemCaseSensitive(body, "value"), *link;

	/* Resource Graph's rows have another name. */
	if (call->request.is_collection && !value && cJSON_HasObjectItem(body, "data")) {
		value = cJSON_DetachItemFromObjectCaseSensitive(body, "data");
		cJSON_AddItemToObject(body, "value", value);
	}
	for (unsigned i = 0; call->request.is_collection && i < GOLDEN_PAGES_MAX; i++) {
		const cJSON *page, *item;

		link = cJSON_DetachItemFromObjectCaseSensitive(body, "@odata.nextLink");
		link = link ? link : cJSON_DetachItemFromObjectCaseSensitive(body, "nextLink");
		page = cJSON_IsString(link) ? json_get(golden_scripted(cloud, link->valuestring), "body") : NULL;
		if (cJSON_IsString(link) && !page && !cloud->is_lenient)
			buffer_printf(&cloud->problems, "  the case has no page %s\n", link->valuestring);
		cJSON_ArrayForEach (item, json_get(page, "value"))
			cJSON_AddItemToArray(value, cJSON_Duplicate(item, true));
		cJSON_Delete(link);
		if (!page)
			return;
		link = cJSON_Duplicate(json_get(page, "@odata.nextLink"), true);
		if (link)
			cJSON_AddItemToObject(body, "@odata.nextLink", link);
	}
}

/* ---- the answer as the transport gives it ---- */

static struct fault golden_fault(struct arena *arena, const cJSON *answer, const cJSON *body, bool is_write)
{
	struct fault fault = {.status = (int)json_get(answer, "status")->valuedouble, .host = "golden.test"};
	const cJSON *retry_after = json_get(answer, "retry_after_s");

	if (json_get(answer, "lost"))
		return (struct fault){
			.class = FAULT_UNREACHABLE, .message = "the connection was lost", .is_ambiguous = is_write};
	if (json_get(answer, "text"))
		return (struct fault){.class = FAULT_GARBLED,
				      .status = fault.status,
				      .message = "the answer is not JSON",
				      .is_ambiguous = is_write};
	if (fault.status < 300)
		return (struct fault){0};
	(void)!json_get_text(body, "error/code", arena, &fault.code);
	(void)!json_get_text(body, "error/message", arena, &fault.message);
	fault.class = fault_classify(fault.status, fault.code, fault.message);
	fault.is_ambiguous = is_write && fault.status >= 500;
	fault.retry_after_s = retry_after ? (int64_t)retry_after->valuedouble : 0;
	return fault;
}

static void golden_record(struct golden_cloud *cloud, const struct golden_call *call)
{
	cJSON *write;

	cJSON_AddItemToArray(cloud->requests, cJSON_CreateString(call->name));
	if (!request_is_mutating(&call->request))
		return;
	write = cJSON_CreateObject();
	cJSON_AddStringToObject(write, "request", call->name);
	cJSON_AddItemToObject(write, "body",
			      call->request.body ? json_parse(call->request.body, strlen(call->request.body))
						 : cJSON_CreateNull());
	cJSON_AddItemToObject(write, "before", golden_known(cloud, call->name));
	cJSON_AddItemToArray(cloud->writes, write);
}

static void golden_deliver(struct golden_cloud *cloud, struct golden_call *call)
{
	bool is_write = request_is_mutating(&call->request);
	struct response response = {.date_unix_s = cloud->now_s};
	struct arena arena = {0};
	cJSON *answer, *body;

	golden_record(cloud, call);
	answer = golden_answer(cloud, call);
	body = cJSON_GetObjectItemCaseSensitive(answer, "body");
	if (body)
		golden_add_pages(cloud, call, body);
	response.fault = golden_fault(&arena, answer, body, is_write);
	if (is_write &&
	    (response.fault.class == FAULT_NONE || text_equal(cJSON_GetStringValue(json_get(answer, "lost")), "after")))
		golden_learn(cloud, call->name, call->request.body, body);
	else if (response.fault.class == FAULT_NONE)
		golden_saw(cloud, call->name, body);
	response.status = json_get(answer, "lost") ? 0 : (int)json_get(answer, "status")->valuedouble;
	if (!json_get(answer, "lost") && !json_get(answer, "text") && !cJSON_IsNull(body))
		response.body = body;
	call->on_response(call->arg, call->node, &response);
	cJSON_Delete(answer);
	arena_done(&arena);
}

/* ---- transport ---- */

static void golden_send(struct transport *transport, const struct request *request, void *node,
			transport_response_fn *on_response, void *arg)
{
	struct golden_cloud *cloud = (struct golden_cloud *)transport;
	struct golden_call *call = arena_new(&cloud->arena, struct golden_call);

	*call = (struct golden_call){.request = *request, .node = node, .arg = arg, .on_response = on_response};
	call->request.path = arena_copy_text(&cloud->arena, request->path);
	call->request.body = arena_copy_text(&cloud->arena, request->body);
	call->request.host = arena_copy_text(&cloud->arena, request->host);
	call->name = golden_name_request(&cloud->arena, &call->request);
	*cloud->last = call;
	cloud->last = &call->next;
}

static const struct transport_operations golden_operations = {.send = golden_send};

static size_t golden_turn(struct golden_cloud *cloud, size_t count)
{
	switch (cloud->order) {
	case GOLDEN_OLDEST_FIRST:
		return 0;
	case GOLDEN_NEWEST_FIRST:
		return count - 1;
	case GOLDEN_ANY_ORDER:
		cloud->random = cloud->random * 6364136223846793005u + 1442695040888963407u;
		return (size_t)(cloud->random >> 33) % count;
	case GOLDEN_ORDERS:
		break;
	}
	return 0;
}

void golden_cloud_run(struct golden_cloud *cloud)
{
	while (cloud->first) {
		struct golden_call **p = &cloud->first, *call;
		size_t count = 0;

		for (call = cloud->first; call; call = call->next)
			count++;
		for (size_t turn = golden_turn(cloud, count); turn; turn--)
			p = &(*p)->next;
		call = *p;
		*p = call->next;
		for (cloud->last = &cloud->first; *cloud->last;)
			cloud->last = &(*cloud->last)->next;
		golden_deliver(cloud, call);
	}
}

void golden_cloud_init(struct golden_cloud *cloud, const cJSON *answers, enum golden_order order)
{
	*cloud = (struct golden_cloud){
		.transport.operations = &golden_operations,
		.answers = answers,
		.learned = cJSON_CreateObject(),
		.writes = cJSON_CreateArray(),
		.requests = cJSON_CreateArray(),
		.order = order,
	};
	cloud->last = &cloud->first;
	buffer_init(&cloud->problems, GOLDEN_PROBLEMS_MAX);
}

void golden_cloud_done(struct golden_cloud *cloud)
{
	cJSON_Delete(cloud->learned);
	cJSON_Delete(cloud->writes);
	cJSON_Delete(cloud->requests);
	map_done(&cloud->counts);
	buffer_done(&cloud->problems);
	arena_done(&cloud->arena);
}
