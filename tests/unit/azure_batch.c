/* Graph's $batch: what is written, and that each part gets its own answer or none, never somebody else's. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "transport/batch.h"
#include "world/json.h"

START_TEST(parts_are_written_relative_to_the_version)
{
	static const char *const urls[] = {"https://graph.example/v1.0/users?$filter=a%20eq%20'b'",
					   "https://graph.example/v1.0/groups?$count=true&$search=\"x\""};
	struct buffer body;

	buffer_init(&body, 4096);
	batch_write(urls, 2, &body);
	ck_assert_str_eq(body.data,
			 "{\"requests\":[{\"id\":\"1\",\"method\":\"GET\",\"url\":\"/users?$filter=a%20eq%20'b'\"},"
			 "{\"id\":\"2\",\"method\":\"GET\",\"url\":\"/groups?$count=true&$search=\\\"x\\\"\","
			 "\"headers\":{\"ConsistencyLevel\":\"eventual\"}}]}");
	buffer_done(&body);
}
END_TEST

struct parts {
	struct arena arena;
	struct reply replies[BATCH_MAX];
	cJSON *json;
};

static void read_answer(struct parts *parts, int status, const char *body, size_t count)
{
	struct reply reply = {.type = REPLY_ANSWER, .status = status, .body = body, .body_length = strlen(body)};

	reply.headers[REPLY_DATE] = "Sun, 06 Nov 1994 08:49:37 GMT";
	*parts = (struct parts){0};
	batch_read(&reply, count, &parts->arena, parts->replies, &parts->json);
}

static void parts_done(struct parts *parts)
{
	cJSON_Delete(parts->json);
	arena_done(&parts->arena);
}

START_TEST(parts_come_in_any_order)
{
	struct parts parts;

	read_answer(&parts, 200,
		    "{\"responses\":[{\"id\":\"2\",\"status\":404,\"body\":{\"error\":{\"code\":\"Request_"
		    "ResourceNotFound\"}}},"
		    "{\"id\":\"3\",\"status\":429,\"headers\":{\"Retry-After\":\"7\"}},"
		    "{\"id\":\"1\",\"status\":200,\"headers\":{\"Retry-After\":5},\"body\":{\"n\":1}}]}",
		    3);
	ck_assert_int_eq(parts.replies[0].status, 200);
	ck_assert_int_eq(json_get(parts.replies[0].json, "n")->valueint, 1);
	ck_assert_str_eq(parts.replies[0].headers[REPLY_RETRY_AFTER], "5");
	ck_assert_int_eq(reply_date_s(&parts.replies[0]), 784111777);
	ck_assert_int_eq(parts.replies[1].status, 404);
	ck_assert_int_eq(parts.replies[2].status, 429);
	ck_assert_str_eq(parts.replies[2].headers[REPLY_RETRY_AFTER], "7");
	parts_done(&parts);
}
END_TEST

START_TEST(what_cannot_be_attributed_is_garbage)
{
	static const char *const bodies[] = {
		"{\"responses\":[]}",
		"{\"responses\":[{\"id\":\"2\",\"status\":200,\"body\":{}}]}",
		"{\"responses\":[{\"id\":\"0\",\"status\":200,\"body\":{}}]}",
		"{\"responses\":[{\"id\":1,\"status\":200,\"body\":{}}]}",
		"{\"responses\":[{\"id\":\"1\",\"body\":{}}]}",
		"{\"responses\":[{\"id\":\"1\",\"status\":\"200\",\"body\":{}}]}",
		"{\"responses\":[{\"id\":\"1\",\"status\":99,\"body\":{}}]}",
		"{\"responses\":[{\"id\":\"1\",\"status\":200,\"body\":\"eA==\"}]}",
		"{\"responses\":[{\"id\":\"1\",\"status\":200,\"body\":{}},{\"id\":\"1\",\"status\":200,\"body\":{}}]}",
		"{\"responses\":{}}",
		"[]",
		"{\"resp",
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct parts parts;

		read_answer(&parts, 200, bodies[i], 1);
		ck_assert_msg(parts.replies[0].type == REPLY_LOST && parts.replies[0].is_garbled, "%s", bodies[i]);
		parts_done(&parts);
	}
}
END_TEST

START_TEST(an_answer_about_the_batch_is_not_one_about_a_part)
{
	static const struct {
		int status;
		bool is_shared;
	} cases[] = {{401, true},  {429, true},  {503, true},  {408, true}, {404, false},
		     {400, false}, {403, false}, {302, false}, {204, false}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct parts parts;

		read_answer(&parts, cases[i].status, "{\"error\":{\"code\":\"NotFound\"}}", 2);
		for (size_t part = 0; part < 2; part++) {
			ck_assert_int_eq(parts.replies[part].type, cases[i].is_shared ? REPLY_ANSWER : REPLY_LOST);
			ck_assert_int_eq(parts.replies[part].is_garbled, !cases[i].is_shared);
		}
		parts_done(&parts);
	}
}
END_TEST

START_TEST(a_lost_batch_is_lost_for_each_part)
{
	struct reply reply = {.type = REPLY_LOST, .was_sent = true, .message = "gone"}, replies[BATCH_MAX];
	struct arena arena = {0};
	cJSON *json;

	batch_read(&reply, BATCH_MAX, &arena, replies, &json);
	for (size_t i = 0; i < BATCH_MAX; i++)
		ck_assert_str_eq(replies[i].message, "gone");
	ck_assert_ptr_null(json);
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("azure_batch");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, parts_are_written_relative_to_the_version);
	tcase_add_test(tcase, parts_come_in_any_order);
	tcase_add_test(tcase, what_cannot_be_attributed_is_garbage);
	tcase_add_test(tcase, an_answer_about_the_batch_is_not_one_about_a_part);
	tcase_add_test(tcase, a_lost_batch_is_lost_for_each_part);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
