/* The simulated Graph against the published metadata: its table of properties, and every answer that it gives. */
#include "sim_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "entra_jwt.h"
#include "graph_schema.h"

struct line {
	char type[64], property[64], value[96];
	bool is_not_null;
};

static struct line lines[1024];
static size_t line_count;

static bool read_metadata(const char *path)
{
	FILE *file = fopen(path, "r");
	char text[256];

	if (!file)
		return false;
	while (line_count < sizeof(lines) / sizeof(lines[0]) && fgets(text, sizeof(text), file)) {
		struct line *line = &lines[line_count];
		char mark = 0;

		if (text[0] == '#' ||
		    sscanf(text, "%63s %63s %95s %c", line->type, line->property, line->value, &mark) < 3)
			continue;
		line->is_not_null = mark == '!';
		line_count++;
	}
	fclose(file);
	return line_count > 300;
}

static const struct line *find_line(const char *type, const char *property)
{
	for (size_t i = 0; i < line_count; i++) {
		if (strcmp(lines[i].type, type) != 0)
			continue;
		if (strcmp(lines[i].property, property) == 0)
			return &lines[i];
		/* "application : directoryObject" */
		if (strcmp(lines[i].property, ":") == 0) {
			const struct line *inherited = find_line(lines[i].value, property);

			if (inherited)
				return inherited;
		}
	}
	return NULL;
}

/* The excerpt has namesakes of the first two from other namespaces, and names the third without describing it. */
static bool is_beyond_excerpt(const char *type)
{
	return text_list_contains_fold("group|user|federatedIdentityCredential", '|', type);
}

static void check_table(const struct graph_type *type)
{
	for (; type->name; type++) {
		for (const struct graph_property *property = type->properties; property->name; property++) {
			const struct line *line = find_line(type->name, property->name);

			if (is_beyond_excerpt(type->name))
				continue;
			ck_assert_msg(line != NULL, "%s.%s is not in the metadata", type->name, property->name);
			ck_assert_msg(strcmp(line->value, property->type) == 0, "%s.%s is %s", type->name,
				      property->name, line->value);
			ck_assert_msg(line->is_not_null == !!(property->flags & GRAPH_NOT_NULL), "%s.%s: null",
				      type->name, property->name);
		}
	}
}

START_TEST(table_is_the_metadata)
{
	check_table(graph_entity_types);
	check_table(graph_complex_types);
}
END_TEST

static void check_shown(const struct graph_type *type, const cJSON *object);

static void check_shown_value(const struct graph_property *property, const char *kind, const cJSON *value)
{
	const struct graph_type *complex = graph_find_type(kind);

	if (complex)
		check_shown(complex, value);
	else if (strstr(kind, "Edm.Boolean"))
		ck_assert_msg(cJSON_IsBool(value), "%s", property->name);
	else if (strstr(kind, "Edm.Int32"))
		ck_assert_msg(cJSON_IsNumber(value), "%s", property->name);
	else if (strstr(kind, "Edm.Guid"))
		ck_assert_msg(cJSON_IsString(value) && text_is_guid(value->valuestring), "%s", property->name);
	else
		ck_assert_msg(cJSON_IsString(value), "%s", property->name);
}

static void check_shown(const struct graph_type *type, const cJSON *object)
{
	const cJSON *member, *item;

	ck_assert_msg(cJSON_IsObject(object), "%s", type->name);
	cJSON_ArrayForEach (member, object) {
		const struct graph_property *property = graph_find_property(type, member->string);

		if (strchr(member->string, '@'))
			continue;
		ck_assert_msg(property != NULL, "%s.%s is shown", type->name, member->string);
		if (cJSON_IsNull(member)) {
			ck_assert_msg(!(property->flags & GRAPH_NOT_NULL), "%s.%s is null", type->name, member->string);
		} else if (graph_is_collection(property)) {
			ck_assert_msg(cJSON_IsArray(member), "%s.%s", type->name, member->string);
			cJSON_ArrayForEach (item, member)
				check_shown_value(property, property->type, item);
		} else {
			check_shown_value(property, property->type, member);
		}
	}
}

static void check_list(const char *path, const char *type)
{
	const cJSON *item;

	ck_assert_msg(client_send("GET", path, NULL) == 200, "%s: %s", path, client.response.body);
	ck_assert_msg(client_count("value") > 0, "%s is empty", path);
	cJSON_ArrayForEach (item, client_item("value"))
		check_shown(graph_find_type(type), item);
}

START_TEST(answers_are_of_their_type)
{
	char *error = NULL;

	ck_assert_msg(sim_load_scenario(client.sim, "completed", &error) == 0, "%s", error);
	client_log_in(CLIENT_ID, CLIENT_SECRET, "https://graph.microsoft.com/.default");
	ck_assert_int_eq(client_send("PATCH", "/v1.0/servicePrincipals/" GRAPH_SP, "{\"notes\":\"x\"}"), 204);
	check_list("/v1.0/applications", "application");
	check_list("/v1.0/servicePrincipals", "servicePrincipal");
	check_list("/v1.0/servicePrincipals/" GRAPH_SP "/appRoleAssignedTo", "appRoleAssignment");
	check_list("/v1.0/oauth2PermissionGrants", "oAuth2PermissionGrant");
	check_list("/v1.0/organization", "organization");
	check_list("/v1.0/groups", "group");
	check_list("/v1.0/users", "user");
	check_list("/v1.0/auditLogs/directoryAudits", "directoryAudit");
	check_list("/v1.0/applications/delta", "application");
}
END_TEST

/* What a client may send for each property, and what it may not: by the table, against the live service. */
START_TEST(every_settable_property_is_accepted)
{
	static const struct {
		const char *type, *good, *bad;
	} samples[] = {
		{"Edm.String", "\"x\"", "7"},
		{"Collection(Edm.String)", "[\"x\"]", "\"x\""},
		{"Edm.Boolean", "true", "\"true\""},
		{"Edm.Guid", "\"11111111-1111-1111-1111-111111111111\"", "\"x\""},
		{"Edm.DateTimeOffset", "\"2026-01-01T00:00:00Z\"", "\"x\""},
	};
	const struct graph_type *type = graph_find_type("servicePrincipal");

	for (const struct graph_property *property = type->properties; property->name; property++) {
		for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
			bool is_fixed = property->flags & (GRAPH_READ_ONLY | GRAPH_CREATE);
			int status;

			if (strcmp(property->type, samples[i].type) != 0)
				continue;
			status = client_send("PATCH", "/v1.0/servicePrincipals/" GRAPH_SP,
					     client_printf("{\"%s\":%s}", property->name, samples[i].good));
			ck_assert_msg(status == (is_fixed ? 400 : 204), "%s: %d", property->name, status);
			status = client_send("PATCH", "/v1.0/servicePrincipals/" GRAPH_SP,
					     client_printf("{\"%s\":%s}", property->name, samples[i].bad));
			ck_assert_msg(status == 400, "%s: %d", property->name, status);
		}
	}
}
END_TEST

/* A state by hand that is wrong is refused with the path of what is wrong, and the tenant stays. */
START_TEST(wrong_states_are_refused)
{
	static const struct {
		const char *set, *object, *sentence;
	} bad[] = {
		{"applications", "{\"id\":\"a\"}", "directory.applications[0].appId: must be a GUID"},
		{"applications", "{\"id\":\"a\",\"appId\":\"" TENANT_ID "\",\"displayName\":7}",
		 "directory.applications[0].displayName: must be a text"},
		{"applications", "{\"id\":\"a\",\"appId\":\"" TENANT_ID "\",\"web\":{\"redirectUris\":[\"x\",7]}}",
		 "directory.applications[0].web.redirectUris[1]: must be a text"},
		{"applications", "{\"id\":\"a\",\"appId\":\"" TENANT_ID "\",\"owners\":{}}",
		 "directory.applications[0].owners: must be an array"},
		{"servicePrincipals", "{\"id\":\"a\",\"appId\":\"" TENANT_ID "\",\"accountEnabled\":\"yes\"}",
		 "directory.servicePrincipals[0].accountEnabled: must be true or false"},
		{"appRoleAssignments", "{\"id\":\"a\",\"principalId\":\"" TENANT_ID "\"}",
		 "directory.appRoleAssignments[0].resourceId: must be a GUID"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *state = client_printf("{\"format_version\":\"1\",\"tenant\":{\"tenantId\":\"" TENANT_ID
						  "\"},\"directory\":{\"%s\":[%s]}}",
						  bad[i].set, bad[i].object);
		char *error = NULL;

		ck_assert_int_lt(sim_load(client.sim, state, strlen(state), &error), 0);
		ck_assert_str_eq(error, bad[i].sentence);
		free(error);
	}
	ck_assert_int_eq(client_send("GET", "/v1.0/applications", NULL), 200);
	ck_assert_int_eq(client_count("value"), 1);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("graph schema");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	if (argc != 2 || !read_metadata(argv[1])) {
		fprintf(stderr, "usage: %s METADATA\n", argv[0]);
		return 2;
	}
	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, client_start, client_stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, table_is_the_metadata);
	tcase_add_test(tcase, answers_are_of_their_type);
	tcase_add_test(tcase, every_settable_property_is_accepted);
	tcase_add_test(tcase, wrong_states_are_refused);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
