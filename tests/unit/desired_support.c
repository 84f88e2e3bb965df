#include "desired_support.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char *support_environment(const char *name)
{
	if (text_equal(name, "SECRETS") || text_equal(name, "CREDENTIALS_DIRECTORY"))
		return "/run/secrets";
	return text_equal(name, "EMPTY") ? "" : NULL;
}

char *support_print_problems(const struct desired_problems *problems)
{
	struct buffer buffer;

	buffer_init(&buffer, 16 * 1024 * 1024);
	for (size_t i = 0; i < problems->count; i++)
		buffer_printf(&buffer, "%u:%u: %s\n", problems->items[i].position.line,
			      problems->items[i].position.column, problems->items[i].message);
	return buffer_steal(&buffer);
}

struct desired *support_load(const char *yaml, char **ret_problems)
{
	struct desired_problems problems = {0};
	struct desired *desired = NULL;
	int r = desired_load_text("/etc/scepmand/test.yaml", yaml, strlen(yaml), support_environment, &desired,
				  &problems);

	ck_assert_int_eq(r, problems.count ? -EINVAL : 0);
	ck_assert(!desired == (problems.count > 0));
	*ret_problems = support_print_problems(&problems);
	desired_problems_done(&problems);
	return desired;
}

struct desired *support_load_good(const char *yaml)
{
	char *problems;
	struct desired *desired = support_load(yaml, &problems);

	ck_assert_str_eq(problems, "");
	free(problems);
	return desired;
}

void support_read_file(const char *path, struct buffer *buffer)
{
	FILE *file = fopen(path, "re");
	char chunk[4096];
	size_t n;

	ck_assert_msg(file, "%s cannot be opened", path);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(buffer, chunk, n);
	fclose(file);
	ck_assert_msg(!buffer->overflowed, "%s is too large", path);
}
