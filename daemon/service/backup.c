#include "service/backup.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/durable.h"
#include "base/text.h"
#include "kinds/app_settings.h"

enum { BACKUP_SIZE_MAX = 32 << 20 };

/* The body of the PUT that would bring it back. */
static void backup_print(const struct settings *settings, struct buffer *ret)
{
	buffer_append_text(ret, "{\"properties\":{");
	for (size_t i = 0; i < settings->count; i++) {
		buffer_append_text(ret, i ? ",\n\"" : "\n\"");
		buffer_append_json_escaped(ret, settings->items[i].name);
		buffer_append_text(ret, "\":\"");
		buffer_append_json_escaped(ret, settings->items[i].value);
		buffer_append_text(ret, "\"");
	}
	buffer_append_text(ret, "\n}}\n");
}

/* A name as part of a path: a slash in it must not lead elsewhere. */
static const char *backup_part(struct arena *arena, const char *name)
{
	char *part = arena_copy_text(arena, name);

	for (char *p = part; *p; p++)
		if (*p == '/' || (p == part && *p == '.'))
			*p = '_';
	return part;
}

int backup_settings(const char *directory, struct arena *arena, const struct desired_tenant *tenant,
		    const struct node *node, int64_t now_unix_ms, const char **ret_message)
{
	char time[CLOCK_RFC3339_SIZE];
	struct buffer content;
	const char *folder, *name;
	int r;

	if (node->kind != &app_settings_kind || !node->observed)
		return 0;
	clock_format_rfc3339(now_unix_ms, time);
	folder = arena_printf(arena, "%s/backups/%s/%s", directory, backup_part(arena, tenant->name),
			      backup_part(arena, node->installation->desired->name));
	name = arena_printf(arena, "%s-%s.json", backup_part(arena, node->label), time);
	buffer_init(&content, BACKUP_SIZE_MAX);
	backup_print(node->observed, &content);
	r = content.overflowed ? -EFBIG : durable_make_folders(folder);
	if (r == 0)
		r = durable_create(folder, name, content.data, content.length);
	buffer_done(&content);
	if (r < 0)
		*ret_message = arena_printf(
			arena,
			"the settings as they are now could not be saved in %s (%s), so nothing was written; "
			"name a folder that this user may write in daemon.state_directory",
			folder, strerror(-r));
	return r;
}
