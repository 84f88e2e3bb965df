#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "arm.h"
#include "base/text.h"

cJSON *arm_find(struct call *call, const char *id)
{
	cJSON *resource = map_get(&call->state->resources, id);

	if (!resource)
		arm_answer_not_found(call, id);
	return resource;
}

void arm_answer_not_found(struct call *call, const char *text)
{
	struct arm_id id = arm_id_parse(call->arena, text), parent;
	const char *slash = id.type ? strchr(id.type, '/') : NULL;
	const char *name = id.name, *type = slash ? slash + 1 : "", *path = "";

	if (!slash || !name) { /* a scope that names no resource */
		call_answer_error(call, 404, "ResourceNotFound", "The Resource '%s' was not found.", text);
		return;
	}

	if (id.is_child && !map_get(&call->state->resources, id.parent)) {
		parent = arm_id_parse(call->arena, id.parent);
		call_answer_error(
			call, 404, "ParentResourceNotFound",
			"Failed to perform '%s' on resource(s) of type '%s', because the parent resource '%s' "
			"could not be found.",
			text_equal(call->request->method, "GET") ? "read" : "write", id.type, parent.text);
		return;
	}
	while (*type && *name) { /* "sites/a/slots/b" */
		size_t type_length = strcspn(type, "/"), name_length = strcspn(name, "/");

		path = arena_printf(call->arena, "%s/%.*s/%.*s", path, (int)type_length, type, (int)name_length, name);
		type += type_length + (type[type_length] == '/');
		name += name_length + (name[name_length] == '/');
	}
	call_answer_error(
		call, 404, "ResourceNotFound",
		"The Resource '%.*s%s' under resource group '%s' was not found. For more details please go to "
		"https://aka.ms/ARMResourceNotFoundFix",
		(int)(slash - id.type), id.type, path, id.group ? id.group : "<null>");
}

cJSON *arm_body(struct call *call)
{
	static const char known[] = "id,name,type,location,tags,properties,kind,sku,identity,plan,zones,managedBy,"
				    "managedByExtended,extendedLocation,etag,systemData,scale,apiVersion,eTag";
	const cJSON *item;

	if (!cJSON_IsObject(call->body)) {
		call_answer_error(
			call, 400, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Error reading JObject "
			"from JsonReader. Path '', line 0, position 0.'.");
		return NULL;
	}
	cJSON_ArrayForEach (item, call->body) {
		if (text_list_contains_fold(known, ',', item->string))
			continue;
		call_answer_error(
			call, 400, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Could not find member "
			"'%s' on object of type 'ResourceDefinition'. Path '%s', line 1, position %zu.'.",
			item->string, item->string, strlen(item->string) + 4);
		return NULL;
	}
	item = path_get(call->body, "properties");
	if (item && !cJSON_IsObject(item) && !cJSON_IsNull(item)) {
		call_answer_error(
			call, 400, "InvalidRequestContent",
			"The request content was invalid and could not be deserialized: 'Error converting value to "
			"type 'JObject'. Path 'properties', line 1, position 0.'.");
		return NULL;
	}
	return call->body;
}

bool arm_check_name(struct call *call, const char *name, size_t minimum, size_t maximum, const char *others)
{
	size_t length = strlen(name), fit = 0;

	while (fit < length && (isalnum((unsigned char)name[fit]) || strchr(others, name[fit])))
		fit++;
	if (fit == length && length >= minimum && length <= maximum)
		return true;
	call_answer_error(
		call, 400, "InvalidResourceName",
		"Resource name %s is invalid. The name can be up to %zu characters long. It must begin with a word "
		"character, and it must end with a word character or with '_'. The name may contain word characters or "
		"'.', '-', '_'.",
		name, maximum);
	return false;
}

const char *arm_body_location(struct call *call)
{
	const char *location = path_text(call->body, "location");

	if (!text_is_empty(location))
		return location;
	call_answer_error(call, 400, "LocationRequired", "The location property is required for this definition.");
	return NULL;
}

const char *arm_location(struct arena *arena, const char *location)
{
	char *normal = arena_copy_text(arena, location), *out = normal;

	for (; location && *location; location++)
		if (*location != ' ')
			*out++ = text_lower(*location);
	if (out)
		*out = 0;
	return normal;
}

/* The id of what contains ID, as it is spelled where it is kept. */
static const char *known_container(struct call *call, const struct arm_id *id)
{
	const cJSON *container = NULL;

	if (id->is_child)
		container = map_get(&call->state->resources, id->parent);
	else if (id->group_id && text_equal_fold(id->parent, id->group_id))
		container = map_get(&call->state->resource_groups, id->group_id);
	return container ? path_text(container, "id") : NULL;
}

static const char *canonical_id(struct call *call, const struct arm_id *id)
{
	const char *container = known_container(call, id), *last = strrchr(id->type, '/');

	if (!container || !last)
		return id->text;
	if (id->is_child)
		return arena_printf(call->arena, "%s%s/%s", container, last, id->last_name);
	return arena_printf(call->arena, "%s/providers/%s/%s", container, id->type, id->last_name);
}

cJSON *arm_resource_new(struct call *call, const struct arm_id *id, const char *location)
{
	cJSON *resource = cJSON_CreateObject();
	struct arm_id known = arm_id_parse(call->arena, canonical_id(call, id));

	cJSON_AddStringToObject(resource, "id", known.text);
	cJSON_AddStringToObject(resource, "name", known.name);
	cJSON_AddStringToObject(resource, "type", known.type);
	if (location)
		cJSON_AddStringToObject(resource, "location", arm_location(call->arena, location));
	cJSON_AddObjectToObject(resource, "properties");
	return resource;
}

void arm_resource_take(cJSON *resource, const cJSON *body, const char *members)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, body)
		if (text_list_contains_fold(members, ',', item->string) && !cJSON_IsNull(item))
			path_set(resource, item->string, cJSON_Duplicate(item, true));
}

void arm_merge(cJSON *target, const cJSON *patch)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, patch) {
		cJSON *old = path_get(target, item->string);

		if (strchr(item->string, '.'))
			continue;
		if (cJSON_IsNull(item))
			path_remove(target, item->string);
		else if (cJSON_IsObject(old) && cJSON_IsObject(item))
			arm_merge(old, item);
		else
			path_set(target, item->string, cJSON_Duplicate(item, true));
	}
}

void arm_answer_resource(struct call *call, int status, const cJSON *resource, arm_show show)
{
	call_answer(call, status, show ? show(call, resource) : cJSON_Duplicate(resource, true));
}

const char *arm_now(struct call *call)
{
	time_t seconds = (time_t)(call->now_ms / 1000);
	struct tm tm;
	char text[40];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	return arena_printf(call->arena, "%s.%03d0000Z", text, (int)(call->now_ms % 1000));
}
