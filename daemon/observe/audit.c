#include "observe/audit.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/memory.h"
#include "observe/audit_trail.h"

enum { AUDIT_KEY_SIZE = 32 };

/* A write whose answer is not in yet. Told apart by where the node's name is kept, which is as good as the node. */
struct audit_pending {
	const char *node_name;
	uint64_t sequence;
	struct audit_pending *next;
};

struct audit {
	struct audit_trail trail;
	char *command, *generation;
	unsigned char key[AUDIT_KEY_SIZE];
	bool has_key;
	struct audit_pending *pending;
};

struct audit *audit_new(const char *state_directory, const char *command, const char *generation)
{
	struct audit *audit = memory_new(sizeof(*audit));

	audit_trail_init(&audit->trail, state_directory);
	audit->command = memory_copy_text(command);
	audit->generation = memory_copy_text(generation);
	return audit;
}

void audit_free(struct audit *audit)
{
	if (!audit)
		return;
	while (audit->pending) {
		struct audit_pending *next = audit->pending->next;

		free(audit->pending);
		audit->pending = next;
	}
	audit_trail_done(&audit->trail);
	memory_wipe(audit->key, sizeof(audit->key));
	free(audit->command);
	free(audit->generation);
	free(audit);
}

/* ---- the key of the fingerprints ---- */

static int audit_read_key(struct audit *audit, const char *path)
{
	size_t length;
	char *bytes;
	int r;

	r = durable_read(path, AUDIT_KEY_SIZE, &bytes, &length);
	if (r < 0)
		return r;
	if (length == AUDIT_KEY_SIZE)
		memcpy(audit->key, bytes, AUDIT_KEY_SIZE);
	else
		r = -EBADMSG;
	memory_wipe(bytes, length);
	free(bytes);
	return r;
}

/* The one that is there, or a new one. Of two processes that make one at the same time, the second takes the first's.
 */
static int audit_have_key(struct audit *audit, struct arena *arena)
{
	static const char name[] = "fingerprint.key";
	const char *path = arena_printf(arena, "%s/%s", audit->trail.folder, name);
	int r;

	if (audit->has_key)
		return 0;
	r = audit_read_key(audit, path);
	if (r == -ENOENT) {
		if (RAND_bytes(audit->key, AUDIT_KEY_SIZE) != 1)
			return -EIO;
		r = durable_make_folders(audit->trail.folder);
		if (r == 0)
			r = durable_create(audit->trail.folder, name, audit->key, AUDIT_KEY_SIZE);
		if (r == -EEXIST)
			r = audit_read_key(audit, path);
	}
	audit->has_key = r == 0;
	return r;
}

/* ---- entries ---- */

static cJSON *audit_entry(const char *event, int64_t now_unix_ms)
{
	char time[CLOCK_RFC3339_SIZE];
	cJSON *entry = cJSON_CreateObject();

	if (!entry)
		memory_exhausted();
	clock_format_rfc3339(now_unix_ms, time);
	cJSON_AddStringToObject(entry, "time", time);
	cJSON_AddStringToObject(entry, "event", event);
	return entry;
}

/* Absent rather than null: an entry says what there is. */
static void audit_add_text(cJSON *object, const char *name, const char *value)
{
	if (value)
		cJSON_AddStringToObject(object, name, value);
}

static void audit_add_value(const struct audit *audit, cJSON *object, const char *name, const char *value,
			    bool is_sensitive)
{
	char fingerprint[DIGEST_FINGERPRINT_SIZE];

	if (value && is_sensitive) {
		digest_fingerprint(audit->key, sizeof(audit->key), value, fingerprint);
		value = fingerprint;
	}
	audit_add_text(object, name, value);
}

static void audit_add_changes(const struct audit *audit, cJSON *entry, const struct node *node)
{
	cJSON *changes = cJSON_AddArrayToObject(entry, "changes");

	for (const struct change *change = node->changes; change; change = change->next) {
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(item, "action", action_name(change->action));
		audit_add_text(item, "target", change->target);
		audit_add_text(item, "slot", change->slot);
		audit_add_text(item, "key", change->key);
		audit_add_value(audit, item, "before", change->before, change->is_sensitive);
		if (change->is_known_after_apply)
			cJSON_AddTrueToObject(item, "known_after_apply");
		else
			audit_add_value(audit, item, "after", change->after, change->is_sensitive);
		if (change->is_sensitive)
			cJSON_AddTrueToObject(item, "sensitive");
		audit_add_text(item, "restarts", change->restarts);
		audit_add_text(item, "reason", change->reason);
		cJSON_AddItemToArray(changes, item);
	}
}

static cJSON *audit_write_entry(const struct audit *audit, const struct desired_tenant *tenant, const struct node *node,
				const struct request *request, int64_t now_unix_ms)
{
	cJSON *entry = audit_entry("write", now_unix_ms), *sent;

	cJSON_AddStringToObject(entry, "command", audit->command);
	cJSON_AddNumberToObject(entry, "uid", (double)getuid());
	cJSON_AddNumberToObject(entry, "pid", (double)getpid());
	cJSON_AddStringToObject(entry, "generation", audit->generation);
	cJSON_AddStringToObject(entry, "tenant", tenant->name);
	cJSON_AddStringToObject(entry, "tenant_id", tenant->tenant_id);
	if (node->installation)
		cJSON_AddStringToObject(entry, "instance", node->installation->desired->name);
	cJSON_AddStringToObject(entry, "kind", node->kind->name);
	cJSON_AddStringToObject(entry, "node", node->name);
	cJSON_AddStringToObject(entry, "target", node->label);
	audit_add_changes(audit, entry, node);
	sent = cJSON_AddObjectToObject(entry, "request");
	cJSON_AddStringToObject(sent, "method", method_name(request->method));
	cJSON_AddStringToObject(sent, "path", request->path);
	return entry;
}

static const char *audit_result(const struct response *response)
{
	if (response->fault.class == FAULT_NONE)
		return "done";
	if (response->fault.class == FAULT_EXISTS)
		return "exists";
	return response->fault.is_ambiguous ? "unknown" : "refused";
}

static cJSON *audit_result_entry(uint64_t sequence, const struct response *response, int64_t now_unix_ms)
{
	cJSON *entry = audit_entry("result", now_unix_ms);

	cJSON_AddNumberToObject(entry, "write", (double)sequence);
	cJSON_AddStringToObject(entry, "result", audit_result(response));
	cJSON_AddNumberToObject(entry, "status", response->status);
	audit_add_text(entry, "code", response->fault.code);
	audit_add_text(entry, "message", response->fault.message);
	audit_add_text(entry, "request_id", response->request_id);
	return entry;
}

/* ---- before and after ---- */

static const char *audit_problem(const struct audit *audit, struct arena *arena, int error, const char *consequence)
{
	if (error == -EBADMSG)
		return arena_printf(arena,
				    "the audit trail %s ends with something that is no entry of it, so %s; look at it "
				    "with scepmand audit verify, keep it, and move it away",
				    audit->trail.path, consequence);
	return arena_printf(arena,
			    "the audit trail %s could not be written (%s), so %s; see that there is room and that this "
			    "user may write there (daemon.state_directory)",
			    audit->trail.path, strerror(-error), consequence);
}

static int audit_put(struct audit *audit, struct arena *arena, cJSON *entry, const char *consequence,
		     const char **ret_message)
{
	int r;

	r = audit_trail_put(&audit->trail, entry);
	cJSON_Delete(entry);
	if (r < 0)
		*ret_message = audit_problem(audit, arena, r, consequence);
	return r;
}

static const char nothing_written[] = "nothing was written";
static const char result_missing[] = "the trail shows a write whose result is not known";

int audit_before_write(struct audit *audit, struct arena *arena, const struct desired_tenant *tenant,
		       const struct node *node, const struct request *request, int64_t now_unix_ms,
		       const char **ret_message)
{
	struct audit_pending *pending;
	int r;

	/* The key first: the entry is made of its fingerprints. */
	r = audit_have_key(audit, arena);
	if (r < 0) {
		*ret_message =
			arena_printf(arena,
				     "%s/fingerprint.key cannot be used (%s), so nothing was written; see that this "
				     "user may write there (daemon.state_directory), or move it away for a new one",
				     audit->trail.folder, strerror(-r));
		return r;
	}
	r = audit_put(audit, arena, audit_write_entry(audit, tenant, node, request, now_unix_ms), nothing_written,
		      ret_message);
	if (r < 0)
		return r;
	pending = memory_new(sizeof(*pending));
	*pending = (struct audit_pending){node->name, audit->trail.sequence, audit->pending};
	audit->pending = pending;
	return 0;
}

/* False: no such write waits for its result. */
static bool audit_take_pending(struct audit *audit, const char *node_name, uint64_t *ret_sequence)
{
	struct audit_pending **link = &audit->pending, *pending;

	while (*link && (*link)->node_name != node_name)
		link = &(*link)->next;
	pending = *link;
	if (!pending)
		return false;
	*link = pending->next;
	*ret_sequence = pending->sequence;
	free(pending);
	return true;
}

int audit_commit_write(struct audit *audit, struct arena *arena, const char *node_name, const char **ret_message)
{
	uint64_t sequence;
	int r;

	r = audit_trail_commit(&audit->trail);
	if (r < 0) {
		audit_take_pending(audit, node_name, &sequence);
		*ret_message = audit_problem(audit, arena, r, nothing_written);
	}
	return r;
}

int audit_after_write(struct audit *audit, struct arena *arena, const char *node_name, const struct response *response,
		      int64_t now_unix_ms, const char **ret_message)
{
	uint64_t sequence;

	if (!audit_take_pending(audit, node_name, &sequence))
		return 0;
	return audit_put(audit, arena, audit_result_entry(sequence, response, now_unix_ms), result_missing,
			 ret_message);
}

int audit_commit_result(struct audit *audit, struct arena *arena, const char **ret_message)
{
	int r;

	r = audit_trail_commit(&audit->trail);
	if (r < 0)
		*ret_message = audit_problem(audit, arena, r, result_missing);
	return r;
}
