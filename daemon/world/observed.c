#include "world/observed.h"

#include <string.h>

#include "base/text.h"

const char *principal_object_id(const struct principal *principal)
{
	const struct site *site = principal->site->observed;

	if (!site)
		return NULL;
	if (principal->user_assigned == 0)
		return site->principal_id;
	return principal->user_assigned <= site->user_assigned_count
		       ? site->user_assigned[principal->user_assigned - 1].principal_id
		       : NULL;
}

const char *url_host(struct arena *arena, const char *url)
{
	const char *host = url ? strstr(url, "://") : NULL;
	size_t length;
	char *copy;

	if (!host)
		return NULL;
	host += 3;
	length = strcspn(host, ":/?#");
	if (!length || memchr(host, '@', length))
		return NULL;
	copy = arena_copy_bytes(arena, host, length);
	for (char *p = copy; *p; p++)
		*p = text_lower(*p);
	return copy;
}

bool site_has_host(const struct site *site, const char *host)
{
	if (!site || !host)
		return false;
	if (text_equal_fold(site->default_host, host))
		return true;
	for (size_t i = 0; i < site->host_count; i++)
		if (text_equal_fold(site->hosts[i], host))
			return true;
	return false;
}

/* The segment behind MARKER ("/subscriptions/"), or NULL. */
static const char *arm_id_segment(struct arena *arena, const char *id, const char *marker)
{
	for (; id && *id; id++) {
		if (text_has_prefix_fold(id, marker)) {
			const char *segment = id + strlen(marker);

			return arena_copy_bytes(arena, segment, strcspn(segment, "/"));
		}
	}
	return NULL;
}

const char *arm_id_resource_group(struct arena *arena, const char *id)
{
	return arm_id_segment(arena, id, "/resourceGroups/");
}

const char *arm_id_subscription(struct arena *arena, const char *id)
{
	return arm_id_segment(arena, id, "/subscriptions/");
}

const char *arm_id_name(const char *id)
{
	const char *slash = id ? strrchr(id, '/') : NULL;

	return slash ? slash + 1 : id;
}
