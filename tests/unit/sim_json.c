/* JSON as text, and read: the same as the library's. */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_print.h"
#include "json_read.h"

/* JSON as we print it is what the library prints of LIKE. */
static void check(const cJSON *json, const cJSON *like)
{
	char *expected = cJSON_PrintUnformatted(like), *text;
	size_t length;

	ck_assert_ptr_nonnull(expected);
	text = json_print(json, &length);
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(length, strlen(expected));
	free(text);
	cJSON_free(expected);
}

START_TEST(numbers_are_spelled_as_the_library_does)
{
	static const double numbers[] = {
		0,
		-0.0,
		1,
		-1,
		42,
		1e14,
		999999999999999,
		-999999999999999,
		1e15,
		-1e15,
		1e16,
		1e21,
		123456789,
		0.5,
		-2.5,
		0.1,
		1.0 / 3,
		1e-7,
		1.5e300,
		2147483647,
		-7.0,
		1e17,
		NAN,
		INFINITY,
		-INFINITY,
		9007199254740993.0,
		4294967296.0,
		2147483647000.0,
	};
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		cJSON_AddItemToArray(array, cJSON_CreateNumber(numbers[i]));
	check(array, array);
	cJSON_Delete(array);
}
END_TEST

/* Every byte, at every place of a word of eight and behind the last one. */
START_TEST(texts_are_escaped_as_the_library_does)
{
	for (int c = 1; c < 256; c++) {
		for (size_t place = 0; place < 20; place++) {
			char text[21] = "abcdefghijklmnopqrst";
			cJSON *object = cJSON_CreateObject();

			text[place] = (char)c;
			cJSON_AddStringToObject(object, text, text);
			check(object, object);
			cJSON_Delete(object);
		}
	}
}
END_TEST

START_TEST(structures_are_written_as_the_library_does)
{
	static const char *const texts[] = {
		"null", "true", "false",        "\"\"",
		"{}",   "[]",   "[[],{},[{}]]", "{\"a\":{\"b\":[1,\"x\",null,true,false,{\"\":\"\"}]},\"c\":[]}",
	};
	cJSON *raw = cJSON_CreateRaw("{ \"as\" : \"it is\" }");

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		cJSON *json = cJSON_Parse(texts[i]);

		check(json, json);
		cJSON_Delete(json);
	}
	check(raw, raw);
	cJSON_Delete(raw);
}
END_TEST

/* Larger than the first block: it must grow in the middle of everything. */
START_TEST(long_texts_fit)
{
	cJSON *array = cJSON_CreateArray();

	for (int i = 0; i < 3000; i++) {
		char text[64];

		snprintf(text, sizeof(text), "\x01\"number\" %d\\", i * i);
		cJSON_AddItemToArray(array, cJSON_CreateString(text));
	}
	check(array, array);
	cJSON_Delete(array);
}
END_TEST

/* Also cut off everywhere: the same verdict, the same place of the error, and nothing past the end is looked at. */
START_TEST(reads_what_the_library_reads)
{
	static const char *const texts[] = {
		"{\"a\":{\"b\":[1,-2,0,-0,0.5,1e3,007,123456789012345,1234567890123456,99999999999999999999]},\"c\":[]"
		"}",
		"{ \"x\" : \"plain\" ,\n\"\\u0041\\n\\\"\":\"esc\\t\\u00fc\",\"\":\"\", "
		"\"n\":null,\"t\":true,\"f\":false}",
		"{\"a\":1,\"a\":2,\"a name that is much too long to be shared between all members\":[[],{},[{}]]}",
		"[1,]",
		"{\"a\":1,}",
		"{a:1}",
		"[1 2]",
		"{\"a\" 1}",
		"tru",
		"nul]",
		"[-]",
		"[1.]",
		"[--1]",
		"[+1]",
		"\xef\xbb\xbf{}",
		"{} trailing",
		"\"\\ud800\"",
		"[\"\\x\"]",
		"",
		" ",
		"\"open",
		"1",
		"-1",
		"\"\"",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		for (size_t length = 0; length <= strlen(texts[i]); length++) {
			char *cut = malloc(length ? length : 1);
			const char *end = NULL, *expected_end = NULL;
			cJSON *json, *expected;

			/* In a block that ends with the text, where the sanitizer sees a byte too many. */
			memcpy(cut, texts[i], length);
			json = json_read(cut, length, &end);
			expected = cJSON_ParseWithLengthOpts(cut, length, &expected_end, false);
			ck_assert_msg(!json == !expected, "%s, %zu bytes", texts[i], length);
			ck_assert_ptr_eq(end, expected_end);
			if (json)
				check(json, expected);
			cJSON_Delete(json);
			cJSON_Delete(expected);
			free(cut);
		}
	}
}
END_TEST

/* The library must be able to change what was read: it finds the last item by the first, and frees names by a flag. */
START_TEST(what_was_read_can_be_changed)
{
	static const char text[] = "{\"a\":[1,2,3],\"b\":\"x\",\"c\":{\"b\":1}}";
	const char *end;
	cJSON *json = json_read(text, strlen(text), &end), *item, *copy;

	cJSON_AddItemToArray(cJSON_GetObjectItem(json, "a"), cJSON_CreateNumber(4));
	cJSON_ReplaceItemInObjectCaseSensitive(json, "b", cJSON_CreateString("y"));
	item = cJSON_DetachItemFromObject(json, "c");
	cJSON_AddItemToObject(json, "d", item);
	copy = cJSON_Duplicate(json, true);
	cJSON_Delete(json);
	json = cJSON_Parse("{\"a\":[1,2,3,4],\"b\":\"y\",\"d\":{\"b\":1}}");
	ck_assert(cJSON_Compare(json, copy, true));
	cJSON_Delete(json);
	cJSON_Delete(copy);
}
END_TEST

START_TEST(deep_nesting_is_the_librarys)
{
	enum { DEPTH = 900 };
	char text[2 * DEPTH + 1];
	const char *end;
	cJSON *json;

	memset(text, '[', DEPTH);
	memset(text + DEPTH, ']', DEPTH);
	text[sizeof(text) - 1] = 0;
	json = json_read(text, sizeof(text) - 1, &end);
	ck_assert_ptr_nonnull(json);
	check(json, json);
	cJSON_Delete(json);
	ck_assert_ptr_null(json_read(text, DEPTH, &end));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim-json");
	TCase *tcase = tcase_create("json");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, numbers_are_spelled_as_the_library_does);
	tcase_add_test(tcase, texts_are_escaped_as_the_library_does);
	tcase_add_test(tcase, structures_are_written_as_the_library_does);
	tcase_add_test(tcase, long_texts_fit);
	tcase_add_test(tcase, reads_what_the_library_reads);
	tcase_add_test(tcase, what_was_read_can_be_changed);
	tcase_add_test(tcase, deep_nesting_is_the_librarys);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
