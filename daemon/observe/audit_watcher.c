#include "observe/audit_watcher.h"

#include "base/clock.h"

static int auditor_before_write(void *arg, struct world *world, const struct node *node, const struct request *request,
				const char **ret_message)
{
	struct audit_watcher *auditor = arg;

	return audit_before_write(auditor->audit, world, node, request, clock_unix_ms(), ret_message);
}

/* The write is done; that its result is missing in the trail is said, and shows there as a write without an end. */
static void auditor_after_write(void *arg, struct world *world, const struct node *node,
				const struct request *request _unused_, const struct response *response)
{
	struct audit_watcher *auditor = arg;
	const char *message;

	if (audit_after_write(auditor->audit, world, node, response, clock_unix_ms(), &message) == 0)
		return;
	for (size_t i = 0; i < auditor->watchers->count; i++)
		if (auditor->watchers->items[i]->warning)
			auditor->watchers->items[i]->warning(auditor->watchers->items[i]->arg, world->tenant, message);
}

void audit_watcher_init(struct audit_watcher *auditor, struct audit *audit, const struct watchers *watchers)
{
	*auditor = (struct audit_watcher){
		.watcher =
			{
				.arg = auditor,
				.before_write = auditor_before_write,
				.after_write = auditor_after_write,
			},
		.audit = audit,
		.watchers = watchers,
	};
}
