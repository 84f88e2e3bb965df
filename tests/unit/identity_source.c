/* Which service of this machine is asked for a managed identity, how, and where none is asked. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "transport/identity_source.h"

#define LOCAL   "http://localhost:42356/msi/token"
#define ARC     "http://127.0.0.1:40342/metadata/identity/oauth2/token"
#define GRAPH   "https://graph.microsoft.com"
#define ENCODED "https%3A%2F%2Fgraph.microsoft.com"

START_TEST(the_order_is_that_of_the_sdks)
{
	static const struct {
		struct identity_variables variables;
		enum identity_service service;
		const char *url, *header;
	} cases[] = {
		{{0}, IDENTITY_METADATA, "http://169.254.169.254/metadata/identity/oauth2/token", "Metadata: true"},
		{{.identity_endpoint = "",
		  .identity_header = "",
		  .msi_endpoint = "",
		  .pod_identity_authority_host = ""},
		 IDENTITY_METADATA,
		 "http://169.254.169.254/metadata/identity/oauth2/token",
		 "Metadata: true"},
		{{.pod_identity_authority_host = "http://127.0.0.1:2579/"},
		 IDENTITY_METADATA,
		 "http://127.0.0.1:2579/metadata/identity/oauth2/token",
		 "Metadata: true"},
		{{.identity_endpoint = LOCAL, .identity_header = "canary"},
		 IDENTITY_APP_SERVICE,
		 LOCAL,
		 "X-IDENTITY-HEADER: canary"},
		/* App Service sets the older pair, too, and a worker of Arc may have all of them. */
		{{.identity_endpoint = LOCAL,
		  .identity_header = "canary",
		  .msi_endpoint = LOCAL,
		  .imds_endpoint = "http://localhost:40342",
		  .has_arc_agent = true},
		 IDENTITY_APP_SERVICE,
		 LOCAL,
		 "X-IDENTITY-HEADER: canary"},
		{{.identity_endpoint = "http://localhost:40342/metadata/identity/oauth2/token",
		  .imds_endpoint = "http://localhost:40342"},
		 IDENTITY_ARC,
		 "http://localhost:40342/metadata/identity/oauth2/token",
		 "Metadata: true"},
		{{.has_arc_agent = true}, IDENTITY_ARC, ARC, "Metadata: true"},
		{{.has_arc_agent = true, .pod_identity_authority_host = "http://127.0.0.1:2579"},
		 IDENTITY_ARC,
		 ARC,
		 "Metadata: true"},
		/* One of a pair says nothing. */
		{{.identity_endpoint = LOCAL},
		 IDENTITY_METADATA,
		 "http://169.254.169.254/metadata/identity/oauth2/token",
		 "Metadata: true"},
		{{.identity_header = "canary", .imds_endpoint = "http://localhost:40342"},
		 IDENTITY_METADATA,
		 "http://169.254.169.254/metadata/identity/oauth2/token",
		 "Metadata: true"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		struct identity_source source;
		const char *problem = NULL;

		ck_assert_msg(identity_source_find(&cases[i].variables, &arena, &source, &problem) == 0, "%zu: %s", i,
			      problem);
		ck_assert_msg(source.service == cases[i].service, "%zu", i);
		ck_assert_str_eq(source.url, cases[i].url);
		ck_assert_str_eq(source.header, cases[i].header);
		arena_done(&arena);
	}
}
END_TEST

START_TEST(what_is_not_supported_is_said)
{
	static const struct {
		struct identity_variables variables;
		int error;
		const char *part;
	} cases[] = {
		{{.identity_endpoint = "https://localhost:2377/metadata/identity/oauth2/token",
		  .identity_header = "canary",
		  .identity_server_thumbprint = "AB"},
		 -ENOENT,
		 "Service Fabric"},
		{{.msi_endpoint = "http://localhost:50342/oauth2/token"}, -ENOENT, "Cloud Shell"},
		{{.identity_endpoint = "localhost:42356", .identity_header = "canary"},
		 -EINVAL,
		 "must be an http or https URL"},
		{{.identity_endpoint = "file:///etc/passwd", .identity_header = "canary"},
		 -EINVAL,
		 "must be an http or https"},
		{{.identity_endpoint = LOCAL, .identity_header = "canary\r\nHost: evil"},
		 -EINVAL,
		 "IDENTITY_HEADER has char"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		struct identity_source source;
		const char *problem = NULL;
		int r = identity_source_find(&cases[i].variables, &arena, &source, &problem);

		ck_assert_int_eq(r, cases[i].error);
		ck_assert_msg(problem && strstr(problem, cases[i].part), "%zu: %s", i, problem);
		ck_assert_ptr_null(strstr(problem, "canary"));
		arena_done(&arena);
	}
}
END_TEST

START_TEST(nothing_leaves_the_machine_in_the_clear)
{
	static const struct {
		const char *url;
		bool is_fine;
	} cases[] = {
		{"http://127.0.0.1:41056/msi/token/", true},
		{"http://127.8.9.10/msi/token", true},
		{"http://169.254.129.2:8081/msi/token", true},
		{"http://LOCALHOST/msi/token", true},
		{"http://[::1]:8081/msi/token", true},
		{"http://[fe80::1]/msi/token", true},
		{"https://tokens.example.com/msi/token", true},
		{"http://tokens.example.com/msi/token", false},
		{"http://10.0.0.4:8081/msi/token", false},
		{"http://169.253.0.1/msi/token", false},
		{"http://169.254.0.1.example.com/msi/token", false},
		{"http://localhost.example.com/msi/token", false},
		{"http://127.1/msi/token", false},
		{"http://2130706433/msi/token", false},
		{"http://0x7f.0.0.1/msi/token", false},
		{"http://[2001:db8::1]/msi/token", false},
		{"http://[::ffff:10.0.0.4]/msi/token", false},
		{"http://localhost@tokens.example.com/msi/token", false},
		{"http://127.0.0.1\\@tokens.example.com/", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct identity_variables all[] = {
			{.identity_endpoint = cases[i].url, .identity_header = "canary"},
			{.identity_endpoint = cases[i].url, .imds_endpoint = "http://localhost:40342"},
			{.pod_identity_authority_host = cases[i].url},
		};

		for (size_t j = 0; j < ARRAY_SIZE(all); j++) {
			struct arena arena = {0};
			struct identity_source source;
			const char *problem = NULL;
			int r = identity_source_find(&all[j], &arena, &source, &problem);

			ck_assert_int_eq(r, cases[i].is_fine ? 0 : -EINVAL);
			ck_assert_msg(!problem == cases[i].is_fine, "%s: %s", cases[i].url, problem);
			ck_assert_ptr_null(problem ? strstr(problem, "canary") : NULL);
			arena_done(&arena);
		}
	}
}
END_TEST

START_TEST(each_service_has_its_own_names)
{
	static const struct identity_variables metadata = {0},
					       app_service = {.identity_endpoint = LOCAL, .identity_header = "x"},
					       arc = {.has_arc_agent = true},
					       with_query = {.identity_endpoint = LOCAL "?v=1", .identity_header = "x"};
	static const struct desired_credential own = {0}, client = {.client_id = "c"}, object = {.object_id = "o"},
					       resource = {.resource_id = "/a/b"};
	static const struct {
		const struct identity_variables *variables;
		const struct desired_credential *desired;
		const char *query;
	} cases[] = {
		{&metadata, &own, "?api-version=2018-02-01&resource=" ENCODED},
		{&metadata, &client, "?api-version=2018-02-01&resource=" ENCODED "&client_id=c"},
		{&metadata, &object, "?api-version=2018-02-01&resource=" ENCODED "&object_id=o"},
		{&metadata, &resource, "?api-version=2018-02-01&resource=" ENCODED "&msi_res_id=%2Fa%2Fb"},
		{&app_service, &own, "?api-version=2019-08-01&resource=" ENCODED},
		{&app_service, &client, "?api-version=2019-08-01&resource=" ENCODED "&client_id=c"},
		{&app_service, &object, "?api-version=2019-08-01&resource=" ENCODED "&object_id=o"},
		{&app_service, &resource, "?api-version=2019-08-01&resource=" ENCODED "&mi_res_id=%2Fa%2Fb"},
		{&arc, &own, "?api-version=2020-06-01&resource=" ENCODED},
		{&arc, &client, "?api-version=2020-06-01&resource=" ENCODED "&client_id=c"},
		{&arc, &resource, "?api-version=2020-06-01&resource=" ENCODED "&msi_res_id=%2Fa%2Fb"},
		{&with_query, &own, "?v=1&api-version=2019-08-01&resource=" ENCODED},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = {0};
		struct identity_source source;
		const char *url, *problem;

		ck_assert_int_eq(identity_source_find(cases[i].variables, &arena, &source, &problem), 0);
		url = identity_source_request(&source, cases[i].desired, GRAPH, &arena);
		ck_assert_str_eq(strchr(url, '?'), cases[i].query);
		arena_done(&arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("identity_source");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, the_order_is_that_of_the_sdks);
	tcase_add_test(tcase, what_is_not_supported_is_said);
	tcase_add_test(tcase, nothing_leaves_the_machine_in_the_clear);
	tcase_add_test(tcase, each_service_has_its_own_names);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
