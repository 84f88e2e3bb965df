/*
 * The configuration reader on arbitrary bytes. Whatever it is given, it says either what it means or what is wrong, in
 * the order of the file and at places that exist, and it leaks and overruns nothing (that is the sanitizers' part).
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desired/desired.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static const char *environment(const char *name)
{
	if (text_equal(name, "EMPTY"))
		return "";
	return text_has_prefix(name, "NOT") ? NULL : "/run/secrets";
}

static bool is_printable(const char *message)
{
	for (; *message; message++)
		if ((unsigned char)*message < ' ' || *message == 0x7f)
			return false;
	return true;
}

static void check_problems(const struct desired_problems *problems, unsigned lines)
{
	struct source_position last = {0};

	for (size_t i = 0; i < problems->count; i++) {
		struct source_position position = problems->items[i].position;

		require(position.line > last.line || (position.line == last.line && position.column >= last.column),
			"the problems are in the order of the file");
		require(position.line <= lines, "the line exists");
		require((position.line == 0) == (position.column == 0), "line and column count from 1");
		require(*problems->items[i].message && is_printable(problems->items[i].message),
			"a message is one line");
		last = position;
	}
}

static bool is_whole(const struct desired_credential *credential)
{
	switch (credential->type) {
	case CREDENTIAL_CLIENT_SECRET:
		return credential->client_id && credential->client_secret_file && !credential->certificate_file;
	case CREDENTIAL_CLIENT_CERTIFICATE:
		return credential->client_id && credential->certificate_file && !credential->client_secret_file;
	case CREDENTIAL_MANAGED_IDENTITY:
		return !!credential->client_id + !!credential->object_id + !!credential->resource_id <= 1;
	case CREDENTIAL_DEFAULT:
	case CREDENTIAL_WORKLOAD_IDENTITY:
		return !credential->client_secret_file && !credential->certificate_file;
	case CREDENTIAL_ENVIRONMENT:
	case CREDENTIAL_AZURE_CLI:
		return !credential->client_id && !credential->client_secret_file && !credential->certificate_file;
	}
	return false;
}

static void check_desired(const struct desired *desired)
{
	require(desired->tenant_count > 0, "there is a tenant");
	require(strlen(desired->generation) == 16, "there is a generation");
	for (size_t i = 0; i < desired->tenant_count; i++) {
		const struct desired_tenant *tenant = &desired->tenants[i];

		require(tenant->name && text_is_guid(tenant->tenant_id), "a tenant has a name and an id");
		require(text_has_prefix(tenant->cloud.authority, "https://") &&
				text_has_prefix(tenant->cloud.resource_manager, "https://") &&
				text_has_prefix(tenant->cloud.graph, "https://"),
			"a cloud has three addresses");
		require(is_whole(&tenant->credential), "a credential is whole");
		require(tenant->instance_count > 0, "there is an instance");
		for (size_t j = 0; j < tenant->instance_count; j++) {
			const struct desired_instance *instance = &tenant->instances[j];

			require(instance->name && instance->app_service, "an instance has a name and a site");
			require(instance->scepman_api.display_name && instance->certificate_master_app.display_name,
				"registrations have names");
			require((instance->deployment_slots == SLOTS_LISTED) == (instance->slot_count > 0),
				"slots are listed");
			for (size_t k = 0; k < instance->slot_count; k++)
				require(instance->slots[k].name, "a slot has a name");
			for (size_t k = 0; k < instance->api_client_count; k++)
				require(instance->api_clients[k].role && instance->api_clients[k].principal.name_or_id,
					"a client is whole");
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct desired_problems problems = {0};
	struct desired *desired = NULL;
	unsigned lines = 2; /* the end of the file may be said to be on a line of its own */
	int r;

	/* All that libyaml takes for a line break, generously: one more does no harm here. */
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 || data[i] == 0xa8 || data[i] == 0xa9;
	r = desired_load_text("/etc/scepmand/fuzz.yaml", (const char *)data, size, environment, &desired, &problems);
	require(r == (problems.count ? -EINVAL : 0), "the result follows from the problems");
	require(!desired == (problems.count > 0), "there is a result or there are problems");
	check_problems(&problems, lines);
	if (desired)
		check_desired(desired);
	desired_problems_done(&problems);
	desired_free(desired);
	return 0;
}
