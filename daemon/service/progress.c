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

void progress_write_begins(struct progress *progress, const struct world *world, const struct node *node)
{
	progress->writes++;
	progress_say(progress, "%s/%s: writing %s %s", world->tenant->name, progress_instance(node), node->kind->name,
		     node->label);
}

void progress_write_ends(struct progress *progress, const struct world *world, const struct node *node,
			 const struct response *response)
{
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

void progress_answer(struct progress *progress, const struct world *world, const struct node *node)
{
	progress->answers++;
	if (progress->is_quiet || !progress->is_terminal)
		return;
	fprintf(progress->stream, "\r\033[K%s: answers %u, writes %u; %s %.60s", world->tenant->name, progress->answers,
		progress->writes, node->kind->name, node->label);
	progress->has_live_line = true;
	fflush(progress->stream);
}
