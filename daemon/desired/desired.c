#include "desired/desired.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/memory.h"
#include "desired/tables.h"

static const struct field tenant_item = {"tenants", reader_read_mapping, .table = &table_tenant};

static const struct field fields[] = {
	{"daemon", reader_read_mapping, offsetof(struct desired, daemon), .table = &table_daemon},
	{"tenants", reader_read_list, offsetof(struct desired, tenants), .item = &tenant_item,
	 .item_size = sizeof(struct desired_tenant), .count_offset = offsetof(struct desired, tenant_count),
	 .is_required = true},
};

static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct tree_node *tenants = tree_get(node, "tenants");

	if (tenants && tenants->kind == TREE_SEQUENCE && !tenants->count)
		reader_problem(reader, tenants, "tenants is an empty list: name at least one tenant");
	unique_check(reader, target);
}

const struct table table_file = {.what = "the configuration", TABLE_FIELDS(fields), .check = check};

/* product.md section 3; what has no line there is the value that its comment shows. */
static const struct desired_daemon daemon_defaults = {
	.interval_s = 15 * 60,
	.jitter = 0.1,
	.listen = "127.0.0.1:9464",
	.state_directory = "/var/lib/scepmand",
	.log_level = LOG_LEVEL_INFO,
	.log_format = LOG_FORMAT_AUTO,
	.concurrency = 16,
	.max_writes_per_pass = 200,
	.request_timeout_s = 30,
	.rollout = {.probe = true, .settle_s = 60, .timeout_s = 10 * 60, .restart_space_s = 5 * 60},
};

static const char *directory_of(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/');

	/* The root itself ends with its slash: "" is the working directory. */
	return slash ? arena_copy_bytes(arena, file, slash == file ? 1 : (size_t)(slash - file)) : "";
}

int desired_load_text(const char *file, const char *yaml, size_t length, const char *(*environment)(const char *name),
		      struct desired **ret, struct desired_problems *problems)
{
	struct desired *desired = memory_new(sizeof(*desired));
	struct arena tree_arena = {0};
	const struct tree_node *root = tree_parse(&tree_arena, yaml, length, problems);
	char digest[DIGEST_SHA256_HEX_SIZE];

	desired->file = arena_copy_text(&desired->arena, file);
	desired->daemon = daemon_defaults;
	digest_sha256_hex(yaml, length, digest);
	memcpy(desired->generation, digest, sizeof(desired->generation) - 1);
	if (root) {
		struct reader reader = {
			.arena = &desired->arena,
			.problems = problems,
			.environment = environment,
			.directory = directory_of(&desired->arena, file),
		};

		reader_read_table(&reader, &table_file, root, desired);
		for (size_t i = 0; i < desired->tenant_count; i++)
			((struct desired_tenant *)desired->tenants)[i].rollout = &desired->daemon.rollout;
	}
	arena_done(&tree_arena);
	problems_sort(problems);
	if (problems->count) {
		desired_free(desired);
		return -EINVAL;
	}
	*ret = desired;
	return 0;
}

/* Everything at FILE, but not more than one byte over the maximum: tree_parse() then says that it is too much. */
static int read_file(const char *file, struct buffer *buffer)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	char chunk[16 * 1024];
	ssize_t n;
	int r;

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, chunk, sizeof(chunk));
		r = n < 0 && errno != EINTR ? -errno : 0;
		if (n > 0)
			buffer_append(buffer, chunk, (size_t)n);
	} while (!r && n != 0 && !buffer->overflowed);
	close(fd);
	return r;
}

int desired_load_file(const char *file, const char *(*environment)(const char *name), struct desired **ret,
		      struct desired_problems *problems)
{
	_cleanup_(buffer_done) struct buffer buffer = {0};
	int r;

	buffer_init(&buffer, TREE_BYTES_MAX);
	r = read_file(file, &buffer);
	if (r < 0) {
		problems_add(problems, (struct source_position){0}, "cannot be read: %s", strerror(-r));
		return r;
	}
	if (buffer.overflowed) {
		problems_add(problems, (struct source_position){0}, TREE_TOO_LARGE);
		return -EINVAL;
	}
	return desired_load_text(file, buffer.data, buffer.length, environment, ret, problems);
}

void desired_free(struct desired *desired)
{
	if (!desired)
		return;
	arena_done(&desired->arena);
	free(desired);
}
