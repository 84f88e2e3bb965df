#include "glob.h"

#include <stddef.h>

#include "base/text.h"

bool glob_matches_fold(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (text_lower(*pattern) == text_lower(*text)) {
			pattern++;
			text++;
		} else if (star) {
			/* The last star takes one character more. */
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
