/* What Azure's own command line sent, replayed in its order against the simulated tenant. */
#include "sim_arm_client.h"

#include <stdio.h>
#include <stdlib.h>

#include "path.h"

static const char *file_name;

static cJSON *read_file(void)
{
	FILE *file = fopen(file_name, "r");
	char *text = calloc(1, 1 << 20);
	cJSON *json;

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, file), 0);
	fclose(file);
	json = cJSON_Parse(text);
	free(text);
	ck_assert_ptr_nonnull(json);
	return json;
}

START_TEST(every_captured_request_is_answered_as_azure_does)
{
	cJSON *json = read_file(), *request;
	int count = 0;

	cJSON_ArrayForEach (request, path_get(json, "requests")) {
		const cJSON *azure = path_get(request, "azure");
		int expected = (azure ? azure : path_get(request, "status"))->valueint;

		client_send(path_text(request, "method"), path_text(request, "target"), path_text(request, "body"));
		ck_assert_msg(client.response.status == expected, "%s: %s %s: %d, not %d: %s",
			      path_text(request, "label"), path_text(request, "method"), path_text(request, "target"),
			      client.response.status, expected, client.response.body);
		count++;
	}
	ck_assert_int_ge(count, 90);
	cJSON_Delete(json);
}
END_TEST

static void add(TCase *tcase)
{
	tcase_add_test(tcase, every_captured_request_is_answered_as_azure_does);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 64;
	file_name = argv[1];
	return arm_run("sim-captured", add);
}
