#include "graph_internal.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

void graph_answer_bad_request(struct call *call, const char *message, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, message);
	text = arena_vprintf(call->arena, message, ap);
	va_end(ap);
	call_answer_error(call, 400, "Request_BadRequest", "%s", text);
}

void graph_answer_not_found(struct call *call, const char *id)
{
	call_answer_error(
		call, 404, "Request_ResourceNotFound",
		"Resource '%s' does not exist or one of its queried reference-property objects are not present.", id);
}

static bool is_digits(const char *text, const char *form)
{
	for (; *form; form++, text++) {
		if (*form == '0' ? *text < '0' || *text > '9' : *text != *form)
			return false;
	}
	return true;
}

/* 2026-01-02T03:04:05[.678][Z|+01:00] */
static bool is_time(const char *text)
{
	if (!is_digits(text, "0000-00-00T00:00"))
		return false;
	text += strlen("0000-00-00T00:00");
	return text[strspn(text, "0123456789:.Z+-")] == 0;
}

static bool is_of_edm_type(const cJSON *value, const char *type)
{
	if (text_equal(type, "Edm.Boolean"))
		return cJSON_IsBool(value);
	if (text_equal(type, "Edm.Int32"))
		return cJSON_IsNumber(value) && value->valuedouble == floor(value->valuedouble);
	if (!cJSON_IsString(value))
		return false;
	if (text_equal(type, "Edm.Guid"))
		return text_is_guid(value->valuestring);
	if (text_equal(type, "Edm.DateTimeOffset"))
		return is_time(value->valuestring);
	return text_equal(type, "Edm.String") || text_equal(type, "Edm.Binary");
}

static bool check_object(struct call *call, const struct graph_type *type, const cJSON *object);

static bool check_wrong_type(struct call *call, const cJSON *value, const char *type)
{
	char *text = cJSON_PrintUnformatted(value);

	call_answer_error(call, 400, "Request_BadRequest",
			  "Cannot convert the literal '%.100s' to the expected type '%s'.",
			  cJSON_IsString(value) ? value->valuestring : text, type);
	cJSON_free(text);
	return false;
}

/* One value that is not a collection. TYPE may still be written "Collection(X)": then it is one of its items. */
static bool check_item(struct call *call, const char *type, const cJSON *value)
{
	const struct graph_type *complex = graph_find_type(type);
	const char *name = type;

	if (text_has_prefix(type, "Collection("))
		name = arena_copy_bytes(call->arena, type + strlen("Collection("),
					strcspn(type, ")") - strlen("Collection("));
	if (complex)
		return cJSON_IsObject(value) ? check_object(call, complex, value) : check_wrong_type(call, value, name);
	if (text_has_prefix(name, "Edm."))
		return is_of_edm_type(value, name) || check_wrong_type(call, value, name);
	/* Enumerations are written as text; what is left are open types, which take anything. */
	return true;
}

static bool check_value(struct call *call, const struct graph_property *property, const cJSON *value)
{
	const cJSON *item;

	if (cJSON_IsNull(value)) {
		if (!(property->flags & GRAPH_NOT_NULL))
			return true;
		call_answer_error(
			call, 400, "BadRequest",
			"A null value was found for the property named '%s', which has the expected type "
			"'%s[Nullable=False]'. The expected type '%s[Nullable=False]' does not allow null values.",
			property->name, property->type, property->type);
		return false;
	}
	if (!graph_is_collection(property))
		return check_item(call, property->type, value);
	if (!cJSON_IsArray(value))
		return check_wrong_type(call, value, property->type);
	cJSON_ArrayForEach (item, value) {
		if (!check_item(call, property->type, item))
			return false;
	}
	return true;
}

/* OData's own members ("@odata.type", "owners@odata.bind") are not properties. */
static bool is_annotation(const cJSON *member)
{
	return strchr(member->string, '@') != NULL;
}

static bool check_object(struct call *call, const struct graph_type *type, const cJSON *object)
{
	const cJSON *member;

	cJSON_ArrayForEach (member, object) {
		const struct graph_property *property = graph_find_property(type, member->string);

		if (is_annotation(member))
			continue;
		if (!property) {
			call_answer_error(
				call, 400, "BadRequest",
				"The property '%s' does not exist on type 'microsoft.graph.%s'. Make sure to only use "
				"property names that are defined by the type.",
				member->string, type->name);
			return false;
		}
		if (!check_value(call, property, member))
			return false;
	}
	return true;
}

static bool check_settable(struct call *call, const struct graph_property *property, bool is_create)
{
	if (property->flags & GRAPH_READ_ONLY || (property->flags & GRAPH_CREATE && !is_create)) {
		graph_answer_bad_request(call, "Property '%s' is read-only and cannot be set.", property->name);
		return false;
	}
	return true;
}

static bool check_required(struct call *call, const struct graph_type *type)
{
	for (const struct graph_property *property = type->properties; property->name; property++) {
		const cJSON *value = cJSON_GetObjectItemCaseSensitive(call->body, property->name);

		if (!(property->flags & GRAPH_REQUIRED) || (value && !cJSON_IsNull(value)))
			continue;
		graph_answer_bad_request(call, "A value is required for property '%s' of resource '%s'.",
					 property->name, type->name);
		return false;
	}
	return true;
}

bool graph_check_body(struct call *call, const struct graph_type *type, bool is_create)
{
	const cJSON *member;

	if (!cJSON_IsObject(call->body)) {
		call_answer_error(call, 400, "BadRequest", "Empty Payload. JSON content expected.");
		return false;
	}
	cJSON_ArrayForEach (member, call->body) {
		const struct graph_property *property = graph_find_property(type, member->string);

		if (is_annotation(member))
			continue;
		if (!property) {
			graph_answer_bad_request(call, "Invalid property '%s'.", member->string);
			return false;
		}
		if (!check_settable(call, property, is_create) || !check_value(call, property, member))
			return false;
	}
	return !is_create || check_required(call, type);
}

void graph_merge(const struct graph_type *type, cJSON *object, const cJSON *body)
{
	const cJSON *member;

	cJSON_ArrayForEach (member, body) {
		const struct graph_property *property = graph_find_property(type, member->string);
		cJSON *old = cJSON_GetObjectItemCaseSensitive(object, member->string);
		const struct graph_type *complex;

		if (!property)
			continue;
		complex = graph_is_collection(property) ? NULL : graph_find_type(property->type);
		if (complex && cJSON_IsObject(member)) {
			if (!cJSON_IsObject(old)) {
				cJSON_DeleteItemFromObjectCaseSensitive(object, member->string);
				old = graph_fallback(property);
				if (!cJSON_IsObject(old)) {
					cJSON_Delete(old);
					old = cJSON_CreateObject();
				}
				cJSON_AddItemToObject(object, member->string, old);
			}
			graph_merge(complex, old, member);
		} else {
			cJSON_DeleteItemFromObjectCaseSensitive(object, member->string);
			cJSON_AddItemToObject(object, member->string, cJSON_Duplicate(member, true));
		}
	}
}
