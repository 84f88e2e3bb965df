/* What permissions add up to: actions of Azure with stars and exceptions, conditions on handing out roles, permissions
 * of Microsoft Graph and directory roles. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "doctor/delegation.h"
#include "doctor/graph_permission.h"

/* TEXT is JSON with ` for ", to be read in a line of C. */
static cJSON *parse(const char *text)
{
	char *copy = strdup(text);
	cJSON *json;

	for (char *p = copy; *p; p++)
		if (*p == '`')
			*p = '"';
	json = cJSON_Parse(copy);
	ck_assert_ptr_nonnull(json);
	free(copy);
	return json;
}

/* ---- actions ---- */

#define SETS "Microsoft.Web/sites/config/write"

static const struct {
	const char *permissions, *action;
	bool is_given;
} actions[] = {
	{"[]", SETS, false},
	{"[{`actions`:[`*`]}]", SETS, true},
	{"[{`actions`:[`*/read`]}]", "Microsoft.Web/sites/config/Read", true},
	{"[{`actions`:[`*/read`]}]", SETS, false},
	{"[{`actions`:[`microsoft.web/SITES/*`]}]", SETS, true},
	{"[{`actions`:[`Microsoft.Web/sites/*/write`]}]", SETS, true},
	{"[{`actions`:[`Microsoft.Web/sites/*/write`]}]", "Microsoft.Web/sites/write", false},
	{"[{`actions`:[`Microsoft.Web/sites`]}]", SETS, false},
	{"[{`actions`:[`Microsoft.Web/sites/config/write/more`]}]", SETS, false},
	{"[{`actions`:[`*s*t*e*`]}]", SETS, true},
	{"[{`actions`:[`*a*a*a*a*a*a*a*a*a*a*b`]}]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 false},
	{"[{`actions`:[`*`],`notActions`:[`Microsoft.Web/*`]}]", SETS, false},
	/* What one assignment leaves out, another one may give. */
	{"[{`actions`:[`*`],`notActions`:[`*/write`]},{`actions`:[`Microsoft.Web/*/write`],`notActions`:[]}]", SETS,
	 true},
	{"[{`dataActions`:[`*`]}]", SETS, false},
};

START_TEST(actions_add_up)
{
	struct arena arena = {0};
	struct allowances allowances;
	cJSON *body = cJSON_CreateObject();

	cJSON_AddItemToObject(body, "value", parse(actions[_i].permissions));
	ck_assert(allowances_read(body, &arena, &allowances));
	ck_assert_int_eq(allowances_give(&allowances, actions[_i].action), actions[_i].is_given);
	cJSON_Delete(body);
	arena_done(&arena);
}
END_TEST

static const char *const garbled[] = {
	"{}",
	"{`value`:7}",
	"{`value`:[{`actions`:`*`}]}",
	"{`value`:[{`actions`:[7]}]}",
	"{`value`:[{`actions`:[`*`],`notActions`:`x`}]}",
};

START_TEST(what_is_no_list_of_permissions_is_refused)
{
	struct arena arena = {0};
	struct allowances allowances;
	cJSON *body = parse(garbled[_i]);

	ck_assert(!allowances_read(body, &arena, &allowances));
	cJSON_Delete(body);
	arena_done(&arena);
}
END_TEST

START_TEST(a_demand_lists_what_is_missing)
{
	static const char *const read = "*/read", *const wanted[] = {"A/x/read", "A/x/write", "A/y/action", NULL};
	const struct allowance allowance = {.actions = &read, .action_count = 1};
	const struct allowances allowances = {.items = &allowance, .count = 1}, none = {0};
	struct arena arena = {0};
	struct demands demands;
	struct demand *demand;

	demands_init(&demands, &arena);
	demand = demands_add(&demands,
			     &(struct demand){.authority = AUTHORITY_AZURE, .is_wanted = true, .actions = wanted});
	ck_assert_int_eq(demand->finding, FINDING_UNKNOWN);
	demand_judge_azure(demand, NULL, &arena);
	ck_assert_int_eq(demand->finding, FINDING_UNKNOWN);
	demand_judge_azure(demand, &allowances, &arena);
	ck_assert_int_eq(demand->finding, FINDING_LACKS);
	ck_assert_str_eq(demand->missing[0], "A/x/write");
	ck_assert_str_eq(demand->missing[1], "A/y/action");
	ck_assert_ptr_null(demand->missing[2]);
	demand = demands_add(&demands,
			     &(struct demand){.authority = AUTHORITY_AZURE, .actions = wanted, .remark = "why"});
	demand_judge_azure(demand, &none, &arena);
	ck_assert_str_eq(finding_name(demand->finding), "not_needed");
	arena_done(&arena);
}
END_TEST

/* ---- conditions ---- */

#define ASSIGNMENT(role, condition) "{`properties`:{`roleDefinitionId`:`/x/" role "`,`condition`:" condition "}}"
#define OWNER                       "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
#define ADMINISTRATOR               "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
#define READER                      "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define LISTING(operator, roles)                                                                                       \
	"`((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "                                    \
	"(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "                                         \
	operator" {" roles "}))`"
#define TABLES  "0A9A7E1F-b9d0-4cc4-a60d-0319b160aaa3"
#define METRICS "3913510d-42f4-4e42-8a64-420c390055eb"
#define ANY     "ForAnyOfAnyValues:GuidEquals"

static const struct {
	const char *assignments; /* NULL: not known */
	enum finding finding;
	const char *remark;
} delegations[] = {
	{"", FINDING_HAS, NULL},
	{NULL, FINDING_HAS, "whether a condition narrows it could not be looked up"},
	{ASSIGNMENT(OWNER, "null"), FINDING_HAS, NULL},
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, TABLES ", " METRICS)), FINDING_HAS,
	 "under a condition that admits SCEPman's roles"},
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, TABLES)), FINDING_LACKS,
	 "its condition leaves out Monitoring Metrics Publisher"},
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, READER)), FINDING_LACKS,
	 "its condition leaves out Storage Table Data Contributor, Monitoring Metrics Publisher"},
	/* The narrow one does no harm beside one without a condition. */
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, TABLES)) "," ASSIGNMENT(OWNER, "null"), FINDING_HAS, NULL},
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, TABLES)) "," ASSIGNMENT(READER, "null"), FINDING_LACKS,
	 "its condition leaves out Monitoring Metrics Publisher"},
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, TABLES)) "," ASSIGNMENT(ADMINISTRATOR,
									LISTING(ANY, METRICS "," TABLES)),
	 FINDING_HAS, "under a condition that admits SCEPman's roles"},
	/* What cannot be judged is no refusal. */
	{ASSIGNMENT(ADMINISTRATOR, LISTING("ForAnyOfAllValues:GuidNotEquals", TABLES)), FINDING_HAS,
	 "under a condition that this program cannot judge"},
	{ASSIGNMENT(ADMINISTRATOR, "`something else`"), FINDING_HAS,
	 "under a condition that this program cannot judge"},
	{ASSIGNMENT(ADMINISTRATOR, LISTING(ANY, TABLES)) ",{`properties`:{}}", FINDING_HAS, NULL},
};

START_TEST(conditions_narrow_the_right_to_assign)
{
	static const char *const write[] = {"Microsoft.Authorization/roleAssignments/write", NULL};
	struct demand demand = {
		.finding = FINDING_HAS,
		.is_wanted = true,
		.actions = write,
		.roles =
			1U << AZURE_ROLE_STORAGE_TABLE_DATA_CONTRIBUTOR | 1U << AZURE_ROLE_MONITORING_METRICS_PUBLISHER,
	};
	struct arena arena = {0};
	cJSON *body = NULL;

	if (delegations[_i].assignments)
		body = parse(arena_printf(&arena, "{`value`:[%s]}", delegations[_i].assignments));
	demand_judge_delegation(&demand, body, &arena);
	ck_assert_str_eq(finding_name(demand.finding), finding_name(delegations[_i].finding));
	ck_assert_str_eq(demand.remark ? demand.remark : "", delegations[_i].remark ? delegations[_i].remark : "");
	if (demand.finding == FINDING_LACKS)
		ck_assert_str_eq(demand.missing[0], write[0]);
	cJSON_Delete(body);
	arena_done(&arena);
}
END_TEST

/* ---- Microsoft Graph ---- */

#define GLOBAL_ADMINISTRATOR "62e90394-69f5-4237-9190-012177145e10"
#define CLOUD_APPLICATIONS   "158c047a-c907-4556-b7ef-446551a6b5f7"
#define MEMBER               "b79fbf4d-3ef9-4689-8143-76b194e85509"

static const struct {
	enum identity_type type;
	const char *permission, *role; /* one each at most; NULL: none, of roles: not said */
	enum graph_right right;
	bool owns_all;
	enum finding finding;
	const char *missing;
} permissions[] = {
	{IDENTITY_APPLICATION, "Application.Read.All", NULL, GRAPH_READ_APPLICATIONS, false, FINDING_HAS, NULL},
	{IDENTITY_APPLICATION, "application.readwrite.all", NULL, GRAPH_READ_APPLICATIONS, false, FINDING_HAS, NULL},
	{IDENTITY_APPLICATION, "Directory.Read.All", NULL, GRAPH_READ_CONSENTS, false, FINDING_HAS, NULL},
	{IDENTITY_APPLICATION, "Directory.Read.All", NULL, GRAPH_READ_GROUPS, false, FINDING_HAS, NULL},
	{IDENTITY_APPLICATION, "User.Read.All", NULL, GRAPH_READ_GROUPS, false, FINDING_LACKS, "Group.Read.All"},
	{IDENTITY_APPLICATION, NULL, NULL, GRAPH_READ_USERS, false, FINDING_LACKS, "User.Read.All"},
	{IDENTITY_APPLICATION, "Application.Read.All", NULL, GRAPH_WRITE_APPLICATIONS, false, FINDING_LACKS,
	 "Application.ReadWrite.All"},
	{IDENTITY_APPLICATION, "Directory.ReadWrite.All", NULL, GRAPH_ASSIGN_ROLES, false, FINDING_LACKS,
	 "AppRoleAssignment.ReadWrite.All"},
	{IDENTITY_MANAGED, "Application.ReadWrite.OwnedBy", NULL, GRAPH_WRITE_APPLICATIONS, true, FINDING_HAS, NULL},
	{IDENTITY_MANAGED, "Application.ReadWrite.OwnedBy", NULL, GRAPH_WRITE_APPLICATIONS, false, FINDING_LACKS,
	 "Application.ReadWrite.All"},
	/* A person: what the program may, and what they may. */
	{IDENTITY_PERSON, "Directory.AccessAsUser.All", GLOBAL_ADMINISTRATOR, GRAPH_ASSIGN_ROLES, false, FINDING_HAS,
	 NULL},
	{IDENTITY_PERSON, "Directory.AccessAsUser.All", CLOUD_APPLICATIONS, GRAPH_ASSIGN_ROLES, false, FINDING_LACKS,
	 "directory role Privileged Role Administrator"},
	{IDENTITY_PERSON, "Application.ReadWrite.All", CLOUD_APPLICATIONS, GRAPH_WRITE_APPLICATIONS, false, FINDING_HAS,
	 NULL},
	{IDENTITY_PERSON, "User.Read", GLOBAL_ADMINISTRATOR, GRAPH_WRITE_APPLICATIONS, false, FINDING_LACKS,
	 "Application.ReadWrite.All"},
	{IDENTITY_PERSON, "Directory.AccessAsUser.All", MEMBER, GRAPH_READ_APPLICATIONS, false, FINDING_HAS, NULL},
	{IDENTITY_PERSON, "Directory.AccessAsUser.All", NULL, GRAPH_READ_APPLICATIONS, false, FINDING_UNKNOWN, NULL},
};

START_TEST(permissions_on_graph_are_judged)
{
	const struct claims claims = {
		.type = permissions[_i].type,
		.permissions = &permissions[_i].permission,
		.permission_count = permissions[_i].permission != NULL,
		.person_roles = &permissions[_i].role,
		.person_role_count = permissions[_i].role != NULL,
		.has_person_roles = permissions[_i].role != NULL,
	};
	struct demand demand = {.authority = AUTHORITY_GRAPH,
				.is_wanted = true,
				.finding = FINDING_UNKNOWN,
				.permission = graph_permission(permissions[_i].right)};
	struct arena arena = {0};

	demand_judge_graph(&demand, &claims, permissions[_i].owns_all, &arena);
	ck_assert_str_eq(finding_name(demand.finding), finding_name(permissions[_i].finding));
	ck_assert_str_eq(demand.missing ? demand.missing[0] : "",
			 permissions[_i].missing ? permissions[_i].missing : "");
	arena_done(&arena);
}
END_TEST

START_TEST(what_nothing_asks_for_is_told)
{
	static const char *const has[] = {"Mail.Send", "Application.ReadWrite.OwnedBy", "Directory.Read.All",
					  "AppRoleAssignment.ReadWrite.All"};
	struct claims claims = {.type = IDENTITY_APPLICATION, .permissions = has, .permission_count = ARRAY_SIZE(has)};
	struct arena arena = {0};
	struct demands demands;
	const char *const *spare;

	demands_init(&demands, &arena);
	demands_add(&demands, &(struct demand){.authority = AUTHORITY_GRAPH,
					       .is_wanted = true,
					       .permission = graph_permission(GRAPH_READ_CONSENTS)});
	demands_add(&demands, &(struct demand){.authority = AUTHORITY_GRAPH,
					       .is_wanted = true,
					       .permission = graph_permission(GRAPH_WRITE_APPLICATIONS)});
	demands_add(&demands,
		    &(struct demand){.authority = AUTHORITY_GRAPH, .permission = graph_permission(GRAPH_ASSIGN_ROLES)});
	spare = graph_permissions_to_spare(&demands, &claims, &arena);
	ck_assert_str_eq(spare[0], "Mail.Send");
	ck_assert_str_eq(spare[1], "AppRoleAssignment.ReadWrite.All");
	ck_assert_ptr_null(spare[2]);
	/* The scopes of a program are not its user's to give away. */
	claims.type = IDENTITY_PERSON;
	ck_assert_ptr_null(graph_permissions_to_spare(&demands, &claims, &arena)[0]);
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rights");
	TCase *tcase = tcase_create("rights");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, actions_add_up, 0, ARRAY_SIZE(actions));
	tcase_add_loop_test(tcase, what_is_no_list_of_permissions_is_refused, 0, ARRAY_SIZE(garbled));
	tcase_add_test(tcase, a_demand_lists_what_is_missing);
	tcase_add_loop_test(tcase, conditions_narrow_the_right_to_assign, 0, ARRAY_SIZE(delegations));
	tcase_add_loop_test(tcase, permissions_on_graph_are_judged, 0, ARRAY_SIZE(permissions));
	tcase_add_test(tcase, what_nothing_asks_for_is_told);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
