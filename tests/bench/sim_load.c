/*
 * Puts load on the simulated tenant: keep-alive TLS connections that ask as fast as they are answered, on one thread.
 *   sim-load CA-FILE URL TOKEN CONNECTIONS SECONDS
 * Prints one line of JSON: requests, failures, requests per second, and how long a request took (median, 99 of 100).
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

enum { CONNECTIONS_MAX = 256, SAMPLES_MAX = 4000000 };

struct load {
	CURLM *multi;
	int64_t end_ms;
	uint64_t done, failed;
	uint32_t *samples_us;
	size_t sample_count;
};

static size_t discard(char *data, size_t size, size_t count, void *userdata)
{
	(void)data;
	(void)userdata;
	return size * count;
}

static CURL *new_connection(const char *ca_file, const char *url, struct curl_slist *headers)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		memory_exhausted();
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	return easy;
}

static void take_result(struct load *load, CURL *easy, CURLcode result)
{
	curl_off_t took_us = 0;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took_us);
	load->done++;
	load->failed += result != CURLE_OK || status != 200;
	if (load->sample_count < SAMPLES_MAX)
		load->samples_us[load->sample_count++] = (uint32_t)took_us;
}

static void run(struct load *load)
{
	int running = 1, left;
	CURLMsg *message;

	while (running) {
		curl_multi_perform(load->multi, &running);
		while ((message = curl_multi_info_read(load->multi, &left)) != NULL) {
			CURL *easy = message->easy_handle;

			take_result(load, easy, message->data.result);
			curl_multi_remove_handle(load->multi, easy);
			if (clock_monotonic_ms() < load->end_ms) {
				curl_multi_add_handle(load->multi, easy);
				running = 1;
			}
		}
		curl_multi_poll(load->multi, NULL, 0, 100, NULL);
	}
}

static int compare_samples(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void print_result(struct load *load, int64_t took_ms)
{
	size_t last = load->sample_count ? load->sample_count - 1 : 0;

	qsort(load->samples_us, load->sample_count, sizeof(*load->samples_us), compare_samples);
	printf("{\"requests\":%llu,\"failed\":%llu,\"requests_per_second\":%.0f,\"median_us\":%u,\"p99_us\":%u}\n",
	       (unsigned long long)load->done, (unsigned long long)load->failed,
	       (double)load->done * 1000 / (double)took_ms, load->samples_us[last / 2],
	       load->samples_us[last * 99 / 100]);
}

int main(int argc, char **argv)
{
	struct load load = {.samples_us = memory_new(SAMPLES_MAX * sizeof(uint32_t))};
	uint64_t connections, seconds;
	CURL *easy[CONNECTIONS_MAX];
	struct curl_slist *headers;
	char authorization[8192];
	int64_t start_ms;

	if (argc != 6 || !text_parse_uint64(argv[4], &connections) || !text_parse_uint64(argv[5], &seconds) ||
	    connections < 1 || connections > CONNECTIONS_MAX) {
		fputs("usage: sim-load CA-FILE URL TOKEN CONNECTIONS SECONDS\n", stderr);
		return 64;
	}
	snprintf(authorization, sizeof(authorization), "Authorization: Bearer %s", argv[3]);
	headers = curl_slist_append(NULL, authorization);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	load.multi = curl_multi_init();
	curl_multi_setopt(load.multi, CURLMOPT_MAXCONNECTS, (long)connections);
	start_ms = clock_monotonic_ms();
	load.end_ms = start_ms + (int64_t)seconds * 1000;
	for (uint64_t i = 0; i < connections; i++) {
		easy[i] = new_connection(argv[1], argv[2], headers);
		curl_multi_add_handle(load.multi, easy[i]);
	}
	run(&load);
	print_result(&load, clock_monotonic_ms() - start_ms);
	for (uint64_t i = 0; i < connections; i++)
		curl_easy_cleanup(easy[i]);
	curl_multi_cleanup(load.multi);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	free(load.samples_us);
	return load.failed ? 1 : 0;
}
