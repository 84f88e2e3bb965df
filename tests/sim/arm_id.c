#include "arm.h"

#include <string.h>

#include "base/text.h"

static const char *join(struct arena *arena, const char *a, const char *separator, const char *b)
{
	return a ? arena_printf(arena, "%s%s%s", a, separator, b) : arena_copy_text(arena, b);
}

/* The spelling that Azure shows, for the names that callers like to vary. */
static const char *canonical_type(const char *type)
{
	static const char *const known[] = {
		"Microsoft.Web/sites",
		"Microsoft.Web/sites/slots",
		"Microsoft.Web/sites/config",
		"Microsoft.Web/sites/slots/config",
		"Microsoft.Web/sites/hostNameBindings",
		"Microsoft.Web/sites/slots/hostNameBindings",
		"Microsoft.Web/serverfarms",
		"Microsoft.Storage/storageAccounts",
		"Microsoft.KeyVault/vaults",
		"Microsoft.KeyVault/vaults/accessPolicies",
		"Microsoft.OperationalInsights/workspaces",
		"Microsoft.OperationalInsights/workspaces/tables",
		"Microsoft.Insights/dataCollectionRules",
		"Microsoft.Insights/dataCollectionEndpoints",
		"Microsoft.ManagedIdentity/userAssignedIdentities",
		"Microsoft.Network/virtualNetworks",
		"Microsoft.Network/virtualNetworks/subnets",
		"Microsoft.Authorization/locks",
		"Microsoft.Authorization/roleAssignments",
		"Microsoft.Authorization/roleDefinitions",
		"Microsoft.Resources/subscriptions",
		"Microsoft.Resources/resourceGroups",
	};

	for (size_t i = 0; type && i < ARRAY_SIZE(known); i++)
		if (text_equal_fold(type, known[i]))
			return known[i];
	return type;
}

/* Reads NAMESPACE/type/name/type/name... from TEXT, which stands behind the last "/providers/". */
static void parse_provider(struct arena *arena, struct arm_id *id, const char *text, const char *start)
{
	const char *p = text;
	int part = 0;

	id->is_child = false;
	id->type = id->name = id->last_name = NULL;
	while (*p) {
		size_t length = strcspn(p, "/");
		const char *word = arena_copy_bytes(arena, p, length);

		if (part == 0 || part % 2 == 1) {
			id->type = join(arena, id->type, "/", word);
		} else {
			id->name = join(arena, id->name, "/", word);
			id->last_name = word;
			if (part > 2) {
				const char *type = p - 1;

				while (type > text && type[-1] != '/')
					type--;
				id->parent = arena_copy_bytes(arena, start, (size_t)(type - 1 - start));
				id->is_child = true;
			}
		}
		part++;
		p += length + (p[length] == '/');
	}
	id->type = canonical_type(id->type);
}

/* Last "/providers/" of TEXT, or NULL. */
static const char *last_providers(const char *text)
{
	const char *found = NULL;

	for (const char *p = text; (p = strcasestr(p, "/providers/")); p++)
		found = p;
	return found;
}

struct arm_id arm_id_parse(struct arena *arena, const char *text)
{
	struct arm_id id = {.text = arena_copy_text(arena, text)};
	const char *providers = last_providers(text), *p;

	if (text_has_prefix_fold(text, "/subscriptions/")) {
		p = text + strlen("/subscriptions/");
		id.subscription = arena_copy_bytes(arena, p, strcspn(p, "/"));
		id.type = "Microsoft.Resources/subscriptions";
		id.name = id.last_name = id.subscription;
		p += strcspn(p, "/");
		if (text_has_prefix_fold(p, "/resourceGroups/")) {
			p += strlen("/resourceGroups/");
			id.group = arena_copy_bytes(arena, p, strcspn(p, "/"));
			id.group_id =
				arena_printf(arena, "/subscriptions/%s/resourceGroups/%s", id.subscription, id.group);
			id.type = "Microsoft.Resources/resourceGroups";
			id.name = id.last_name = id.group;
		}
	}
	if (!providers)
		return id;
	id.parent = arena_copy_bytes(arena, text, (size_t)(providers - text));
	parse_provider(arena, &id, providers + strlen("/providers/"), text);
	return id;
}

const char *arm_path_without(struct call *call, size_t count)
{
	const char *path = "";

	for (size_t i = 0; i + count < call->segment_count; i++)
		path = arena_printf(call->arena, "%s/%s", path, call->segments[i]);
	return path;
}
