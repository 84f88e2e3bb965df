#include "world/fault.h"

#include "base/text.h"

/*
 * Codes that say more than their status. The first row that matches decides; MESSAGE, when given, must be contained.
 * Sources: domain.md 5.1; the wordings about permissions are Graph's own, seen in the vendor's issues 108 to 110.
 */
static const struct {
	int status; /* 0: any */
	const char *code, *message;
	enum fault_class class;
} fault_rules[] = {
	{0, "RoleAssignmentExists", NULL, FAULT_EXISTS},
	{0, NULL, "Permission being assigned already exists", FAULT_EXISTS},
	{0, NULL, "Permission already assigned", FAULT_EXISTS},
	{0, NULL, "A role assignment with ID", FAULT_EXISTS},
	{0, NULL, "Permission entry already exists", FAULT_EXISTS},
	{409, "Request_MultipleObjectsWithSameKeyValue", NULL, FAULT_EXISTS},
	{400, NULL, "Permission being assigned was not found on", FAULT_REJECTED},
	/* Not an answer about the thing that was asked for: nothing may follow from it. */
	{404, "SubscriptionNotFound", NULL, FAULT_REJECTED},
	{0, "PrincipalNotFound", NULL, FAULT_TRANSIENT},
	{0, "Request_ResourceNotFound", "reference-property objects are not present", FAULT_TRANSIENT},
	{400, "Request_ResourceNotFound", NULL, FAULT_TRANSIENT},
	{400, NULL, "does not reference a valid application object", FAULT_TRANSIENT},
	{0, "RetryableErrorDueToAnotherOperation", NULL, FAULT_TRANSIENT},
	{0, "AnotherOperationInProgress", NULL, FAULT_TRANSIENT},
	{0, "Authorization_RequestDenied", NULL, FAULT_DENIED},
	{0, "AuthorizationFailed", NULL, FAULT_DENIED},
	{0, "LinkedAuthorizationFailed", NULL, FAULT_DENIED},
};

enum fault_class fault_classify(int status, const char *code, const char *message)
{
	for (size_t i = 0; i < ARRAY_SIZE(fault_rules); i++)
		if ((!fault_rules[i].status || fault_rules[i].status == status) &&
		    (!fault_rules[i].code || text_equal_fold(fault_rules[i].code, code)) &&
		    (!fault_rules[i].message || text_contains_fold(message, fault_rules[i].message)))
			return fault_rules[i].class;
	switch (status) {
	case 401:
		return FAULT_CREDENTIAL;
	case 403:
		return FAULT_DENIED;
	case 404:
	case 410:
		return FAULT_NOT_FOUND;
	case 408:
		return FAULT_TRANSIENT;
	case 409:
	case 412:
		return FAULT_CONFLICT;
	case 429:
		return FAULT_THROTTLED;
	default:
		return status >= 500 ? FAULT_TRANSIENT : FAULT_REJECTED;
	}
}

bool fault_is_missing_role(const struct fault *fault)
{
	return fault->class == FAULT_REJECTED &&
	       text_contains_fold(fault->message, "Permission being assigned was not found on");
}

bool fault_is_replication(const struct fault *fault)
{
	return fault->class == FAULT_TRANSIENT && fault->status >= 400 && fault->status < 500;
}

bool fault_is_missing_group(const struct fault *fault)
{
	return fault->class == FAULT_NOT_FOUND && text_equal_fold(fault->code, "ResourceGroupNotFound");
}

bool fault_is_retryable(const struct fault *fault)
{
	switch (fault->class) {
	case FAULT_TRANSIENT:
	case FAULT_THROTTLED:
	case FAULT_CONFLICT:
	case FAULT_UNREACHABLE:
	case FAULT_GARBLED:
		return true;
	case FAULT_NONE:
	case FAULT_NOT_FOUND:
	case FAULT_DENIED:
	case FAULT_CREDENTIAL:
	case FAULT_EXISTS:
	case FAULT_REJECTED:
	case FAULT_REFUSED:
		return false;
	}
	return false;
}

const char *fault_class_name(enum fault_class class)
{
	static const char *const names[] = {
		[FAULT_NONE] = "none",           [FAULT_NOT_FOUND] = "not-found",
		[FAULT_TRANSIENT] = "transient", [FAULT_THROTTLED] = "throttled",
		[FAULT_DENIED] = "denied",       [FAULT_CREDENTIAL] = "credential",
		[FAULT_CONFLICT] = "conflict",   [FAULT_EXISTS] = "exists",
		[FAULT_REJECTED] = "rejected",   [FAULT_UNREACHABLE] = "unreachable",
		[FAULT_GARBLED] = "garbled",     [FAULT_REFUSED] = "refused",
	};

	return names[class];
}

struct fault fault_copy(struct arena *arena, const struct fault *fault)
{
	struct fault copy = *fault;

	copy.code = arena_copy_text(arena, fault->code);
	copy.message = arena_copy_text(arena, fault->message);
	copy.host = arena_copy_text(arena, fault->host);
	copy.request_id = arena_copy_text(arena, fault->request_id);
	return copy;
}
