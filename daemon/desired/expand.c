#include "desired/expand.h"

#include <limits.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

static size_t name_length(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

	return *text >= '0' && *text <= '9' ? 0 : length;
}

/* Appends the value of the variable that begins at *TEXT and moves *TEXT behind it; or what is wrong with it. */
static const char *expand_variable(struct arena *arena, const char **text, const char *(*environment)(const char *name),
				   struct buffer *path)
{
	const char *start = *text + strlen("${"), *value;
	size_t length = name_length(start);
	char *name;

	if (!length || start[length] != '}')
		return "a ${ must be followed by the name of an environment variable and a }";
	name = arena_copy_bytes(arena, start, length);
	value = environment(name);
	if (text_is_empty(value))
		return arena_printf(arena, "the environment variable %s is not set: set it or write the path itself",
				    name);
	buffer_append_text(path, value);
	*text = start + length + 1;
	return NULL;
}

const char *expand_path(struct arena *arena, const char *text, const char *(*environment)(const char *name),
			const char *directory, char **ret_path)
{
	_cleanup_(buffer_done) struct buffer path = {0};

	buffer_init(&path, PATH_MAX - 1);
	while (*text) {
		const char *complaint = NULL;

		if (text_has_prefix(text, "${"))
			complaint = expand_variable(arena, &text, environment, &path);
		else
			buffer_append_char(&path, *text++);
		if (complaint)
			return complaint;
	}
	if (path.overflowed || strlen(directory) + path.length + 1 >= PATH_MAX)
		return "the path is too long";
	*ret_path = *path.data == '/' || !*directory ? arena_copy_text(arena, path.data)
						     : arena_printf(arena, "%s/%s", directory, path.data);
	return NULL;
}
