#include "service/drift_history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "observe/drift_save.h"

/* What is no event is left out. */
static cJSON *drift_history_parse(char *text)
{
	size_t count = drift_text_count(text);
	char *rest = text + (drift_text_skip(text, count > DRIFT_EVENTS_MAX ? count - DRIFT_EVENTS_MAX : 0) - text),
	     *line;
	cJSON *events = cJSON_CreateArray();

	while ((line = strsep(&rest, "\n"))) {
		cJSON *event = cJSON_Parse(line);

		if (cJSON_IsObject(event))
			cJSON_AddItemToArray(events, event);
		else
			cJSON_Delete(event);
	}
	return events;
}

static void drift_history_of(cJSON *tenant, const char *state_directory)
{
	const char *tenant_name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tenant, "name"));
	char *folder, *name, *text = NULL;
	int r;

	if (!tenant_name || strchr(tenant_name, '/'))
		return;
	if (asprintf(&folder, "%s/drift", state_directory) < 0 || asprintf(&name, "%s.jsonl", tenant_name) < 0)
		memory_exhausted();
	r = drift_text_read(folder, name, &text);
	if (r == 0)
		cJSON_ReplaceItemInObjectCaseSensitive(tenant, "events", drift_history_parse(text));
	else if (r != -ENOENT)
		fprintf(stderr, "scepmand: %s/%s cannot be read: %s; what follows is the end of the history only\n",
			folder, name, strerror(-r));
	free(text);
	free(folder);
	free(name);
}

void drift_history_add(cJSON *status, const struct desired *desired)
{
	cJSON *tenant;

	cJSON_ArrayForEach (tenant, cJSON_GetObjectItemCaseSensitive(status, "tenants")) {
		drift_history_of(tenant, desired->daemon.state_directory);
	}
}
