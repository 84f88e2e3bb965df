#include "arm.h"

#include <string.h>

#include "arm_versions.h"
#include "base/text.h"

/*
 * The operation that a call asks for, as role definitions name it: the type from the last "/providers/", then read,
 * write, delete, or for POST the last word and "action". Names of resources in between are left out.
 */
static const char *action_of(struct call *call, const struct arm_id *id)
{
	const char *method = call->request->method;
	const char *last = call->segment_count ? call->segments[call->segment_count - 1] : "";

	if (!strchr(id->type, '/'))
		return text_equal(method, "GET") ? "Microsoft.Resources/subscriptions/providers/read"
						 : arena_printf(call->arena, "%s/register/action", id->type);
	if (text_equal_fold(last, "checkNameAvailability"))
		return arena_printf(call->arena, "%s/read", id->type);
	if (text_equal_fold(id->type, "Microsoft.Resources/resourceGroups"))
		return arena_printf(call->arena, "Microsoft.Resources/subscriptions/resourceGroups/%s",
				    text_equal(method, "GET") || text_equal(method, "HEAD") ? "read"
				    : text_equal(method, "DELETE")                          ? "delete"
											    : "write");
	if (text_equal(method, "GET") || text_equal(method, "HEAD"))
		return arena_printf(call->arena, "%s/read", id->type);
	if (text_equal(method, "DELETE"))
		return arena_printf(call->arena, "%s/delete", id->type);
	if (text_equal(method, "POST"))
		return arena_printf(call->arena, "%s/action", id->type);
	return arena_printf(call->arena, "%s/write", id->type);
}

/* Collections ("…/sites") end with a type: their action is judged where they lie. */
static const char *scope_of(struct call *call, const struct arm_id *id)
{
	size_t behind = 0;

	for (size_t i = 0; i < call->segment_count; i++)
		if (text_equal_fold(call->segments[i], "providers"))
			behind = call->segment_count - i - 1;
	if (behind == 2)
		return id->parent;
	if (behind > 2 && behind % 2 == 0) /* a collection in a resource, or a POST on it */
		return arm_path_without(call, 1);
	return id->text;
}

static bool answer_denied(struct call *call, const char *action, const char *scope)
{
	call_answer_error(call, 403, "AuthorizationFailed",
			  "The client '%s' with object id '%s' does not have authorization to perform action '%s' over "
			  "scope '%s' or the scope is invalid. If access was recently granted, please refresh your "
			  "credentials.",
			  call->identity.object_id, call->identity.object_id, action, *scope ? scope : "/");
	return false;
}

bool arm_may_link(struct call *call, const char *action, const char *linked)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);

	if (arm_may(call, action, linked))
		return true;
	call_answer_error(
		call, 403, "LinkedAuthorizationFailed",
		"The client '%s' with object id '%s' has permission to perform action '%s' on scope '%s'; however, it "
		"does not have permission to perform action(s) '%s' on the linked scope(s) '%s' or the linked scope(s) "
		"are invalid.",
		call->identity.object_id, call->identity.object_id, action_of(call, &id), id.text, action, linked);
	return false;
}

/* Lists are cut down to what the caller may read, if that is anything at all; so says nobody may list here. */
static bool may_list_something(const struct call *call, const char *action, const char *scope)
{
	const struct state_list *own = state_list_principal(call->state, call->identity.object_id);

	for (size_t i = 0; i < own->count; i++) {
		const char *id = path_text(own->items[i], "id");

		if (text_has_prefix_fold(id, scope) && arm_may(call, action, id))
			return true;
	}
	return false;
}

static bool is_list(const struct call *call, const struct arm_id *id)
{
	size_t behind = 0;

	for (size_t i = 0; i < call->segment_count; i++)
		if (text_equal_fold(call->segments[i], "providers"))
			behind = call->segment_count - i - 1;
	return text_equal(call->request->method, "GET") && behind == 2 && id->subscription &&
	       !text_has_prefix_fold(id->type, "Microsoft.Authorization/");
}

static bool admit_scope(struct call *call, const struct arm_id *id)
{
	cJSON *subscription = id->subscription ? map_get(&call->state->subscriptions, id->subscription) : NULL;

	if (id->subscription && !text_is_guid(id->subscription)) {
		call_answer_error(call, 400, "InvalidSubscriptionId",
				  "The provided subscription identifier '%s' is malformed or invalid.",
				  id->subscription);
		return false;
	}
	if (id->subscription && !subscription) {
		call_answer_error(call, 404, "SubscriptionNotFound", "The subscription '%s' could not be found.",
				  id->subscription);
		return false;
	}
	return true;
}

static bool admit_group(struct call *call, const struct arm_id *id)
{
	if (!id->group_id || text_equal_fold(id->type, "Microsoft.Resources/resourceGroups") ||
	    map_get(&call->state->resource_groups, id->group_id))
		return true;
	call_answer_error(call, 404, "ResourceGroupNotFound", "Resource group '%s' could not be found.", id->group);
	return false;
}

/* Lists of subscriptions, catalogues, role definitions, one's own permissions and operations under way need no
 * permission. */
static bool is_open(const struct call *call, const struct arm_id *id)
{
	if (text_equal(call->request->method, "GET") &&
	    (text_equal_fold(id->type, "Microsoft.Authorization/roleDefinitions") ||
	     text_equal_fold(id->type, "Microsoft.Authorization/permissions") ||
	     text_contains_fold(id->type ? id->type : "", "/locations/operation")))
		return true;
	return !id->subscription && !(id->type && text_has_prefix_fold(id->type, "Microsoft.Authorization/"));
}

bool arm_admit(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);
	const char *action, *scope;
	/* a provider itself is described by Microsoft.Resources */
	bool is_provider = id.type && (!strchr(id.type, '/') || text_has_suffix_fold(id.type, "/register"));

	if (!arm_versions_admit(call, is_provider ? NULL : id.type) || !admit_scope(call, &id))
		return false;
	if (is_open(call, &id))
		return true;
	action = action_of(call, &id);
	scope = scope_of(call, &id);
	if (!arm_may(call, action, scope) && !(is_list(call, &id) && may_list_something(call, action, scope)))
		return answer_denied(call, action, scope);
	return admit_group(call, &id) && arm_lock_admits(call);
}
