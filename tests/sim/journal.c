#include "journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "journal_mask.h"

enum { BODY_KEPT_MAX = 64 * 1024, COUNT_NAME_MAX = 320, LINE_MAX_BYTES = 128 * 1024 * 1024 };

void journal_init(struct journal *journal)
{
	*journal = (struct journal){.first = 1};
}

void journal_clear(struct journal *journal)
{
	for (uint64_t n = journal->first; n <= journal->count; n++)
		free(journal->lines[(n - 1) % JOURNAL_KEPT_MAX]);
	journal->first = journal->count + 1;
}

void journal_done(struct journal *journal)
{
	journal_clear(journal);
	free(journal->lines);
	map_done(&journal->counts);
}

/* POSTs that ask: what ends so does not change anything. A batch is what its parts are, which are counted by
 * themselves. */
static const char *const reading_posts[] = {
	"/publishxml",
	"/checkNameAvailability",
	"/getByIds",
	"/getMemberGroups",
	"/checkMemberGroups",
	"/$batch",
	"/batch",
	"/slotsdiffs",
	"/validate",
	"/sharedKeys",
	"/token",
	"/resources",
	"/getMemberObjects",
	"/checkMemberObjects",
};

bool journal_is_read(const struct call *call)
{
	const char *method = call->request->method, *last = strrchr(call->path, '/');

	if (call->service == SERVICE_CONTROL || call->service == SERVICE_LOGIN || call->service == SERVICE_METADATA)
		return true;
	if (!text_equal(method, "POST"))
		return text_equal(method, "GET") || text_equal(method, "HEAD") || text_equal(method, "OPTIONS");
	/* Resource Manager's list, listKeys and their like. */
	if (call->service == SERVICE_ARM && last && text_has_prefix_fold(last, "/list"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(reading_posts); i++)
		if (text_has_suffix_fold(call->path, reading_posts[i]))
			return true;
	return false;
}

void journal_count_write(struct journal *journal, const struct call *call)
{
	if (call->status / 100 == 2 && !journal_is_read(call))
		journal->writes++;
}

static void count_request(struct journal *journal, const struct call *call)
{
	const char *host = call->request->host ? call->request->host : "localhost";
	struct buffer name;
	uintptr_t count;

	buffer_init(&name, COUNT_NAME_MAX);
	buffer_append(&name, host, strcspn(host, ":"));
	buffer_printf(&name, " %.16s", call->request->method);
	count = (uintptr_t)map_get(&journal->counts, name.data);
	map_put(&journal->counts, name.data, (void *)(count + 1));
	buffer_done(&name);
	if (call->is_unknown_route)
		journal->unknown_routes++;
}

static void add_text(struct buffer *line, const char *text)
{
	buffer_append_char(line, '"');
	buffer_append_json_escaped(line, text);
	buffer_append_char(line, '"');
}

static bool is_secret_header(const char *name)
{
	return text_equal_fold(name, "Authorization") || text_equal_fold(name, "X-IDENTITY-HEADER") ||
	       text_equal_fold(name, "Cookie");
}

static void add_headers(struct buffer *line, const struct sim_request *request)
{
	buffer_append_char(line, '{');
	for (size_t i = 0; i < request->header_count; i++) {
		const struct sim_header *header = &request->headers[i];

		if (i)
			buffer_append_char(line, ',');
		add_text(line, header->name);
		buffer_append_char(line, ':');
		add_text(line, is_secret_header(header->name) ? JOURNAL_MASK : header->value);
	}
	buffer_append_char(line, '}');
}

static void add_form(struct buffer *line, const struct sim_request *request)
{
	char *copy = memory_new(request->body_length + 1), *form;

	memcpy(copy, request->body, request->body_length);
	form = journal_mask_form(copy);
	add_text(line, form);
	free(form);
	memory_free_secret(copy);
}

static void add_body(struct buffer *line, const struct call *call)
{
	const struct sim_request *request = call->request;
	cJSON *json;
	char *text;

	if (!request->body || !request->body_length) {
		buffer_append_text(line, "null");
		return;
	}
	json = call->body ? cJSON_Duplicate(call->body, true)
			  : cJSON_ParseWithLength(request->body, request->body_length);
	journal_mask_json(json);
	text = json ? cJSON_PrintUnformatted(json) : NULL;
	if (text)
		buffer_append_text(line, text);
	else if (request->body_length > BODY_KEPT_MAX)
		buffer_append_text(line, "\"(too long)\"");
	else
		add_form(line, request);
	free(text);
	cJSON_Delete(json);
}

static void keep_line(struct journal *journal, char *line)
{
	size_t place = (journal->count - 1) % JOURNAL_KEPT_MAX;

	if (place >= journal->allocated) {
		size_t allocated = journal->allocated ? journal->allocated * 2 : 256;

		allocated = allocated > JOURNAL_KEPT_MAX ? JOURNAL_KEPT_MAX : allocated;
		journal->lines = memory_resize(journal->lines, allocated * sizeof(char *));
		journal->allocated = allocated;
	}
	if (journal->count - journal->first >= JOURNAL_KEPT_MAX) {
		free(journal->lines[place]);
		journal->first++;
	}
	journal->lines[place] = line;
}

void journal_add(struct journal *journal, const struct call *call, const struct sim_response *response)
{
	const struct sim_request *request = call->request;
	const char *agent = call_header(call, "User-Agent");
	struct buffer line;
	char *text;

	count_request(journal, call);
	journal->count++;
	buffer_init(&line, LINE_MAX_BYTES);
	buffer_printf(&line, "{\"n\":%llu,\"time_ms\":%lld,\"method\":", (unsigned long long)journal->count,
		      (long long)call->now_ms);
	add_text(&line, request->method);
	buffer_append_text(&line, ",\"url\":\"https://");
	buffer_append_json_escaped(&line, request->host ? request->host : "localhost");
	buffer_append_json_escaped(&line, request->target);
	buffer_append_text(&line, "\",\"headers\":");
	add_headers(&line, request);
	buffer_append_text(&line, ",\"body\":");
	add_body(&line, call);
	buffer_printf(&line, ",\"status\":%d,\"response_ms\":%lld,\"user_agent\":", response->status,
		      (long long)response->delay_ms);
	if (agent)
		add_text(&line, agent);
	else
		buffer_append_text(&line, "null");
	if (call->is_unknown_route)
		buffer_append_text(&line, ",\"unknown_route\":true");
	if (response->fate != SIM_ANSWER)
		buffer_printf(&line, ",\"fate\":\"%s\"", response->fate == SIM_DROP ? "dropped" : "truncated");
	buffer_append_char(&line, '}');
	text = memory_copy_text(line.data);
	buffer_done(&line);
	keep_line(journal, text);
	if (journal->write)
		journal->write(journal->userdata, text);
}

char *journal_text(const struct journal *journal)
{
	struct buffer text;

	buffer_init(&text, SIZE_MAX / 4);
	for (uint64_t n = journal->first; n <= journal->count; n++) {
		buffer_append_text(&text, journal->lines[(n - 1) % JOURNAL_KEPT_MAX]);
		buffer_append_char(&text, '\n');
	}
	return buffer_steal(&text);
}

cJSON *journal_counters(const struct journal *journal)
{
	cJSON *counters = cJSON_CreateObject(), *requests = cJSON_AddObjectToObject(counters, "requests");
	double total = 0;

	for (size_t i = 0; i < journal->counts.count; i++) {
		const struct map_entry *entry = &journal->counts.entries[i];
		char *host, *verb;
		cJSON *verbs;

		if (!entry->value)
			continue;
		host = memory_copy_text(entry->name);
		verb = strchr(host, ' ');
		*verb++ = '\0';
		verbs = cJSON_GetObjectItem(requests, host);
		if (!verbs)
			verbs = cJSON_AddObjectToObject(requests, host);
		cJSON_AddNumberToObject(verbs, verb, (double)(uintptr_t)entry->value);
		total += (double)(uintptr_t)entry->value;
		free(host);
	}
	cJSON_AddNumberToObject(counters, "total", total);
	cJSON_AddNumberToObject(counters, "writes", (double)journal->writes);
	cJSON_AddNumberToObject(counters, "unknown_routes", (double)journal->unknown_routes);
	cJSON_AddNumberToObject(counters, "faults", (double)journal->faults);
	cJSON_AddNumberToObject(counters, "throttled", (double)journal->throttled);
	return counters;
}

void journal_clear_counters(struct journal *journal)
{
	map_done(&journal->counts);
	map_init(&journal->counts);
	journal->writes = journal->unknown_routes = journal->faults = journal->throttled = 0;
}
