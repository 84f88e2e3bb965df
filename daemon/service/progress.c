#include "service/progress.h"

#include <stdarg.h>
#include <unistd.h>

void progress_init(struct progress *progress, FILE *stream, bool is_quiet, bool is_verbose)
{
	*progress = (struct progress){
		.stream = stream,
		.is_quiet = is_quiet,
		.is_verbose = is_verbose,
		.is_terminal = isatty(fileno(stream)),
	};
}

void progress_done(struct progress *progress)
{
	if (progress->has_live_line)
		fputs("\r\033[K", progress->stream);
	progress->has_live_line = false;
	fflush(progress->stream);
}

static void progress_line(struct progress *progress, const char *format, va_list ap) _printf_(2, 0);

static void progress_line(struct progress *progress, const char *format, va_list ap)
{
	progress_done(progress);
	vfprintf(progress->stream, format, ap);
	fputc('\n', progress->stream);
}

void progress_say(struct progress *progress, const char *format, ...)
{
	va_list ap;

	if (progress->is_quiet)
		return;
	va_start(ap, format);
	progress_line(progress, format, ap);
	va_end(ap);
}

void progress_detail(struct progress *progress, const char *format, ...)
{
	va_list ap;

	if (progress->is_quiet || !progress->is_verbose)
		return;
	va_start(ap, format);
	progress_line(progress, format, ap);
	va_end(ap);
}

static const char *progress_instance(const struct node *node)
{
	return node->installation ? node->installation->desired->name : "-";
}

static void progress_before_write(void *arg, struct world *world, const struct node *node,
				  const struct request *request _unused_)
{
	struct progress *progress = arg;

	progress->writes++;
	progress_say(progress, "%s/%s: writing %s %s", world->tenant->name, progress_instance(node), node->kind->name,
		     node->label);
}

static void progress_after_write(void *arg, struct world *world, const struct node *node,
				 const struct request *request _unused_, const struct response *response)
{
	struct progress *progress = arg;
	const struct fault *fault = &response->fault;

	if (fault->class == FAULT_NONE || fault->class == FAULT_EXISTS)
		progress_say(progress, "%s/%s: wrote   %s %s", world->tenant->name, progress_instance(node),
			     node->kind->name, node->label);
	else
		progress_say(progress, "%s/%s: refused %s %s: %s%s", world->tenant->name, progress_instance(node),
			     node->kind->name, node->label,
			     fault->message ? fault->message : fault_class_name(fault->class),
			     fault->is_ambiguous ? " (it may have taken effect; the next pass looks)" : "");
}

static void progress_delayed(void *arg, struct world *world, const struct node *node, int64_t delay_ms)
{
	progress_say(arg, "%s/%s: waiting until the site is healthy again; asking %s in %lld s", world->tenant->name,
		     progress_instance(node), node->label, (long long)(delay_ms + 999) / 1000);
}

static void progress_answered(void *arg, struct world *world, const struct node *node)
{
	struct progress *progress = arg;

	progress->answers++;
	if (progress->is_quiet || !progress->is_terminal)
		return;
	fprintf(progress->stream, "\r\033[K%s: answers %u, writes %u; %s %.60s", world->tenant->name, progress->answers,
		progress->writes, node->kind->name, node->label);
	progress->has_live_line = true;
	fflush(progress->stream);
}

static void progress_request_finished(void *arg, const struct desired_tenant *tenant, const char *host,
				      enum method method, int status, int64_t duration_ms, unsigned parts)
{
	progress_detail(arg, "%s: %s %s %d, %lld ms%s", tenant->name, method_name(method), host, status,
			(long long)duration_ms, parts > 1 ? " (a batch)" : "");
}

static void progress_throttled(void *arg, const struct desired_tenant *tenant, const char *host, int64_t duration_ms)
{
	progress_say(arg, "%s: %s asks us to wait %lld s", tenant->name, host, (long long)(duration_ms + 999) / 1000);
}

static void progress_warning(void *arg, const struct desired_tenant *tenant, const char *sentence)
{
	progress_say(arg, "%s: warning: %s", tenant->name, sentence);
}

struct watcher progress_watcher(struct progress *progress)
{
	return (struct watcher){
		.arg = progress,
		.before_write = progress_before_write,
		.after_write = progress_after_write,
		.delayed = progress_delayed,
		.answered = progress_answered,
		.request_finished = progress_request_finished,
		.throttled = progress_throttled,
		.warning = progress_warning,
	};
}
