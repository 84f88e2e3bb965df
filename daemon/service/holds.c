#include "service/holds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/durable.h"
#include "base/memory.h"
#include "world/json.h"

#define HOLDS_FILE "holds.json"

enum { HOLDS_SIZE_MAX = 1 << 20, HOLDS_FORMAT = 1 };

/* ---- reading ---- */

static bool hold_parse(struct arena *arena, const cJSON *item, struct hold *hold)
{
	int r = json_get_text(item, "slot", arena, &hold->slot);

	return (r == 0 || r == -ENOENT) && json_get_text(item, "tenant_id", arena, &hold->tenant_id) == 0 &&
	       json_get_text(item, "app_service", arena, &hold->app_service) == 0 &&
	       json_get_text(item, "since", arena, &hold->since) == 0;
}

/* All of it or nothing: a hold that is not understood may be the one that counts. */
static bool holds_parse(struct arena *arena, const char *text, size_t length, struct holds *holds)
{
	cJSON *json = json_parse(text, length);
	const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format_version");
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "holds"), *item;
	struct hold *items;
	bool ok = cJSON_IsNumber(format) && format->valueint == HOLDS_FORMAT && cJSON_IsArray(list);

	items = arena_new_array(arena, ok ? (size_t)cJSON_GetArraySize(list) + 1 : 1, struct hold);
	if (ok)
		cJSON_ArrayForEach (item, list)
			ok = ok && hold_parse(arena, item, &items[holds->count++]);
	cJSON_Delete(json);
	holds->items = items;
	return ok;
}

const struct holds *holds_load(const char *directory, struct arena *arena)
{
	struct holds *holds = arena_new(arena, struct holds);
	const char *path = arena_printf(arena, "%s/" HOLDS_FILE, directory);
	char *text = NULL;
	size_t length = 0;
	int r = durable_read(path, HOLDS_SIZE_MAX, &text, &length);

	if (r == -ENOENT || r == -ENOTDIR)
		return holds;
	if (r == 0 && !holds_parse(arena, text, length, holds))
		r = -EBADMSG;
	free(text);
	if (r < 0)
		*holds = (struct holds){
			.problem = arena_printf(
				arena,
				"%s cannot be read (%s), so nobody knows which slots are on hold, and nothing is "
				"written "
				"for any installation. Give this user the right to read it; or mend it: remove it when "
				"no "
				"slot is meant to be on hold, and repeat `scepmand restore-1x` where one is",
				path, r == -EBADMSG ? "it is no list of holds" : strerror(-r))};
	return holds;
}

int holds_check(const char *directory, struct arena *arena, const struct node *node, const char **ret_message)
{
	const struct holds *holds;

	if (!node->web_app)
		return 0;
	holds = holds_load(directory, arena);
	if (holds->problem) {
		*ret_message = holds->problem;
		return -EIO;
	}
	if (!holds_find_app(holds, node->web_app))
		return 0;
	*ret_message = arena_printf(arena, "%s was put on hold while this pass was under way; nothing was written",
				    node->label);
	return -EBUSY;
}

/* ---- writing ---- */

static void holds_print(const struct holds *holds, struct buffer *ret)
{
	buffer_printf(ret, "{\n\"format_version\": %d,\n\"holds\": [", HOLDS_FORMAT);
	for (size_t i = 0; i < holds->count; i++) {
		const struct hold *hold = &holds->items[i];

		buffer_append_text(ret, i ? ",\n" : "\n");
		buffer_append_text(ret, "{\"tenant_id\": \"");
		buffer_append_json_escaped(ret, hold->tenant_id);
		buffer_append_text(ret, "\", \"app_service\": \"");
		buffer_append_json_escaped(ret, hold->app_service);
		buffer_append_text(ret, hold->slot ? "\", \"slot\": \"" : "\", \"slot\": null");
		if (hold->slot) {
			buffer_append_json_escaped(ret, hold->slot);
			buffer_append_char(ret, '"');
		}
		buffer_append_text(ret, ", \"since\": \"");
		buffer_append_json_escaped(ret, hold->since);
		buffer_append_text(ret, "\"}");
	}
	buffer_append_text(ret, "\n]\n}\n");
}

static int holds_save(const char *directory, const struct holds *holds)
{
	struct buffer buffer;
	int r = -EFBIG;

	buffer_init(&buffer, HOLDS_SIZE_MAX);
	holds_print(holds, &buffer);
	if (!buffer.overflowed)
		r = durable_replace(directory, HOLDS_FILE, buffer.data, buffer.length);
	buffer_done(&buffer);
	return r;
}

/* Two commands at once must not undo each other. Returns the descriptor that holds the lock, or negative errno. */
static int holds_lock(const char *directory, struct arena *arena)
{
	int fd = durable_open(arena_printf(arena, "%s/holds.lock", directory), O_RDWR);

	if (fd < 0)
		return fd;
	while (flock(fd, LOCK_EX) < 0) {
		int r = -errno;

		if (r != -EINTR) {
			close(fd);
			return r;
		}
	}
	return fd;
}

static bool is_hold_of(const struct hold *hold, const struct hold *site)
{
	const struct holds one = {.items = hold, .count = 1};

	return holds_find(&one, site->tenant_id, site->app_service, site->slot);
}

/* With SINCE the site is put on hold, without it its hold is lifted. The lock is held. */
static int holds_change(const char *directory, const struct hold *site, const char *since, struct arena *arena,
			const char **ret_message)
{
	const struct holds *old = holds_load(directory, arena);
	bool is_held = holds_find(old, site->tenant_id, site->app_service, site->slot);
	struct hold *items = arena_new_array(arena, old->count + 1, struct hold);
	struct holds new = {.items = items};
	int r;

	if (old->problem) {
		*ret_message = old->problem;
		return -EBADMSG;
	}
	if (is_held == (since != NULL))
		return 0;
	for (size_t i = 0; i < old->count; i++)
		if (!is_hold_of(&old->items[i], site))
			items[new.count++] = old->items[i];
	if (since) {
		items[new.count] = *site;
		items[new.count++].since = since;
	}
	r = holds_save(directory, &new);
	return r < 0 ? r : 1;
}

static int holds_edit(const char *directory, const struct hold *site, const char *since, char **ret_problem)
{
	const char *message = NULL;
	struct arena arena = {0};
	int fd = -1, r = 0;

	if (since)
		r = durable_make_folders(directory);
	if (r == 0)
		r = fd = holds_lock(directory, &arena);
	if (!since && (r == -ENOENT || r == -ENOTDIR))
		r = 0;
	else if (r >= 0)
		r = holds_change(directory, site, since, &arena, &message);
	if (fd >= 0)
		close(fd);
	if (r < 0) {
		if (!message)
			message = arena_printf(&arena,
					       "the hold could not be written to %s/" HOLDS_FILE
					       " (%s); nothing was changed. Name a folder that this user may write in "
					       "daemon.state_directory",
					       directory, strerror(-r));
		*ret_problem = memory_copy_text(message);
	}
	arena_done(&arena);
	return r;
}

int holds_put(const char *directory, const struct hold *site, int64_t now_unix_ms, char **ret_problem)
{
	char since[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(now_unix_ms, since);
	return holds_edit(directory, site, since, ret_problem);
}

int holds_lift(const char *directory, const struct hold *site, char **ret_problem)
{
	return holds_edit(directory, site, NULL, ret_problem);
}
