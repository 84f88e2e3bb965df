#include "service/written_sites.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/durable.h"
#include "base/memory.h"
#include "world/json.h"

enum { WRITTEN_SITES_SIZE_MAX = 4 << 20, WRITTEN_SITES_FORMAT = 1, WRITTEN_SITES_KEPT_S = 24 * 60 * 60 };

static const char *written_sites_name(struct arena *arena, const struct desired_tenant *tenant)
{
	return arena_printf(arena, "sites-%s.json", tenant->tenant_id);
}

/* ---- reading ---- */

static bool written_site_parse(struct arena *arena, const cJSON *item, struct written_site *ret)
{
	const cJSON *written = cJSON_GetObjectItemCaseSensitive(item, "written");
	const cJSON *host = cJSON_GetObjectItemCaseSensitive(item, "host");

	*ret = (struct written_site){.host = cJSON_GetStringValue(host)};
	if (!cJSON_IsNumber(written) || json_get_bool(item, "suspect", &ret->is_suspect) < 0 ||
	    json_get_text(item, "id", arena, &ret->id) < 0 || json_get_text(item, "name", arena, &ret->name) < 0 ||
	    json_get_text(item, "installation", arena, &ret->installation) < 0)
		return false;
	ret->written_s = (int64_t)written->valuedouble;
	return true;
}

/* The later write counts; of the same write, that the site was seen well. */
static void written_site_merge(struct memory_of_passes *memory, const struct written_site *site)
{
	const struct written_site *known = memory_of_passes_written(memory, site->id);

	if (!known || known->written_s < site->written_s)
		memory_of_passes_note_write(memory, site);
	else if (known->written_s == site->written_s && !site->is_suspect)
		memory_of_passes_trust(memory, site->id);
}

static bool written_sites_parse(struct arena *arena, const char *text, size_t length, struct memory_of_passes *memory)
{
	cJSON *json = json_parse(text, length);
	const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "format_version");
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "sites"), *item;
	bool ok = cJSON_IsNumber(format) && format->valueint == WRITTEN_SITES_FORMAT && cJSON_IsArray(list);
	struct written_site site;

	if (ok)
		cJSON_ArrayForEach (item, list) {
			ok = written_site_parse(arena, item, &site);
			if (!ok)
				break;
			written_site_merge(memory, &site);
		}
	cJSON_Delete(json);
	return ok;
}

int written_sites_load(const char *directory, const struct desired_tenant *tenant, struct memory_of_passes *memory,
		       struct arena *arena, const char **ret_message)
{
	const char *path = arena_printf(arena, "%s/%s", directory, written_sites_name(arena, tenant));
	char *text = NULL;
	size_t length = 0;
	int r = durable_read(path, WRITTEN_SITES_SIZE_MAX, &text, &length);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r == 0 && !written_sites_parse(arena, text, length, memory))
		r = -EBADMSG;
	free(text);
	if (r < 0)
		*ret_message =
			arena_printf(arena,
				     "%s cannot be read (%s), so nobody knows whether a site is ill since it was "
				     "written, and no site is written. Give this user the right to read it; or "
				     "look at /probe of all sites, and remove the file when they are well",
				     path, r == -EBADMSG ? "it is no list of sites" : strerror(-r));
	return r;
}

/* ---- writing ---- */

static void written_site_add(cJSON *list, const struct written_site *site)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "id", site->id);
	cJSON_AddStringToObject(item, "name", site->name);
	if (site->host)
		cJSON_AddStringToObject(item, "host", site->host);
	cJSON_AddStringToObject(item, "installation", site->installation);
	cJSON_AddNumberToObject(item, "written", (double)site->written_s);
	cJSON_AddBoolToObject(item, "suspect", site->is_suspect);
	cJSON_AddItemToArray(list, item);
}

/* The file for what MEMORY knows, but what is older than a day and well. */
static char *written_sites_print(const struct memory_of_passes *memory, int64_t now_unix_s)
{
	cJSON *json = cJSON_CreateObject(), *list;
	char *text;

	cJSON_AddNumberToObject(json, "format_version", WRITTEN_SITES_FORMAT);
	list = cJSON_AddArrayToObject(json, "sites");
	for (size_t i = 0; i < memory->written.count; i++) {
		const struct written_site *site = memory->written.entries[i].value;

		if (site && (site->is_suspect || site->written_s > now_unix_s - WRITTEN_SITES_KEPT_S))
			written_site_add(list, site);
	}
	text = cJSON_Print(json);
	if (!text)
		memory_exhausted();
	cJSON_Delete(json);
	return text;
}

/* On its way to the disk. */
struct written_sites_job {
	struct disk_job job;
	const char *directory;
	const struct desired_tenant *tenant;
	char *text;
	int r;
	void (*on_problem)(void *arg, int error);
	void *arg;
};

static void written_sites_on_work(struct disk_job *job)
{
	struct written_sites_job *sites = (struct written_sites_job *)job;
	struct arena arena = {0};

	sites->r = durable_make_folders(sites->directory);
	if (sites->r == 0)
		sites->r = durable_replace(sites->directory, written_sites_name(&arena, sites->tenant), sites->text,
					   strlen(sites->text));
	arena_done(&arena);
}

static void written_sites_on_done(struct disk_job *job)
{
	struct written_sites_job *sites = (struct written_sites_job *)job;

	if (sites->r < 0)
		sites->on_problem(sites->arg, sites->r);
	free(sites->text);
	free(sites);
}

void written_sites_keep(struct disk *disk, const char *directory, const struct desired_tenant *tenant,
			const struct memory_of_passes *memory, int64_t now_unix_s,
			void (*on_problem)(void *arg, int error), void *arg)
{
	struct written_sites_job *sites = memory_new(sizeof(*sites));

	*sites = (struct written_sites_job){
		.job = {.work = written_sites_on_work, .done = written_sites_on_done},
		.directory = directory,
		.tenant = tenant,
		.text = written_sites_print(memory, now_unix_s),
		.on_problem = on_problem,
		.arg = arg,
	};
	disk_do(disk, &sites->job);
}
