/* What a right configuration says: values, defaults, clouds, and paths of files. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "desired_support.h"

#define TENANT                                                                                                         \
	"tenants:\n"                                                                                                   \
	"  - name: contoso\n"                                                                                          \
	"    tenant_id: 11111111-2222-3333-4444-555555555555\n"
#define INSTANCE "    instances: [{name: production, app_service: app-scepman}]\n"
#define CLI      "    credential: {type: azure_cli}\n"

static struct desired *desired;

static const struct desired_instance *load_instance(const char *keys)
{
	char *yaml = NULL;

	ck_assert_int_gt(
		asprintf(&yaml, TENANT CLI "    instances: [{name: production, app_service: app-scepman%s}]\n", keys),
		0);
	desired_free(desired);
	desired = support_load_good(yaml);
	free(yaml);
	return desired->tenants[0].instances;
}

static const struct desired_tenant *load_tenant(const char *lines)
{
	char *yaml = NULL;

	ck_assert_int_gt(asprintf(&yaml, TENANT "%s" INSTANCE, lines), 0);
	desired_free(desired);
	desired = support_load_good(yaml);
	free(yaml);
	return desired->tenants;
}

static void teardown(void)
{
	desired_free(desired);
	desired = NULL;
}

START_TEST(test_daemon_defaults)
{
	const struct desired_daemon *daemon = &(desired = support_load_good(TENANT CLI INSTANCE))->daemon;

	ck_assert_int_eq(daemon->interval_s, 900);
	ck_assert_double_eq(daemon->jitter, 0.1);
	ck_assert_str_eq(daemon->listen, "127.0.0.1:9464");
	ck_assert(!daemon->listen_public);
	ck_assert_str_eq(daemon->state_directory, "/var/lib/scepmand");
	ck_assert_int_eq(daemon->log_level, LOG_LEVEL_INFO);
	ck_assert_int_eq(daemon->log_format, LOG_FORMAT_AUTO);
	ck_assert_uint_eq(daemon->concurrency, 16);
	ck_assert_uint_eq(daemon->max_writes_per_pass, 200);
	ck_assert_int_eq(daemon->request_timeout_s, 30);
	ck_assert(daemon->rollout.probe);
	ck_assert_int_eq(daemon->rollout.settle_s, 60);
	ck_assert_int_eq(daemon->rollout.timeout_s, 600);
	ck_assert_int_eq(daemon->rollout.restart_space_s, 300);
	ck_assert_ptr_eq(desired->tenants[0].rollout, &daemon->rollout);
}
END_TEST

START_TEST(test_daemon_values)
{
	const struct desired_daemon *daemon;

	desired = support_load_good(
		"daemon:\n"
		"  interval: 1h30m\n"
		"  jitter: 5%\n"
		"  listen: '[::]:9464'\n"
		"  listen_public: true\n"
		"  state_directory: /srv/scepmand\n"
		"  log: {level: debug, format: json}\n"
		"  rollout: {probe: false, settle: 0s, timeout: 1h, restart_space: 24h}\n"
		"  limits: {concurrency: 4, max_writes_per_pass: 1000, request_timeout: 90s}\n" TENANT CLI INSTANCE);
	daemon = &desired->daemon;
	ck_assert_int_eq(daemon->interval_s, 5400);
	ck_assert_double_eq(daemon->jitter, 0.05);
	ck_assert_str_eq(daemon->listen, "[::]:9464");
	ck_assert(daemon->listen_public);
	ck_assert_str_eq(daemon->state_directory, "/srv/scepmand");
	ck_assert_int_eq(daemon->log_level, LOG_LEVEL_DEBUG);
	ck_assert_int_eq(daemon->log_format, LOG_FORMAT_JSON);
	ck_assert_uint_eq(daemon->concurrency, 4);
	ck_assert_uint_eq(daemon->max_writes_per_pass, 1000);
	ck_assert_int_eq(daemon->request_timeout_s, 90);
	ck_assert(!daemon->rollout.probe);
	ck_assert_int_eq(daemon->rollout.settle_s, 0);
	ck_assert_int_eq(daemon->rollout.timeout_s, 3600);
	ck_assert_int_eq(daemon->rollout.restart_space_s, 86400);
}
END_TEST

START_TEST(test_daemon_words)
{
	static const struct {
		const char *level, *format;
		enum log_level log_level;
		enum log_format log_format;
	} cases[] = {
		{"error", "auto", LOG_LEVEL_ERROR, LOG_FORMAT_AUTO},
		{"warning", "journal", LOG_LEVEL_WARNING, LOG_FORMAT_JOURNAL},
		{"info", "json", LOG_LEVEL_INFO, LOG_FORMAT_JSON},
		{"debug", "text", LOG_LEVEL_DEBUG, LOG_FORMAT_TEXT},
	};
	char *yaml = NULL;

	ck_assert_int_gt(asprintf(&yaml, "daemon: {log: {level: %s, format: %s}}\n" TENANT CLI INSTANCE,
				  cases[_i].level, cases[_i].format),
			 0);
	desired = support_load_good(yaml);
	ck_assert_int_eq(desired->daemon.log_level, cases[_i].log_level);
	ck_assert_int_eq(desired->daemon.log_format, cases[_i].log_format);
	free(yaml);
}
END_TEST

START_TEST(test_tenant_defaults)
{
	const struct desired_tenant *tenant = load_tenant(CLI);

	ck_assert_uint_eq(desired->tenant_count, 1);
	ck_assert_str_eq(tenant->name, "contoso");
	ck_assert_str_eq(tenant->tenant_id, "11111111-2222-3333-4444-555555555555");
	ck_assert_str_eq(tenant->cloud.name, "AzureCloud");
	ck_assert_int_eq(tenant->credential.type, CREDENTIAL_AZURE_CLI);
	ck_assert_int_eq(tenant->mode, MODE_APPLY);
	ck_assert_int_eq(tenant->entra_grants, POLICY_MANAGE);
	ck_assert_int_eq(tenant->azure_roles, POLICY_MANAGE);
	ck_assert_uint_eq(tenant->subscription_count, 0);
	ck_assert_uint_eq(tenant->instance_count, 1);
	ck_assert_uint_eq(tenant->position.line, 2);
	ck_assert_uint_eq(tenant->position.column, 5);
	ck_assert_uint_eq(tenant->instances[0].position.line, 5);
	ck_assert_uint_eq(tenant->instances[0].position.column, 17);
}
END_TEST

START_TEST(test_tenant_values)
{
	const struct desired_tenant *tenant = load_tenant(
		CLI
		"    mode: plan\n"
		"    entra_grants: report\n"
		"    azure_roles: report\n"
		"    subscriptions: [22222222-2222-3333-4444-555555555555, 33333333-2222-3333-4444-555555555555]\n");

	ck_assert_int_eq(tenant->mode, MODE_PLAN);
	ck_assert_int_eq(tenant->entra_grants, POLICY_REPORT);
	ck_assert_int_eq(tenant->azure_roles, POLICY_REPORT);
	ck_assert_uint_eq(tenant->subscription_count, 2);
	ck_assert_str_eq(tenant->subscriptions[1], "33333333-2222-3333-4444-555555555555");
}
END_TEST

START_TEST(test_clouds)
{
	static const struct {
		const char *name, *authority, *resource_manager, *graph;
	} cases[] = {
		/* domain.md 4.7 */
		{"AzureCloud", "login.microsoftonline.com", "management.azure.com", "graph.microsoft.com"},
		{"AzureUSGovernment", "login.microsoftonline.us", "management.usgovcloudapi.net", "graph.microsoft.us"},
		{"AzureUSGovernmentDoD", "login.microsoftonline.us", "management.usgovcloudapi.net",
		 "dod-graph.microsoft.us"},
		{"AzureChinaCloud", "login.partner.microsoftonline.cn", "management.chinacloudapi.cn",
		 "microsoftgraph.chinacloudapi.cn"},
	};
	const struct desired_cloud *cloud;
	char *line = NULL;

	ck_assert_int_gt(asprintf(&line, CLI "    cloud: %s\n", cases[_i].name), 0);
	cloud = &load_tenant(line)->cloud;
	ck_assert_str_eq(cloud->name, cases[_i].name);
	ck_assert_str_eq(cloud->authority + strlen("https://"), cases[_i].authority);
	ck_assert_str_eq(cloud->resource_manager + strlen("https://"), cases[_i].resource_manager);
	ck_assert_str_eq(cloud->graph + strlen("https://"), cases[_i].graph);
	ck_assert_ptr_null(cloud->ca_file);
	free(line);
}
END_TEST

START_TEST(test_cloud_with_root)
{
	const struct desired_cloud *cloud =
		&load_tenant(CLI "    cloud: {ca_file: proxy.pem, name: AzureUSGovernment}\n")->cloud;

	ck_assert_str_eq(cloud->name, "AzureUSGovernment");
	ck_assert_str_eq(cloud->graph, "https://graph.microsoft.us");
	ck_assert_str_eq(cloud->ca_file, "/etc/scepmand/proxy.pem");
}
END_TEST

START_TEST(test_cloud_of_ones_own)
{
	const struct desired_cloud *cloud =
		&load_tenant(CLI "    cloud: {authority: 'https://127.0.0.1:8443/', resource_manager: "
				 "'https://[::1]:1/arm//',\n"
				 "            resource_manager_audience: 'https://management.example/',\n"
				 "            graph: 'https://graph.example', ca_file: /ca.pem, web_apps: "
				 "'https://apps.example/'}\n")
			 ->cloud;

	ck_assert_str_eq(cloud->name, "custom");
	ck_assert_str_eq(cloud->authority, "https://127.0.0.1:8443");
	ck_assert_str_eq(cloud->resource_manager, "https://[::1]:1/arm");
	/* Not an address: what it is called, to the letter. */
	ck_assert_str_eq(cloud->resource_manager_audience, "https://management.example/");
	ck_assert_str_eq(cloud->graph, "https://graph.example");
	ck_assert_str_eq(cloud->ca_file, "/ca.pem");
	ck_assert_str_eq(cloud->web_apps, "https://apps.example");
}
END_TEST

START_TEST(test_credential_files)
{
	static const struct {
		const char *written, *path;
	} cases[] = {
		{"${SECRETS}/client-secret", "/run/secrets/client-secret"},
		{"\"${SECRETS}${SECRETS}\"", "/run/secrets/run/secrets"},
		{"/a/${SECRETS}", "/a//run/secrets"},
		{"secret", "/etc/scepmand/secret"},
		{"../secret", "/etc/scepmand/../secret"},
		{"$SECRETS", "/etc/scepmand/$SECRETS"},
		{"/a$", "/a$"},
	};
	const struct desired_credential *credential;
	char *lines = NULL;

	ck_assert_int_gt(asprintf(&lines,
				  "    credential:\n"
				  "      type: client_secret\n"
				  "      client_id: 22222222-2222-3333-4444-555555555555\n"
				  "      client_secret_file: %s\n",
				  cases[_i].written),
			 0);
	credential = &load_tenant(lines)->credential;
	ck_assert_int_eq(credential->type, CREDENTIAL_CLIENT_SECRET);
	ck_assert_str_eq(credential->client_id, "22222222-2222-3333-4444-555555555555");
	ck_assert_str_eq(credential->client_secret_file, cases[_i].path);
	free(lines);
}
END_TEST

START_TEST(test_instance_defaults)
{
	const struct desired_instance *instance = load_instance("");

	ck_assert_str_eq(instance->name, "production");
	ck_assert_str_eq(instance->app_service, "app-scepman");
	ck_assert_ptr_null(instance->subscription_id);
	ck_assert_ptr_null(instance->resource_group);
	ck_assert_int_eq(instance->production_slot, SLOT_MANAGE);
	ck_assert_int_eq(instance->deployment_slots, SLOTS_ALL);
	ck_assert_uint_eq(instance->slot_count, 0);
	ck_assert(!instance->hold && !instance->upgrade_from_1x);
	ck_assert_uint_eq(instance->version_assertion_count, 0);
	ck_assert_str_eq(instance->dotnet_version, "10.0");
	ck_assert_int_eq(instance->update_channel, CHANNEL_UNMANAGED);
	ck_assert_str_eq(instance->scepman_api.display_name, "SCEPman-api");
	ck_assert_ptr_null(instance->scepman_api.app_id);
	ck_assert_str_eq(instance->certificate_master_app.display_name, "SCEPman-CertMaster");
	ck_assert(!instance->shared_app_registrations);
	ck_assert(!instance->certificate_master.none && !instance->certificate_master.create);
	ck_assert_ptr_null(instance->certificate_master.app_service);
	ck_assert_ptr_null(instance->storage_account.name);
	ck_assert(!instance->storage_account.create);
	ck_assert(instance->key_vault.manage && !instance->key_vault.prestage_rbac);
	ck_assert(instance->logging.manage && instance->logging.remove_shared_key && !instance->logging.migrate_table);
	ck_assert_ptr_null(instance->logging.workspace);
	ck_assert_uint_eq(instance->api_client_count, 0);
}
END_TEST

START_TEST(test_instance_values)
{
	static const char workspace[] =
		"/subscriptions/77777777-2222-3333-4444-555555555555/resourceGroups/rg/providers/"
		"Microsoft.OperationalInsights/workspaces/law-1";
	const struct desired_instance *instance;
	char *keys = NULL;

	ck_assert_int_gt(
		asprintf(&keys,
			 ", subscription_id: 44444444-2222-3333-4444-555555555555, resource_group: rg_(1)"
			 ", production_slot: observe, hold: true, upgrade_from_1x: true, dotnet_version: '11.0'"
			 ", update_channel: unmanaged, storage_account: {name: stg, create: true}"
			 ", key_vault: {manage: false, prestage_rbac: true}"
			 ", logging: {manage: false, workspace: %s, migrate_table: true, remove_shared_key: false}",
			 workspace),
		0);
	instance = load_instance(keys);
	free(keys);
	ck_assert_str_eq(instance->subscription_id, "44444444-2222-3333-4444-555555555555");
	ck_assert_str_eq(instance->resource_group, "rg_(1)");
	ck_assert_int_eq(instance->production_slot, SLOT_OBSERVE);
	ck_assert(instance->hold && instance->upgrade_from_1x);
	ck_assert_str_eq(instance->dotnet_version, "11.0");
	ck_assert_str_eq(instance->storage_account.name, "stg");
	ck_assert(instance->storage_account.create);
	ck_assert(!instance->key_vault.manage && instance->key_vault.prestage_rbac);
	ck_assert(!instance->logging.manage && instance->logging.migrate_table && !instance->logging.remove_shared_key);
	ck_assert_str_eq(instance->logging.workspace, workspace);
}
END_TEST

START_TEST(test_update_channel)
{
	static const enum update_channel channels[] = {CHANNEL_UNMANAGED, CHANNEL_PROD, CHANNEL_BETA, CHANNEL_INTERNAL,
						       CHANNEL_DEFERRED};
	static const char *const words[] = {"unmanaged", "prod", "beta", "internal", "deferred"};
	const struct desired_instance *instance;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char keys[64];

		ck_assert_int_gt(snprintf(keys, sizeof(keys), ", update_channel: %s", words[i]), 0);
		instance = load_instance(keys);
		ck_assert_int_eq(instance->update_channel, channels[i]);
		ck_assert_ptr_null(instance->update_channel_url);
	}
	instance = load_instance(", update_channel: 'https://example.blob.core.windows.net/scepman/3.1.zip'");
	ck_assert_int_eq(instance->update_channel, CHANNEL_URL);
	ck_assert_str_eq(instance->update_channel_url, "https://example.blob.core.windows.net/scepman/3.1.zip");
}
END_TEST

START_TEST(test_registrations)
{
	const struct desired_instance *instance =
		load_instance(", app_registrations: {scepman_api: {display_name: Api, app_id: 55555555-2222-3333-4444-"
			      "555555555555}, certificate_master: Master, shared: true}");

	ck_assert_str_eq(instance->scepman_api.display_name, "Api");
	ck_assert_str_eq(instance->scepman_api.app_id, "55555555-2222-3333-4444-555555555555");
	ck_assert_str_eq(instance->certificate_master_app.display_name, "Master");
	ck_assert_ptr_null(instance->certificate_master_app.app_id);
	ck_assert(instance->shared_app_registrations);
}
END_TEST

START_TEST(test_certificate_master)
{
	const struct desired_certificate_master *master =
		&load_instance(
			 ", certificate_master: {app_service: app-cm, resource_group: rg-cm, create: true, "
			 "role_assignments: [{role: Admin.Full, group: PKI Admins}, {role: Request.All, user: a@b.c}, "
			 "{role: Request.Server.Form, service_principal: Robot}]}")
			 ->certificate_master;

	ck_assert(!master->none && master->create);
	ck_assert_str_eq(master->app_service, "app-cm");
	ck_assert_str_eq(master->resource_group, "rg-cm");
	ck_assert_uint_eq(master->role_assignment_count, 3);
	ck_assert_int_eq(master->role_assignments[0].principal.type, PRINCIPAL_GROUP);
	ck_assert_str_eq(master->role_assignments[0].principal.name_or_id, "PKI Admins");
	ck_assert_str_eq(master->role_assignments[0].role, "Admin.Full");
	ck_assert_uint_eq(master->role_assignments[0].position.line, 5);
	ck_assert_int_eq(master->role_assignments[1].principal.type, PRINCIPAL_USER);
	ck_assert_int_eq(master->role_assignments[2].principal.type, PRINCIPAL_SERVICE_PRINCIPAL);
	ck_assert(load_instance(", certificate_master: none")->certificate_master.none);
}
END_TEST

START_TEST(test_api_clients)
{
	const struct desired_instance *instance = load_instance(
		", api_clients: [{service_principal: a, role: CSR.Request.Db}, {service_principal: a, role: "
		"CSR.Request, unsafe: true}, {role: Manage.All, service_principal: b}]");

	ck_assert_uint_eq(instance->api_client_count, 3);
	ck_assert_int_eq(instance->api_clients[0].principal.type, PRINCIPAL_SERVICE_PRINCIPAL);
	ck_assert_str_eq(instance->api_clients[0].role, "CSR.Request.Db");
	ck_assert(!instance->api_clients[0].unsafe && instance->api_clients[1].unsafe);
	ck_assert_str_eq(instance->api_clients[2].principal.name_or_id, "b");
}
END_TEST

START_TEST(test_slots)
{
	const struct desired_instance *instance = load_instance(", deployment_slots: [staging, pre-production]");

	ck_assert_int_eq(instance->deployment_slots, SLOTS_LISTED);
	ck_assert_uint_eq(instance->slot_count, 2);
	ck_assert_str_eq(instance->slots[1].name, "pre-production");
	ck_assert(!instance->slots[0].create && !instance->slots[1].create);
	instance = load_instance(", deployment_slots: [staging, {name: canary, create: true}, {name: b}]");
	ck_assert_uint_eq(instance->slot_count, 3);
	ck_assert_str_eq(instance->slots[0].name, "staging");
	ck_assert_str_eq(instance->slots[1].name, "canary");
	ck_assert_str_eq(instance->slots[2].name, "b");
	ck_assert(!instance->slots[0].create && instance->slots[1].create && !instance->slots[2].create);
	ck_assert_int_eq(load_instance(", deployment_slots: none")->deployment_slots, SLOTS_NONE);
	ck_assert_int_eq(load_instance(", deployment_slots: all")->deployment_slots, SLOTS_ALL);
}
END_TEST

START_TEST(test_assertions)
{
	static const struct {
		const char *version;
		bool is_at_least_2;
	} cases[] = {{">=2", true},   {">=2.0", true}, {">=3.1.26152", true}, {">=10.0", true},
		     {"<2.0", false}, {"<2", false},   {"<2.0.0", false},     {"<1.9", false}};
	const struct desired_version_assertion *assertion;
	char *keys = NULL;

	ck_assert_int_gt(asprintf(&keys, ", version_assertion: {production: '%s'}", cases[_i].version), 0);
	assertion = load_instance(keys)->version_assertions;
	ck_assert_str_eq(assertion->slot, "production");
	ck_assert_str_eq(assertion->version, cases[_i].version);
	ck_assert(assertion->is_at_least_2 == cases[_i].is_at_least_2);
	free(keys);
}
END_TEST

START_TEST(test_generation)
{
	static const char yaml[] = TENANT CLI INSTANCE;
	char digest[DIGEST_SHA256_HEX_SIZE];

	desired = support_load_good(yaml);
	digest_sha256_hex(yaml, strlen(yaml), digest);
	ck_assert_uint_eq(strlen(desired->generation), 16);
	ck_assert(text_has_prefix(digest, desired->generation));
	ck_assert_str_eq(desired->file, "/etc/scepmand/test.yaml");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("desired_values");
	TCase *tcase = tcase_create("values");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, test_daemon_defaults);
	tcase_add_test(tcase, test_daemon_values);
	tcase_add_loop_test(tcase, test_daemon_words, 0, 4);
	tcase_add_test(tcase, test_tenant_defaults);
	tcase_add_test(tcase, test_tenant_values);
	tcase_add_loop_test(tcase, test_clouds, 0, 4);
	tcase_add_test(tcase, test_cloud_with_root);
	tcase_add_test(tcase, test_cloud_of_ones_own);
	tcase_add_loop_test(tcase, test_credential_files, 0, 7);
	tcase_add_test(tcase, test_instance_defaults);
	tcase_add_test(tcase, test_instance_values);
	tcase_add_test(tcase, test_update_channel);
	tcase_add_test(tcase, test_registrations);
	tcase_add_test(tcase, test_certificate_master);
	tcase_add_test(tcase, test_api_clients);
	tcase_add_test(tcase, test_slots);
	tcase_add_loop_test(tcase, test_assertions, 0, 8);
	tcase_add_test(tcase, test_generation);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
