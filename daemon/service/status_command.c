#include "service/status_command.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "desired/listen.h"
#include "page/document_select.h"
#include "page/status_text.h"
#include "service/drift_history.h"
#include "service/selection.h"

enum { STATUS_SIZE_MAX = 64 << 20, STATUS_TIMEOUT_S = 20, EXIT_READY = 0, EXIT_UNREACHABLE = 1, EXIT_NOT_READY = 3 };

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct buffer *body = arg;

	buffer_append(body, bytes, size * count);
	return body->overflowed ? 0 : size * count;
}

/* http://HOST:PORT/status; what the daemon listens on is not always what it can be reached at. */
static void status_url(const struct listen_address *address, struct buffer *ret)
{
	const char *host = address->host;

	if (address->kind == LISTEN_UNIX || text_equal(host, "0.0.0.0"))
		host = "127.0.0.1";
	else if (text_equal(host, "::"))
		host = "::1";
	buffer_printf(ret, strchr(host, ':') ? "http://[%s]" : "http://%s", host);
	if (address->kind == LISTEN_TCP)
		buffer_printf(ret, ":%u", address->port);
	buffer_append_text(ret, "/status");
}

/* 0 with the document in BODY; otherwise a sentence is in RET_PROBLEM. */
static int status_fetch(const struct listen_address *address, struct buffer *body, struct buffer *ret_problem)
{
	CURL *curl = curl_easy_init();
	struct buffer url;
	long status = 0;
	CURLcode code;

	if (!curl)
		memory_exhausted();
	buffer_init(&url, 1024);
	status_url(address, &url);
	curl_easy_setopt(curl, CURLOPT_URL, url.data);
	if (address->kind == LISTEN_UNIX)
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, address->path);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)STATUS_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	buffer_done(&url);
	if (code != CURLE_OK)
		buffer_append_text(ret_problem, curl_easy_strerror(code));
	else if (status != 200)
		buffer_printf(ret_problem, "it answers with HTTP status %ld; something else may listen there", status);
	return code == CURLE_OK && status == 200 ? 0 : -1;
}

static int print_status(const struct options *options, const struct desired *desired, const struct buffer *body)
{
	cJSON *json = cJSON_ParseWithLength(body->data, body->length);
	const char *listen = desired->daemon.listen;
	bool is_ready;

	if (!text_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "format_version")), "1")) {
		fprintf(stderr, "scepmand: what answers on %s is not a scepmand of this version\n", listen);
		cJSON_Delete(json);
		return EXIT_UNREACHABLE;
	}
	if (options->is_verbose)
		drift_history_add(json, desired);
	document_select(json, options->instances, options->instance_count);
	is_ready = status_text_is_ready(json);
	if (options->output == OUTPUT_JSON) {
		char *text = cJSON_Print(json);

		if (!text)
			memory_exhausted();
		puts(text);
		free(text);
	} else {
		struct buffer text;

		buffer_init(&text, STATUS_SIZE_MAX);
		status_text(json, options->is_verbose, &text);
		fwrite(text.data, 1, text.length, stdout);
		buffer_done(&text);
	}
	cJSON_Delete(json);
	return is_ready ? EXIT_READY : EXIT_NOT_READY;
}

int status_command(const struct options *options, const struct desired *desired)
{
	const char *listen = desired->daemon.listen;
	struct listen_address address;
	struct buffer body, problem;
	char *unknown = NULL;
	int status = EXIT_UNREACHABLE;

	if (selection_check(desired, options->instances, options->instance_count, &unknown) < 0) {
		fprintf(stderr, "scepmand: %s\n", unknown);
		free(unknown);
		return EX_USAGE;
	}
	if (!listen_parse(listen, &address) || address.kind == LISTEN_OFF) {
		fputs("scepmand: the daemon cannot be asked, since daemon.listen is \"off\"\n", stderr);
		return EXIT_UNREACHABLE;
	}
	buffer_init(&body, STATUS_SIZE_MAX);
	buffer_init(&problem, 1024);
	if (status_fetch(&address, &body, &problem) == 0)
		status = print_status(options, desired, &body);
	else
		fprintf(stderr,
			"scepmand: the daemon does not answer on %s: %s\nStart it with: systemctl start scepmand (or: "
			"scepmand run -c %s)\n",
			listen, problem.data, options->config_file);
	buffer_done(&body);
	buffer_done(&problem);
	return status;
}
