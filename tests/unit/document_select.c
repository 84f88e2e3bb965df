/* --instance: what is left of the status document. */
#include "page/document_select.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attributes.h"

static const char document[] =
	"{\"summary\":{\"installations\":3,\"in_sync\":1,\"ready\":1,\"blocked\":2,\"withheld\":1},\"tenants\":["
	"{\"name\":\"contoso\",\"instances\":["
	"{\"name\":\"production\",\"in_sync\":true,\"ready\":true,\"conditions\":[{\"type\":\"Ready\",\"blocking\":"
	"false}],"
	"\"withheld\":[]},"
	"{\"name\":\"lab\",\"in_sync\":false,\"ready\":false,\"conditions\":[{\"type\":\"SlotIsV1\",\"blocking\":true}]"
	","
	"\"withheld\":[{\"kind\":\"role-assignment\"}]}],"
	"\"events\":[{\"instance\":\"lab\"},{\"instance\":\"production\"},{\"instance\":\"lab\"}]},"
	"{\"name\":\"fabrikam\",\"instances\":["
	"{\"name\":\"production\",\"in_sync\":false,\"ready\":false,\"conditions\":[{\"type\":\"SlotIsV1\","
	"\"blocking\":true}],"
	"\"withheld\":[]}],\"events\":[]}]}";

static const struct {
	const char *names[2];
	size_t count;
	const char *left, *summary;
} selections[] = {
	{{NULL},
	 0,
	 "contoso/production contoso/lab 3 events; fabrikam/production 0 events; ",
	 "{\"installations\":3,\"in_sync\":1,\"ready\":1,\"blocked\":2,\"withheld\":1}"},
	{{"lab"},
	 1,
	 "contoso/lab 2 events; ",
	 "{\"installations\":1,\"in_sync\":0,\"ready\":0,\"blocked\":1,\"withheld\":1}"},
	{{"fabrikam/production"},
	 1,
	 "fabrikam/production 0 events; ",
	 "{\"installations\":1,\"in_sync\":0,\"ready\":0,\"blocked\":1,\"withheld\":0}"},
	{{"contoso/production", "fabrikam/production"},
	 2,
	 "contoso/production 1 events; fabrikam/production 0 events; ",
	 "{\"installations\":2,\"in_sync\":1,\"ready\":1,\"blocked\":1,\"withheld\":0}"},
	{{"contoso/"}, 1, "", "{\"installations\":0,\"in_sync\":0,\"ready\":0,\"blocked\":0,\"withheld\":0}"},
};

START_TEST(what_is_left)
{
	cJSON *status = cJSON_Parse(document);
	const cJSON *tenant, *instance;
	char left[256] = "", *summary;
	size_t length = 0;

	ck_assert_ptr_nonnull(status);
	document_select(status, selections[_i].names, selections[_i].count);
	cJSON_ArrayForEach (tenant, cJSON_GetObjectItem(status, "tenants")) {
		cJSON_ArrayForEach (instance, cJSON_GetObjectItem(tenant, "instances")) {
			length += (size_t)snprintf(left + length, sizeof(left) - length, "%s/%s ",
						   cJSON_GetObjectItem(tenant, "name")->valuestring,
						   cJSON_GetObjectItem(instance, "name")->valuestring);
		}
		length += (size_t)snprintf(left + length, sizeof(left) - length, "%d events; ",
					   cJSON_GetArraySize(cJSON_GetObjectItem(tenant, "events")));
	}
	ck_assert_str_eq(left, selections[_i].left);
	summary = cJSON_PrintUnformatted(cJSON_GetObjectItem(status, "summary"));
	ck_assert_str_eq(summary, selections[_i].summary);
	free(summary);
	cJSON_Delete(status);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("document_select");
	TCase *tests = tcase_create("select");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, what_is_left, 0, ARRAY_SIZE(selections));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
