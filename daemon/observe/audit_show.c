#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "desired/names.h"
#include "observe/audit_check.h"
#include "observe/audit_entry.h"

struct audit_shower {
	const struct audit_selection *selection;
	struct map results; /* number of a write -> the result's entry */
	FILE *out;
	uint64_t shown;
};

/* ---- which ---- */

static bool is_selected(const struct audit_selection *selection, const cJSON *entry)
{
	const char *tenant = audit_entry_text(entry, "tenant"), *instance = audit_entry_text(entry, "instance");

	for (size_t i = 0; i < selection->instance_count; i++)
		if (names_mean(selection->instances[i], tenant, instance))
			return true;
	return !selection->instance_count;
}

/* ---- as text ---- */

static void show_value(FILE *out, const cJSON *change, const char *name, const char *absent)
{
	const char *value = audit_entry_text(change, name);
	bool is_sensitive = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(change, "sensitive"));

	if (!cJSON_GetObjectItemCaseSensitive(change, name))
		fputs(absent, out);
	else
		fprintf(out, is_sensitive ? "(sensitive %s)" : "\"%s\"", value);
}

static void show_change(FILE *out, const cJSON *change)
{
	const char *key = audit_entry_text(change, "key");

	fprintf(out, "      %s %s", audit_entry_text(change, "action"),
		*key ? key : audit_entry_text(change, "target"));
	if (*key) {
		fputs(": ", out);
		show_value(out, change, "before", "(none)");
		fputs(" -> ", out);
		show_value(out, change, "after",
			   cJSON_GetObjectItemCaseSensitive(change, "known_after_apply") ? "(known after apply)"
											 : "(none)");
	}
	fputc('\n', out);
}

static void show_result(FILE *out, const cJSON *result)
{
	const char *code = audit_entry_text(result, "code"), *id = audit_entry_text(result, "request_id");

	if (!result) {
		fputs("      result not recorded\n", out);
		return;
	}
	fprintf(out, "      %s %s, HTTP %llu%s%s%s%s\n", audit_entry_text(result, "time"),
		audit_entry_text(result, "result"), (unsigned long long)audit_entry_number(result, "status"),
		*code ? " " : "", code, *id ? ", request " : "", id);
}

static void show_text(struct audit_shower *shower, const cJSON *entry, const cJSON *result)
{
	const cJSON *request = cJSON_GetObjectItemCaseSensitive(entry, "request"), *change;
	const char *instance = audit_entry_text(entry, "instance");

	fprintf(shower->out, "%5llu %s %s%s%s  %s %s\n", (unsigned long long)audit_entry_number(entry, "sequence"),
		audit_entry_text(entry, "time"), audit_entry_text(entry, "tenant"), *instance ? "/" : "", instance,
		audit_entry_text(entry, "kind"), audit_entry_text(entry, "target"));
	cJSON_ArrayForEach (change, cJSON_GetObjectItemCaseSensitive(entry, "changes"))
		show_change(shower->out, change);
	fprintf(shower->out, "      %s %s\n", audit_entry_text(request, "method"), audit_entry_text(request, "path"));
	show_result(shower->out, result);
}

/* ---- as JSON ---- */

static void show_json(struct audit_shower *shower, cJSON *entry, const cJSON *result)
{
	char *text;

	if (result)
		cJSON_AddItemToObject(entry, "result", cJSON_Duplicate(result, true));
	text = cJSON_PrintUnformatted(entry);
	if (!text)
		memory_exhausted();
	fprintf(shower->out, "%s\n%s", shower->shown ? "," : "", text);
	free(text);
}

/* ---- the trail, twice: results come after their writes ---- */

static void audit_each(FILE *stream, struct audit_shower *shower,
		       void (*visit)(struct audit_shower *shower, cJSON *entry))
{
	size_t allocated = 0, length;
	char *line = NULL;

	while (audit_entry_read_line(stream, &line, &allocated, &length)) {
		cJSON *entry = cJSON_ParseWithLength(line, length);

		if (cJSON_IsObject(entry))
			visit(shower, entry);
		else
			cJSON_Delete(entry);
	}
	free(line);
}

static void keep_result(struct audit_shower *shower, cJSON *entry)
{
	char number[AUDIT_NUMBER_SIZE];

	if (text_equal(audit_entry_text(entry, "event"), "result")) {
		audit_entry_name(audit_entry_number(entry, "write"), number);
		cJSON_Delete(map_get(&shower->results, number));
		map_put(&shower->results, number, entry);
	} else {
		cJSON_Delete(entry);
	}
}

static void show_write(struct audit_shower *shower, cJSON *entry)
{
	char number[AUDIT_NUMBER_SIZE];
	const cJSON *result;

	if (text_equal(audit_entry_text(entry, "event"), "write") && is_selected(shower->selection, entry)) {
		audit_entry_name(audit_entry_number(entry, "sequence"), number);
		result = map_get(&shower->results, number);
		if (shower->selection->is_json)
			show_json(shower, entry, result);
		else
			show_text(shower, entry, result);
		shower->shown++;
	}
	cJSON_Delete(entry);
}

int audit_show(FILE *stream, const struct audit_selection *selection, FILE *out)
{
	struct audit_shower shower = {.selection = selection, .out = out};

	audit_each(stream, &shower, keep_result);
	if (fseek(stream, 0, SEEK_SET) < 0)
		return -EIO;
	if (selection->is_json)
		fputc('[', out);
	audit_each(stream, &shower, show_write);
	if (selection->is_json)
		fputs(shower.shown ? "\n]\n" : "]\n", out);
	else if (!shower.shown)
		fprintf(out, "No write%s is on record.\n",
			selection->instance_count ? " to an installation of this name" : "");
	for (size_t i = 0; i < shower.results.count; i++)
		cJSON_Delete(shower.results.entries[i].value);
	map_done(&shower.results);
	return ferror(stream) ? -EIO : 0;
}
