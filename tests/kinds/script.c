#include "script.h"

#include <check.h>
#include <string.h>

#include "reconcile/plan.h"
#include "world/json.h"

void script_init(struct script *script)
{
	*script = (struct script){0};
	buffer_init(&script->writes, 1 << 20);
}

void script_done(struct script *script)
{
	buffer_done(&script->writes);
	arena_done(&script->arena);
}

static struct script_answer *script_add(struct script *script, enum method method, const char *path, int status,
					const char *body)
{
	struct script_answer *answer = arena_new(&script->arena, struct script_answer);

	answer->method = method;
	answer->path = arena_copy_text(&script->arena, path);
	answer->status = status;
	answer->body = arena_copy_text(&script->arena, body);
	answer->next = script->answers;
	script->answers = answer;
	return answer;
}

void script_says(struct script *script, enum method method, const char *path, int status, const char *body)
{
	script_add(script, method, path, status, body);
}

void script_says_once(struct script *script, enum method method, const char *path, int status, const char *body)
{
	script_add(script, method, path, status, body)->is_once = true;
}

void script_refuses(struct script *script, enum method method, const char *path, int status, const char *code)
{
	script_add(script, method, path, status,
		   arena_printf(&script->arena, "{\"error\":{\"code\":\"%s\",\"message\":\"scripted\"}}", code));
}

static const struct script_answer *script_find(struct script *script, const struct request *request)
{
	for (struct script_answer **p = &script->answers; *p; p = &(*p)->next) {
		struct script_answer *answer = *p;

		if (answer->method != request->method || !strstr(request->path, answer->path))
			continue;
		if (answer->is_once)
			*p = answer->next;
		return answer;
	}
	ck_abort_msg("no answer to %s %s", method_name(request->method), request->path);
	return NULL;
}

static void script_answer(struct world *world, struct node *node, const struct script_answer *answer)
{
	struct response response = {.status = answer->status};
	const char *code = NULL;
	struct arena arena = {0};

	if (answer->body) {
		response.body = json_parse(answer->body, strlen(answer->body));
		ck_assert_msg(response.body != NULL, "the script's answer is not JSON: %s", answer->body);
	}
	if (answer->status >= 400) {
		ck_assert(json_get_text(response.body, "error/code", &arena, &code) == 0);
		response.fault = (struct fault){
			.class = fault_classify(answer->status, code, "scripted"),
			.status = answer->status,
			.code = code,
			.message = "scripted",
		};
	}
	plan_absorb(world, node, &response);
	cJSON_Delete(response.body);
	arena_done(&arena);
}

void script_play(struct script *script, struct world *world)
{
	struct request request;
	struct node *node;

	while (plan_next(world, &node, &request)) {
		if (request_is_mutating(&request))
			buffer_printf(&script->writes, "%s %s %s\n", method_name(request.method), request.path,
				      request.body ? request.body : "");
		else
			script->reads++;
		script_answer(world, node, script_find(script, &request));
	}
}
