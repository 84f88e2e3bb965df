#include "doctor/diagnosis.h"

#include <stdarg.h>

#include "base/text.h"

void diagnosis_init(struct diagnosis *diagnosis, const struct desired_tenant *tenant, struct arena *arena)
{
	*diagnosis = (struct diagnosis){
		.arena = arena,
		.tenant = tenant,
		.tokens = {[AUDIENCE_RESOURCE_MANAGER] = {.url = tenant->cloud.resource_manager_audience
									 ? tenant->cloud.resource_manager_audience
									 : tenant->cloud.resource_manager},
			   [AUDIENCE_GRAPH] = {.url = tenant->cloud.graph}},
	};
	demands_init(&diagnosis->demands, arena);
	diagnosis->advice_tail = &diagnosis->advice;
}

/* The same is said once, whoever finds it out first. */
void notes_add(struct notes *notes, struct arena *arena, bool is_trouble, const char *format, ...)
{
	struct note *note = arena_new(arena, struct note), **tail = &notes->first;
	va_list ap;

	va_start(ap, format);
	note->text = arena_vprintf(arena, format, ap);
	va_end(ap);
	note->is_trouble = is_trouble;
	for (; *tail; tail = &(*tail)->next)
		if (text_equal((*tail)->text, note->text))
			return;
	*tail = note;
}

const struct claims *diagnosis_identity(const struct diagnosis *diagnosis)
{
	for (size_t i = 0; i < AUDIENCES; i++)
		if (diagnosis->tokens[i].is_readable)
			return &diagnosis->tokens[i].claims;
	return NULL;
}

size_t diagnosis_count(const struct diagnosis *diagnosis, enum finding finding)
{
	size_t count = 0;

	for (const struct demand *demand = diagnosis->demands.first; demand; demand = demand->next)
		count += demand->finding == finding;
	return count;
}
