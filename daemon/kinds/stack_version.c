#include "kinds/stack_version.h"

#include <string.h>

#include "base/text.h"

#define LINUX_STACK "DOTNETCORE"

struct version {
	unsigned major, minor;
};

/* More digits than a version ever has would overflow, and are no number. */
static bool parse_number(const char **text, unsigned *ret)
{
	size_t length = strspn(*text, "0123456789");

	if (!length || length > 4)
		return false;
	*ret = 0;
	for (; length; length--, (*text)++)
		*ret = 10 * *ret + (unsigned)(**text - '0');
	return true;
}

/* "10", "10.0" and nothing after it. */
static bool parse_version(const char *text, struct version *ret)
{
	struct version version = {0};

	if (!parse_number(&text, &version.major))
		return false;
	if (*text == '.') {
		text++;
		if (!parse_number(&text, &version.minor))
			return false;
	}
	*ret = version;
	return !*text;
}

enum stack_judgement stack_version_judge(const char *present, bool is_linux, const char *wanted)
{
	struct version has, wants;

	if (text_is_empty(present))
		return STACK_TOO_OLD;
	if (is_linux) {
		size_t name = strcspn(present, "|:");

		if (name != strlen(LINUX_STACK) || !text_has_prefix_fold(present, LINUX_STACK))
			return STACK_FOREIGN;
		present += present[name] ? name + 1 : name;
	} else if (*present == 'v' || *present == 'V') {
		present++;
	}
	if (!parse_version(present, &has) || !parse_version(wanted, &wants))
		return STACK_UNPARSABLE;
	return has.major < wants.major || (has.major == wants.major && has.minor < wants.minor) ? STACK_TOO_OLD
												: STACK_GOOD;
}

const char *stack_version_spell(struct arena *arena, bool is_linux, const char *wanted)
{
	return arena_printf(arena, is_linux ? LINUX_STACK "|%s" : "v%s", wanted);
}
