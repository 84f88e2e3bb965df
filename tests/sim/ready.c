#include "ready.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "file.h"
#include "json.h"

enum { CONFIG_MAX = 64 * 1024 * 1024 };

/* INDENT KEY: "VALUE", in YAML's form that is JSON's. Nothing when there is no VALUE. */
static void add_line(struct buffer *config, const char *indent_and_key, const char *value)
{
	if (!value)
		return;
	buffer_printf(config, "%s: \"", indent_and_key);
	buffer_append_json_escaped(config, value);
	buffer_append_text(config, "\"\n");
}

static void add_path(struct buffer *config, const char *indent_and_key, const char *directory, const char *name)
{
	char *path = json_complaint("%s/%s", directory, name);

	add_line(config, indent_and_key, path);
	free(path);
}

/* Two installations of one tenant must not share their registrations by accident, so each names its own. */
static void add_registrations(struct buffer *config, const cJSON *installation, size_t installations)
{
	const char *name = json_text(installation, "name"), *known = json_text(installation, "scepman_api");
	char *text;

	if (installations < 2 && !known)
		return;
	buffer_append_text(config, "        app_registrations:\n");
	text = json_complaint("SCEPman-api-%s", name);
	add_line(config, "          scepman_api", known ? known : text);
	free(text);
	if (installations < 2)
		return;
	text = json_complaint("SCEPman-CertMaster-%s", name);
	add_line(config, "          certificate_master", text);
	free(text);
}

static void add_installation(struct buffer *config, const cJSON *installation, size_t installations)
{
	const cJSON *master = cJSON_GetObjectItem(installation, "certificate_master");

	add_line(config, "      - name", json_text(installation, "name"));
	add_line(config, "        subscription_id", json_text(installation, "subscription_id"));
	add_line(config, "        resource_group", json_text(installation, "resource_group"));
	add_line(config, "        app_service", json_text(installation, "app_service"));
	add_registrations(config, installation, installations);
	if (cJSON_IsObject(master)) {
		buffer_append_text(config, "        certificate_master:\n");
		add_line(config, "          app_service", json_text(master, "app_service"));
	} else {
		buffer_append_text(config, "        certificate_master: none\n");
	}
}

static void add_tenant(struct buffer *config, const struct ready_place *place, const cJSON *description)
{
	const cJSON *installations = cJSON_GetObjectItem(description, "installations"), *item;
	size_t count = (size_t)cJSON_GetArraySize(installations);

	buffer_append_text(config, "tenants:\n");
	add_line(config, "  - name", json_text(description, "name"));
	add_line(config, "    tenant_id", json_text(description, "tenant_id"));
	buffer_append_text(config, "    cloud:\n");
	add_line(config, "      authority", place->url);
	add_line(config, "      resource_manager", place->url);
	add_line(config, "      graph", place->url);
	add_line(config, "      web_apps", place->url);
	add_path(config, "      ca_file", place->directory, "ca.pem");
	buffer_append_text(config, "    credential:\n      type: client_secret\n");
	add_line(config, "      client_id", json_text(description, "client_id"));
	add_path(config, "      client_secret_file", place->directory, "client-secret");
	buffer_append_text(config, "    instances:\n");
	cJSON_ArrayForEach (item, installations)
		add_installation(config, item, count);
}

int ready_write_config(const struct ready_place *place, const cJSON *description)
{
	const char *secret = json_text(description, "client_secret");
	struct buffer config;
	int r;

	buffer_init(&config, CONFIG_MAX);
	buffer_append_text(&config, "daemon:\n");
	add_path(&config, "  state_directory", place->directory, "scepmand-state");
	/* A simulated site restarts in no time. */
	buffer_append_text(&config, "  rollout: {settle: 0s, timeout: 0s}\n");
	add_tenant(&config, place, description);
	r = file_write_in(place->directory, "client-secret", secret ? secret : "", 0600);
	if (r == 0)
		r = file_write_in(place->directory, "scepmand.yaml", config.data, 0644);
	buffer_done(&config);
	return r;
}

/* A member of the same name, or null. */
static void copy_member(cJSON *target, const cJSON *source, const char *name)
{
	const cJSON *item = cJSON_GetObjectItem(source, name);

	cJSON_AddItemToObject(target, name, item ? cJSON_Duplicate(item, true) : cJSON_CreateNull());
}

int ready_write_file(const struct ready_place *place, const cJSON *description, const char *path)
{
	char *ca_file = json_complaint("%s/ca.pem", place->directory),
	     *config = json_complaint("%s/scepmand.yaml", place->directory), *text;
	cJSON *ready = cJSON_CreateObject();
	int r;

	cJSON_AddStringToObject(ready, "url", place->url);
	cJSON_AddItemToObject(ready, "proxy_url",
			      place->proxy_url ? cJSON_CreateString(place->proxy_url) : cJSON_CreateNull());
	cJSON_AddStringToObject(ready, "metadata_url", place->metadata_url);
	cJSON_AddStringToObject(ready, "ca_file", ca_file);
	copy_member(ready, description, "tenant_id");
	copy_member(ready, description, "subscription_ids");
	copy_member(ready, description, "client_id");
	copy_member(ready, description, "client_secret");
	cJSON_AddStringToObject(ready, "config", config);
	text = cJSON_Print(ready);
	if (!text)
		memory_exhausted();
	r = file_write(path, text, 0600);
	cJSON_Delete(ready);
	free(text);
	free(config);
	free(ca_file);
	return r;
}
