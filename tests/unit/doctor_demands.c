/* Which rights a configuration asks for, where, and why not; what is advised for those that are missing; how it is
 * shown. The tenant is seen as far as a test puts nodes there by hand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "desired_support.h"
#include "doctor/demands_of.h"
#include "doctor/diagnosis.h"
#include "doctor/graph_permission.h"
#include "kinds/installation.h"

#define TENANT       "11111111-1111-4111-8111-111111111111"
#define SUBSCRIPTION "22222222-2222-4222-8222-222222222222"
#define IDENTITY     "33333333-3333-4333-8333-333333333333"
#define GROUP        "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg-scepman"
#define VAULTS       "/subscriptions/" SUBSCRIPTION "/resourceGroups/rg-vaults"

/* A configuration, and a world that nothing was read into yet. */
struct scene {
	struct desired *desired;
	struct memory_of_passes memory;
	struct world world;
	struct diagnosis diagnosis;
	struct site site;
	struct key_vault vault;
	struct node vault_node;
};

/* TENANT_KEYS and INSTANCE_KEYS: further lines, each with its line end. */
static void scene_begin(struct scene *scene, const char *tenant_keys, const char *instance_keys)
{
	struct arena arena = {0};

	*scene = (struct scene){0};
	scene->desired = support_load_good(arena_printf(
		&arena,
		"tenants:\n  - name: contoso\n    tenant_id: " TENANT "\n    credential: {type: azure_cli}\n%s"
		"    instances:\n      - name: production\n        app_service: app-scepman\n%s",
		tenant_keys, instance_keys));
	arena_done(&arena);
	memory_of_passes_init(&scene->memory);
	world_init(&scene->world, &scene->desired->tenants[0], &scene->memory, true, 1790000000, 10);
	installations_state(&scene->world);
	diagnosis_init(&scene->diagnosis, scene->world.tenant, &scene->world.arena);
}

static void scene_ask(struct scene *scene)
{
	demands_of_graph(&scene->world, &scene->diagnosis.demands);
	demands_of_azure(&scene->world, &scene->diagnosis.demands);
}

static void scene_end(struct scene *scene)
{
	world_done(&scene->world);
	memory_of_passes_done(&scene->memory);
	desired_free(scene->desired);
}

static void see(struct node *node, const void *observed)
{
	node->knowledge = KNOWLEDGE_PRESENT;
	node->outcome = OUTCOME_IN_SYNC;
	node->observed = (void *)observed;
}

static void scene_see_site(struct scene *scene)
{
	scene->site = (struct site){
		.id = GROUP "/providers/Microsoft.Web/sites/app-scepman",
		.name = "app-scepman",
		.server_farm_id = GROUP "/providers/Microsoft.Web/serverfarms/asp",
		.subnet_id = "/subscriptions/" SUBSCRIPTION
			     "/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
	};
	see(scene->world.installations[0].production->site, &scene->site);
}

static void scene_see_vault(struct scene *scene, bool uses_rbac)
{
	scene->vault = (struct key_vault){
		.id = VAULTS "/providers/Microsoft.KeyVault/vaults/kv", .name = "kv", .uses_rbac = uses_rbac};
	see(&scene->vault_node, &scene->vault);
	scene->world.installations[0].key_vault = &scene->vault_node;
}

/* The demand whose purpose begins so. */
static struct demand *find(const struct scene *scene, const char *purpose)
{
	for (struct demand *demand = scene->diagnosis.demands.first; demand; demand = demand->next)
		if (text_has_prefix(demand->purpose, purpose))
			return demand;
	return NULL;
}

/* ---- what is asked for ---- */

#define IN_GROUP "        subscription_id: " SUBSCRIPTION "\n        resource_group: rg-scepman\n"
#define CANARY   "        deployment_slots: [{name: canary, create: true}]\n"

static const struct {
	const char *tenant_keys, *instance_keys, *purpose;
	const char *why_not; /* NULL: it is asked for */
} wishes[] = {
	{"", IN_GROUP, "look at app-scepman and", NULL},
	{"", IN_GROUP, "write the settings of app-scepman", NULL},
	{"    mode: plan\n", IN_GROUP, "write the settings of app-scepman", "mode: plan"},
	{"    mode: plan\n", IN_GROUP, "create and correct", "mode: plan"},
	{"    mode: plan\n", IN_GROUP, "look at app-scepman and", NULL},
	{"", "        hold: true\n", "write the settings of app-scepman", "hold: true"},
	{"", "        hold: true\n", "give roles", "hold: true"},
	{"", "        production_slot: observe\n", "write the settings of app-scepman", "production_slot: observe"},
	{"", "        production_slot: observe\n", "write the settings of its", NULL},
	{"", "        deployment_slots: none\n", "look at the deployment slots", "deployment_slots: none"},
	{"", "        deployment_slots: none\n", "write the settings of its", "deployment_slots: none"},
	{"", CANARY, "create deployment slot canary", NULL},
	{"", CANARY "        hold: true\n", "create deployment slot canary", "hold: true"},
	{"", "        certificate_master: none\n", "look at Certificate Master", "certificate_master: none"},
	{"", "        certificate_master: none\n", "look at the consent", "there is no Certificate Master"},
	{"", "        certificate_master: none\n", "consent to", "there is no Certificate Master"},
	{"", "        certificate_master: {app_service: cm, create: true}\n", "create cm", NULL},
	{"", "        certificate_master: {app_service: cm}\n", "look at cm and its", NULL},
	{"", "        storage_account: {name: stg1, create: true}\n", "create stg1", NULL},
	{"", "", "add to the access policies", "it goes by roles, as far as can be seen"},
	{"", "        key_vault: {manage: false}\n", "look at the key vault", "key_vault.manage: false"},
	{"", "        key_vault: {manage: false}\n", "assign SCEPman's roles on the key vault",
	 "key_vault.manage: false"},
	{"    azure_roles: report\n", "", "assign SCEPman's roles on the key vault", "azure_roles: report"},
	{"    azure_roles: report\n", "", "look at the roles on the key vault", NULL},
	{"", "        logging: {manage: false}\n", "write the data collection rule", "logging.manage: false"},
	{"", "        logging: {migrate_table: true}\n", "migrate that table", NULL},
	{"    entra_grants: report\n", "", "consent to", "entra_grants: report"},
	{"    entra_grants: report\n", "", "give roles",
	 "entra_grants: report; roles of your own registrations are left to you as well"},
	{"    entra_grants: report\n", "", "create and correct", NULL},
	{"", "        certificate_master: {role_assignments: [{role: Admin.Full, group: PKI}]}\n", "look up the groups",
	 NULL},
	{"", "        certificate_master: {role_assignments: [{role: Admin.Full, user: a@b.example}]}\n",
	 "look up the users", NULL},
};

START_TEST(each_wish_has_its_demand)
{
	struct scene scene;
	const struct demand *demand;

	scene_begin(&scene, wishes[_i].tenant_keys, wishes[_i].instance_keys);
	scene_ask(&scene);
	demand = find(&scene, wishes[_i].purpose);
	ck_assert_msg(demand != NULL, "nothing is said of: %s", wishes[_i].purpose);
	ck_assert_int_eq(demand->is_wanted, !wishes[_i].why_not);
	if (wishes[_i].why_not)
		ck_assert_str_eq(demand->remark, wishes[_i].why_not);
	scene_end(&scene);
}
END_TEST

START_TEST(what_nobody_wishes_is_not_asked_for)
{
	struct scene scene;

	scene_begin(&scene, "", "");
	scene_ask(&scene);
	ck_assert_ptr_null(find(&scene, "look up"));
	ck_assert_ptr_null(find(&scene, "create deployment"));
	ck_assert_ptr_null(find(&scene, "create Certificate"));
	ck_assert_ptr_null(find(&scene, "migrate"));
	scene_end(&scene);
}
END_TEST

START_TEST(a_place_is_where_it_was_seen_or_guessed)
{
	struct scene scene;

	scene_begin(&scene, "", IN_GROUP CANARY);
	scene_see_site(&scene);
	scene_see_vault(&scene, false);
	scene_ask(&scene);
	ck_assert_str_eq(find(&scene, "write the settings of app-scepman")->scope, scene.site.id);
	ck_assert_str_eq(find(&scene, "write the settings of app-scepman")->group, GROUP);
	ck_assert_str_eq(find(&scene, "look at kv")->scope, scene.vault.id);
	ck_assert_str_eq(find(&scene, "look at kv")->group, VAULTS);
	ck_assert(find(&scene, "add to the access policies of kv")->is_wanted);
	ck_assert_str_eq(find(&scene, "assign SCEPman's roles on kv")->remark, "it goes by access policies");
	ck_assert_str_eq(find(&scene, "look at the storage account")->scope, GROUP);
	ck_assert_str_eq(find(&scene, "look at the storage account")->remark,
			 "taken to be in this resource group, since it could not be seen");
	ck_assert_str_eq(find(&scene, "put deployment slot canary")->scope, scene.site.server_farm_id);
	ck_assert_str_eq(find(&scene, "connect deployment slot canary")->scope, scene.site.subnet_id);
	scene_end(&scene);
	scene_begin(&scene, "", "");
	scene_ask(&scene);
	ck_assert_ptr_null(find(&scene, "look at app-scepman and")->scope);
	ck_assert_ptr_nonnull(strstr(find(&scene, "look at app-scepman and")->remark, "subscription_id"));
	scene_end(&scene);
}
END_TEST

/* ---- advice ---- */

static void sign_in(struct scene *scene, enum identity_type type)
{
	static const char *const scopes[] = {"Directory.AccessAsUser.All"};
	struct diagnosis_token *token = &scene->diagnosis.tokens[AUDIENCE_GRAPH];

	token->is_readable = true;
	token->claims = (struct claims){
		.type = type,
		.object_id = IDENTITY,
		.has_person_roles = true,
		.user_name = "u@x",
		.resource_id = "/r",
		.expires_s = 1790000000,
		.permissions = scopes,
		.permission_count = type == IDENTITY_PERSON,
	};
}

/* Nothing but reading, everywhere. */
static void judge(struct scene *scene)
{
	static const char *const read = "*/read";
	const struct allowance allowance = {.actions = &read, .action_count = 1};
	const struct allowances allowances = {.items = &allowance, .count = 1};

	for (struct demand *demand = scene->diagnosis.demands.first; demand; demand = demand->next) {
		if (demand->authority == AUTHORITY_AZURE)
			demand_judge_azure(demand, demand->scope ? &allowances : NULL, &scene->world.arena);
		else
			demand_judge_graph(demand, &scene->diagnosis.tokens[AUDIENCE_GRAPH].claims, false,
					   &scene->world.arena);
	}
	diagnosis_advise(&scene->diagnosis);
}

static const struct advice *advice_for(const struct scene *scene, const char *purpose)
{
	for (const struct advice *advice = scene->diagnosis.advice; advice; advice = advice->next)
		if (strstr(advice->purpose, purpose))
			return advice;
	return NULL;
}

static size_t count_advice(const struct scene *scene)
{
	size_t count = 0;

	for (const struct advice *advice = scene->diagnosis.advice; advice; advice = advice->next)
		count++;
	return count;
}

static void scene_of_an_application(struct scene *scene, const char *graph_object_id)
{
	scene_begin(scene, "", IN_GROUP);
	scene_see_site(scene);
	scene_see_vault(scene, true);
	scene_ask(scene);
	sign_in(scene, IDENTITY_APPLICATION);
	scene->diagnosis.graph_object_id = graph_object_id;
	judge(scene);
}

START_TEST(an_application_is_given_the_least)
{
	struct scene scene, again;
	const struct advice *role;

	scene_of_an_application(&scene, NULL);
	/* A role and its assignment, the right to assign in both groups, five permissions. */
	ck_assert_uint_eq(count_advice(&scene), 9);
	role = advice_for(&scene, "define the role");
	ck_assert_ptr_nonnull(strstr(role->command.body, "\"Microsoft.Web/sites/config/write\""));
	ck_assert_ptr_null(strstr(role->command.body, "roleAssignments/write"));
	ck_assert_ptr_null(strstr(role->command.body, "*"));
	ck_assert_ptr_null(strstr(role->command.body, "KeyVault"));
	ck_assert_ptr_nonnull(strstr(advice_for(&scene, "five roles only, on resource group rg-vaults")->command.body,
				     "GuidEquals {0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3, "));
	ck_assert_ptr_null(advice_for(&scene, "give the permission AppRole")->command.body);
	ck_assert_ptr_nonnull(strstr(advice_for(&scene, "give the permission AppRole")->command.text,
				     "\"resourceId\":\"'\"$(az ad sp show --id "));
	/* The same again is the same: names follow from content. */
	scene_of_an_application(&again, TENANT);
	ck_assert_str_eq(advice_for(&again, "define the role")->command.text, role->command.text);
	ck_assert_ptr_nonnull(strstr(advice_for(&again, "give the permission AppRole")->command.body,
				     "\"resourceId\":\"" TENANT "\""));
	scene_end(&again);
	scene_end(&scene);
}
END_TEST

START_TEST(a_person_is_given_directory_roles)
{
	struct scene scene;

	scene_begin(&scene, "", IN_GROUP);
	scene_ask(&scene);
	sign_in(&scene, IDENTITY_PERSON);
	judge(&scene);
	ck_assert_ptr_null(advice_for(&scene, "give the permission"));
	ck_assert_ptr_nonnull(advice_for(&scene, "give the directory role Directory Readers"));
	ck_assert_ptr_nonnull(advice_for(&scene, "give the directory role Privileged Role Administrator"));
	ck_assert_ptr_nonnull(
		strstr(advice_for(&scene, "assign the role")->command.body, "\"principalType\":\"User\""));
	scene_end(&scene);
}
END_TEST

START_TEST(what_is_no_id_gets_into_no_command)
{
	struct scene scene;

	scene_begin(&scene, "", IN_GROUP);
	scene_ask(&scene);
	sign_in(&scene, IDENTITY_APPLICATION);
	scene.diagnosis.tokens[AUDIENCE_GRAPH].claims.object_id = "x'; rm -rf ~; '";
	judge(&scene);
	ck_assert_uint_eq(count_advice(&scene), 0);
	ck_assert_uint_gt(diagnosis_count(&scene.diagnosis, FINDING_LACKS), 5);
	scene_end(&scene);
}
END_TEST

/* ---- shown ---- */

static const struct {
	enum identity_type type;
	const char *text, *json;
} identities[] = {
	{IDENTITY_APPLICATION, "signs in as the application (not said), object id " IDENTITY, "\"application\""},
	{IDENTITY_MANAGED, "signs in as the managed identity /r, object id " IDENTITY, "\"managed_identity\""},
	{IDENTITY_PERSON, "signs in as the person u@x, object id " IDENTITY, "\"user\""},
	{IDENTITY_UNKNOWN, "its token does not say as whom", "\"unknown\""},
};

static const char *const shown_lines[] = {
	"this machine\n  ! a trouble\n\ncontoso",
	"! no token for Azure Resource Manager (https://management.azure.com): the reason",
	"token for Microsoft Graph (https://graph.microsoft.com) until 2026-09-21",
	"  NO   write the settings of app-scepman",
	"         lacks Microsoft.Web/sites/config/write on " GROUP "\n",
	"(azure_roles: report)",
	"does not ask for it: Mail.Send, Mail.Read\n",
	"\naz rest --method PUT --url '",
	"; 1 tenant could not be examined to the end.\n",
};

START_TEST(it_is_shown_as_text_and_as_json)
{
	const struct diagnosis *diagnosis;
	struct notes local = {0};
	struct scene scene;
	struct buffer shown;
	cJSON *json;

	scene_begin(&scene, "    azure_roles: report\n", IN_GROUP);
	scene_ask(&scene);
	sign_in(&scene, identities[_i].type);
	judge(&scene);
	scene.diagnosis.tokens[AUDIENCE_RESOURCE_MANAGER].problem = "the reason";
	scene.diagnosis.has_failed = true;
	scene.diagnosis.to_spare = (const char *const[]){"Mail.Send", "Mail.Read", NULL};
	notes_add(&local, &scene.world.arena, true, "a %s", "trouble");
	notes_add(&local, &scene.world.arena, true, "a trouble");
	diagnosis = &scene.diagnosis;
	buffer_init(&shown, 1 << 20);
	diagnosis_text(&diagnosis, 1, &local, false, &shown);
	ck_assert_ptr_nonnull(strstr(shown.data, identities[_i].text));
	for (size_t i = 0; i < ARRAY_SIZE(shown_lines); i++)
		ck_assert_msg(strstr(shown.data, shown_lines[i]) != NULL, "%s is not in: %s", shown_lines[i],
			      shown.data);
	ck_assert_ptr_null(strchr(shown.data, '\033'));
	buffer_reset(&shown);
	diagnosis_text(&diagnosis, 1, &local, true, &shown);
	ck_assert_ptr_nonnull(strstr(shown.data, "\033[31m  NO   \033[0m"));
	buffer_reset(&shown);
	diagnosis_json(&diagnosis, 1, &local, &shown);
	ck_assert_ptr_nonnull(strstr(shown.data, identities[_i].json));
	json = cJSON_Parse(shown.data);
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(json, "tenants")), 1);
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(json, "local")), 1);
	cJSON_Delete(json);
	buffer_done(&shown);
	scene_end(&scene);
}
END_TEST

START_TEST(who_lacks_nothing_is_told_so)
{
	const struct diagnosis *diagnosis;
	const struct notes local = {0};
	struct scene scene;
	struct buffer shown;

	scene_begin(&scene, "", "");
	diagnosis = &scene.diagnosis;
	buffer_init(&shown, 1 << 20);
	diagnosis_text(&diagnosis, 1, &local, false, &shown);
	ck_assert_ptr_nonnull(strstr(shown.data, "\nNothing lacks.\n"));
	buffer_reset(&shown);
	diagnosis_json(&diagnosis, 1, &local, &shown);
	ck_assert_ptr_nonnull(strstr(shown.data, "\"identity\":\tnull"));
	buffer_done(&shown);
	scene_end(&scene);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("demands");
	TCase *tcase = tcase_create("demands");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, each_wish_has_its_demand, 0, ARRAY_SIZE(wishes));
	tcase_add_test(tcase, what_nobody_wishes_is_not_asked_for);
	tcase_add_test(tcase, a_place_is_where_it_was_seen_or_guessed);
	tcase_add_test(tcase, an_application_is_given_the_least);
	tcase_add_test(tcase, a_person_is_given_directory_roles);
	tcase_add_test(tcase, what_is_no_id_gets_into_no_command);
	tcase_add_loop_test(tcase, it_is_shown_as_text_and_as_json, 0, ARRAY_SIZE(identities));
	tcase_add_test(tcase, who_lacks_nothing_is_told_so);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
