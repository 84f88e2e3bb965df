#include "tenant.h"

#include <check.h>
#include <curl/curl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "world/json.h"

extern char **environ;

/* The whole of FILE once it is JSON, or NULL: it is not there yet, or half written. */
static cJSON *read_ready(const char *file)
{
	FILE *stream = fopen(file, "re");
	struct buffer text;
	char chunk[1024];
	cJSON *json;
	size_t n;

	if (!stream)
		return NULL;
	/* The client secret is among it, and a test looks for that: no copy may stay in a buffer. */
	setvbuf(stream, NULL, _IONBF, 0);
	buffer_init(&text, 64 * 1024);
	while ((n = fread(chunk, 1, sizeof(chunk), stream)))
		buffer_append(&text, chunk, n);
	memory_wipe(chunk, sizeof(chunk));
	fclose(stream);
	json = json_parse(text.data, text.length);
	buffer_done(&text);
	return json;
}

void tenant_start(struct tenant *tenant, const char *program, const char *scenario)
{
	char ready_file[96], tls_directory[96];
	const char *words[] = {"tenant-sim",      "--scenario",  scenario,  "--ready-file", ready_file,
			       "--tls-directory", tls_directory, "--proxy", "127.0.0.1:0"};
	char *arguments[ARRAY_SIZE(words) + 1] = {NULL};

	*tenant = (struct tenant){.directory = "/tmp/scepmand-sim-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(tenant->directory));
	snprintf(ready_file, sizeof(ready_file), "%s/ready.json", tenant->directory);
	snprintf(tls_directory, sizeof(tls_directory), "%s/tls", tenant->directory);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		arguments[i] = arena_copy_text(&tenant->arena, words[i]);
	ck_assert_int_eq(posix_spawn(&tenant->pid, program, NULL, NULL, arguments, environ), 0);
	while (!(tenant->ready = read_ready(ready_file))) {
		ck_assert_msg(waitpid(tenant->pid, NULL, WNOHANG) == 0, "tenant-sim ended before it listened");
		poll(NULL, 0, 5);
	}
	tenant->desired = (struct desired_tenant){
		.name = "simulated",
		.tenant_id = tenant_text(tenant, "tenant_id"),
		.cloud = {.name = "custom",
			  .authority = tenant_text(tenant, "url"),
			  .resource_manager = tenant_text(tenant, "url"),
			  .graph = tenant_text(tenant, "url"),
			  .ca_file = tenant_text(tenant, "ca_file")},
		.credential = {.type = CREDENTIAL_CLIENT_SECRET,
			       .client_id = tenant_text(tenant, "client_id"),
			       .client_secret_file =
				       arena_printf(&tenant->arena, "%s/tls/client-secret", tenant->directory)},
	};
}

static int remove_entry(const char *path, const struct stat *status _unused_, int type _unused_,
			struct FTW *where _unused_)
{
	return remove(path);
}

void tenant_stop(struct tenant *tenant)
{
	kill(tenant->pid, SIGTERM);
	waitpid(tenant->pid, NULL, 0);
	nftw(tenant->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	cJSON_Delete(tenant->ready);
	arena_done(&tenant->arena);
}

const char *tenant_text(const struct tenant *tenant, const char *name)
{
	const cJSON *member = json_get(tenant->ready, name);

	ck_assert_msg(cJSON_IsString(member), "the ready file has no %s", name);
	return member->valuestring;
}

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
	buffer_append(arg, bytes, size * count);
	return size * count;
}

const char *tenant_control(struct tenant *tenant, const char *method, const char *path, const char *body)
{
	CURL *easy = curl_easy_init();
	struct buffer answer;
	const char *text;
	long status = 0;

	buffer_init(&answer, 16 * 1024 * 1024);
	curl_easy_setopt(easy, CURLOPT_URL,
			 arena_printf(&tenant->arena, "%s/_sim/%s", tenant_text(tenant, "url"), path));
	curl_easy_setopt(easy, CURLOPT_CAINFO, tenant_text(tenant, "ca_file"));
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	if (body)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
	ck_assert_int_eq(curl_easy_perform(easy), CURLE_OK);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	ck_assert_msg(status < 300, "%s %s: %ld %s", method, path, status, answer.data);
	curl_easy_cleanup(easy);
	text = arena_copy_text(&tenant->arena, answer.data);
	buffer_done(&answer);
	return text;
}
