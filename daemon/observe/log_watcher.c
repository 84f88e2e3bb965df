#include "observe/log_watcher.h"

static struct log_context context_of(const struct world *world, const struct node *node)
{
	return (struct log_context){
		.tenant = world->tenant->name,
		.instance = node->installation ? node->installation->desired->name : NULL,
		.node = node->name,
		.action = node->changes ? action_name(node->changes->action) : NULL,
	};
}

static void log_before_write(void *arg, struct world *world, const struct node *node,
			     const struct request *request _unused_)
{
	const struct log_context context = context_of(world, node);

	log_say(arg, LOG_LEVEL_DEBUG, EVENT_WRITE_BEGINS, &context, "writing %s %s", node->kind->name, node->label);
}

static void log_after_write(void *arg, struct world *world, const struct node *node,
			    const struct request *request _unused_, const struct response *response)
{
	const struct fault *fault = &response->fault;
	struct log_context context = context_of(world, node);

	if (fault->class == FAULT_NONE || fault->class == FAULT_EXISTS) {
		log_say(arg, LOG_LEVEL_INFO, EVENT_WRITE_DONE, &context, "wrote %s %s", node->kind->name, node->label);
		return;
	}
	context.reason = fault->code ? fault->code : fault_class_name(fault->class);
	log_say(arg, LOG_LEVEL_WARNING, EVENT_WRITE_REFUSED, &context, "the write of %s %s was refused: %s%s",
		node->kind->name, node->label, fault->message ? fault->message : fault_class_name(fault->class),
		fault->is_ambiguous ? " (it may have taken effect; the next pass looks)" : "");
}

static void log_request_finished(void *arg, const struct desired_tenant *tenant, const char *host, enum method method,
				 int status, int64_t duration_ms, unsigned parts)
{
	log_say(arg, LOG_LEVEL_DEBUG, EVENT_REQUEST, &(struct log_context){.tenant = tenant->name},
		"%s %s %d, %lld ms%s", method_name(method), host, status, (long long)duration_ms,
		parts > 1 ? " (a batch)" : "");
}

static void log_throttled(void *arg, const struct desired_tenant *tenant, const char *host, int64_t duration_ms)
{
	log_say(arg, LOG_LEVEL_WARNING, EVENT_THROTTLED, &(struct log_context){.tenant = tenant->name},
		"%s asks us to wait %lld s", host, (long long)(duration_ms + 999) / 1000);
}

static void log_warning(void *arg, const struct desired_tenant *tenant, const char *sentence)
{
	log_say(arg, LOG_LEVEL_WARNING, EVENT_WARNING, &(struct log_context){.tenant = tenant->name}, "%s", sentence);
}

struct watcher log_watcher(const struct log *log)
{
	return (struct watcher){
		.arg = (void *)log,
		.before_write = log_before_write,
		.after_write = log_after_write,
		.request_finished = log_request_finished,
		.throttled = log_throttled,
		.warning = log_warning,
	};
}
