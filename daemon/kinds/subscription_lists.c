#include "kinds/subscription_lists.h"

#include "base/text.h"

const char *subscription_of(struct arena *arena, const struct installation *installation)
{
	const struct site *site;

	if (installation->desired->subscription_id)
		return installation->desired->subscription_id;
	if (!installation->production || !node_is_present(installation->production->site))
		return NULL;
	site = installation->production->site->observed;
	return arm_id_subscription(arena, site->id);
}

static bool subscription_lists_have(const struct subscription_lists *lists, const char *subscription)
{
	for (size_t i = 0; i < lists->count; i++)
		if (text_equal_fold(lists->items[i]->want, subscription))
			return true;
	return false;
}

static void subscription_lists_add(struct world *world, const struct kind *kind, const char *what,
				   const char *subscription, struct subscription_lists *lists)
{
	const char *label = arena_printf(&world->arena, "%s of subscription %s", what, subscription);
	struct node *node;
	bool is_new;

	if (subscription_lists_have(lists, subscription))
		return;
	/* It is the tenant's: that it cannot be read is said by those who do not find what they look for. */
	node = world_state(world, kind, NULL, &is_new, label, "%s/%s", kind->name, subscription);
	if (is_new)
		node->want = arena_copy_text(&world->arena, subscription);
	lists->items[lists->count++] = node;
}

struct subscription_lists subscription_lists_state(struct world *world, struct installation *installation,
						   const struct kind *kind, const char *what)
{
	const struct desired_tenant *tenant = installation->tenant;
	const char *own = subscription_of(&world->arena, installation);
	struct subscription_lists lists = {0};

	if (!own)
		return lists;
	lists.items = arena_new_array(&world->arena, tenant->subscription_count + 1, struct node *);
	subscription_lists_add(world, kind, what, own, &lists);
	for (size_t i = 0; i < tenant->subscription_count; i++)
		subscription_lists_add(world, kind, what, tenant->subscriptions[i], &lists);
	return lists;
}

void subscription_lists_need(struct world *world, struct node *node, const struct subscription_lists *lists)
{
	for (size_t i = 0; i < lists->count; i++)
		world_need(world, node, lists->items[i], NEED_TRIED, STEP_READ);
}

const char *subscription_lists_describe(struct arena *arena, const struct subscription_lists *lists)
{
	const char *text = "";

	for (size_t i = 0; i < lists->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? ", " : "", (const char *)lists->items[i]->want);
	return arena_printf(arena, "subscription%s %s", lists->count == 1 ? "" : "s", text);
}

/* Does the daemon not see what is there, or is nothing there? All else is no matter of rights. */
static bool is_out_of_reach(const struct node *list)
{
	const enum fault_class class = list->fault.class;

	return class == FAULT_NONE || class == FAULT_NOT_FOUND || class == FAULT_DENIED || class == FAULT_REJECTED;
}

static const char *why_unread(const struct node *list)
{
	const struct fault *fault = &list->fault;

	if (is_out_of_reach(list))
		return fault->code ? fault->code : "not found";
	return fault->message ? fault->message : fault->code ? fault->code : fault_class_name(fault->class);
}

const char *subscription_lists_unread(struct arena *arena, const struct subscription_lists *lists)
{
	const char *text = NULL;

	for (size_t i = 0; i < lists->count; i++) {
		const struct node *node = lists->items[i];

		if (node_is_present(node))
			continue;
		text = arena_printf(arena, "%s%s%s (%s)", text ? text : "", text ? ", " : "", (const char *)node->want,
				    why_unread(node));
	}
	return text;
}

enum absorbed subscription_lists_doubt(struct world *world, struct node *node, const struct subscription_lists *lists,
				       enum reason reason, const char *what)
{
	const char *remedy = "The next pass asks again";

	for (size_t i = 0; i < lists->count; i++) {
		const struct node *list = lists->items[i];

		if (list->outcome == OUTCOME_FAILED && fault_is_retryable(&list->fault))
			node->condition.retry_after_s = 1;
		if (!node_is_present(list) && is_out_of_reach(list))
			remedy = "Give the daemon the role Reader there, or take the subscription out of the "
				 "configuration";
	}
	return node_block_read(
		world, node, reason,
		"%s was not found, but subscription %s could not be read, so this does not mean that it is not "
		"there: nothing is created and nothing is changed. %s",
		what, subscription_lists_unread(&world->arena, lists), remedy);
}

void subscription_list_request(const struct node *node, struct arena *arena, const char *type, const char *api_version,
			       struct request *ret)
{
	*ret = (struct request){
		.service = SERVICE_RESOURCE_MANAGER,
		.method = METHOD_GET,
		.is_collection = true,
		.path = arena_printf(arena, "/subscriptions/%s/providers/%s?api-version=%s", (const char *)node->want,
				     type, api_version),
	};
}
