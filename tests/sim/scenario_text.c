/* What the template deploys, under other names and ids: done on the text, where names are parts of ids and of settings.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "scenario_parts.h"

/* Is the GUID at P one that the cloud gave to this installation? Not the tenant, the subscription, or a built-in role.
 */
static bool is_own_guid(const char *start, const char *p, const char *guid)
{
	static const char roles[] = "roleDefinitions/";
	size_t length = sizeof(roles) - 1;

	if (text_equal_fold(guid, SCENARIO_TENANT) || text_equal_fold(guid, SCENARIO_SUBSCRIPTION))
		return false;
	return !((size_t)(p - start) >= length && strncmp(p - length, roles, length) == 0);
}

/* Does a GUID begin at P? Copies it. */
static bool is_guid_at(const char *p, char guid[TEXT_GUID_LENGTH + 1])
{
	for (size_t i = 0; i <= 8; i++)
		if (i == 8 ? p[i] != '-' : !isxdigit((unsigned char)p[i]))
			return false;
	strncpy(guid, p, TEXT_GUID_LENGTH);
	guid[TEXT_GUID_LENGTH] = 0;
	return text_is_guid(guid);
}

char *scenario_rename(struct arena *arena, const char *text, const char *suffix)
{
	static const char *const words[] = {"contoso", "rg-scepman"};
	struct buffer out;

	buffer_init(&out, 1 << 20);
	for (const char *p = text; *p;) {
		size_t length = 1;
		char guid[TEXT_GUID_LENGTH + 1];

		if (is_guid_at(p, guid)) {
			buffer_append_text(&out,
					   is_own_guid(text, p, guid)
						   ? scenario_guid(arena, arena_printf(arena, "%s%s", guid, suffix))
						   : guid);
			p += TEXT_GUID_LENGTH;
			continue;
		}
		for (size_t i = 0; (*p == 'c' || *p == 'r') && i < ARRAY_SIZE(words); i++)
			if (strncmp(p, words[i], strlen(words[i])) == 0)
				length = strlen(words[i]);
		buffer_append(&out, p, length);
		if (length > 1)
			buffer_append_text(&out, suffix);
		p += length;
	}
	return buffer_steal(&out);
}
