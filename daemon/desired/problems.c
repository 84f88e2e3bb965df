#include "desired/problems.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

void problems_add_v(struct desired_problems *problems, struct source_position position, const char *format, va_list ap)
{
	if (problems->count == problems->allocated) {
		problems->allocated = problems->allocated ? 2 * problems->allocated : 16;
		problems->items = memory_resize(problems->items, problems->allocated * sizeof(*problems->items));
	}
	problems->items[problems->count++] = (struct desired_problem){
		.position = position,
		.message = arena_vprintf(&problems->arena, format, ap),
	};
}

void problems_add(struct desired_problems *problems, struct source_position position, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	problems_add_v(problems, position, format, ap);
	va_end(ap);
}

const char *problems_quote(struct desired_problems *problems, const char *text)
{
	enum { SHOWN_MAX = 60 };
	size_t length = strlen(text), shown = length;
	char *copy;

	if (length > SHOWN_MAX)
		/* Not in the middle of a character. */
		for (shown = SHOWN_MAX; shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80;)
			shown--;
	copy = arena_copy_bytes(&problems->arena, text, shown);
	for (char *c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return arena_printf(&problems->arena, "\"%s%s\"", copy, shown < length ? "..." : "");
}

const char *problems_list(struct desired_problems *problems, const char *const *words, size_t count,
			  const char *conjunction)
{
	_cleanup_(buffer_done) struct buffer list = {0};

	buffer_init(&list, 4096);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i + 1 == count && conjunction)
			buffer_printf(&list, " %s ", conjunction);
		else if (i > 0)
			buffer_append_text(&list, ", ");
		buffer_append_text(&list, words[i]);
	}
	return arena_copy_text(&problems->arena, list.data);
}

/* Ties are broken by the text and not by the order of discovery: qsort() is not stable, and equal ones must meet. */
static int problem_compare(const void *left, const void *right)
{
	const struct desired_problem *a = left, *b = right;

	if (a->position.line != b->position.line)
		return a->position.line < b->position.line ? -1 : 1;
	if (a->position.column != b->position.column)
		return a->position.column < b->position.column ? -1 : 1;
	return strcmp(a->message, b->message);
}

void problems_sort(struct desired_problems *problems)
{
	size_t kept = 0;

	if (!problems->count)
		return;
	qsort(problems->items, problems->count, sizeof(*problems->items), problem_compare);
	for (size_t i = 1; i < problems->count; i++)
		if (problem_compare(&problems->items[kept], &problems->items[i]) != 0)
			problems->items[++kept] = problems->items[i];
	problems->count = kept + 1;
}

void desired_problems_done(struct desired_problems *problems)
{
	free(problems->items);
	arena_done(&problems->arena);
	*problems = (struct desired_problems){0};
}
