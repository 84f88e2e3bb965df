#include <string.h>

#include "base/text.h"
#include "world/observed.h"
#include "world/setting_name.h"

/* One step of a name as .NET reads it: a character in lower case, or ':' for either spelling of the separator. */
static char setting_name_next(const char **name)
{
	const char *p = *name;

	if (p[0] == '_' && p[1] == '_') {
		*name += 2;
		return ':';
	}
	if (*p)
		*name += 1;
	return text_lower(*p);
}

bool setting_name_is_same(const char *a, const char *b)
{
	char c, d;

	do {
		c = setting_name_next(&a);
		d = setting_name_next(&b);
		if (c != d)
			return false;
	} while (c);
	return true;
}

const char *settings_get(const struct settings *settings, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; settings && i < settings->count; i++) {
		const struct setting *setting = &settings->items[i];

		if (!setting_name_is_same(setting->name, name))
			continue;
		if (text_equal_fold(setting->name, name))
			return setting->value;
		if (!found)
			found = setting->value;
	}
	return found;
}

const char *web_app_setting(const struct web_app *app, const char *name)
{
	return app && app->settings ? settings_get(app->settings->observed, name) : NULL;
}
