/* What is read from a token that nobody verified: the right member, cleaned, and nothing from what is no token. */
#include <check.h>
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "transport/token_claims.h"

/* HEADER.PAYLOAD.SIGNATURE with PAYLOAD encoded as base64url. */
static const char *make_token(struct arena *arena, const char *payload)
{
	unsigned char *base64 = arena_alloc(arena, strlen(payload) * 2 + 8);
	char *text = (char *)base64;

	EVP_EncodeBlock(base64, (const unsigned char *)payload, (int)strlen(payload));
	text[strcspn(text, "=")] = 0;
	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	return arena_printf(arena, "eyJhbGciOiJSUzI1NiJ9.%s.c2lnbmF0dXJl", text);
}

static struct token_claims read_claims(struct arena *arena, const char *payload)
{
	struct token_claims claims;

	ck_assert_msg(token_claims_read(make_token(arena, payload), arena, &claims) == 0, "%s", payload);
	return claims;
}

START_TEST(a_managed_identity_is_told)
{
	struct arena arena = {0};
	struct token_claims claims = read_claims(
		&arena, "{\"aud\":\"https://management.azure.com\",\"tid\":\"t\",\"appid\":\"a\",\"oid\":\"o\","
			"\"idtyp\":\"app\",\"xms_mirid\":\"/subscriptions/s/vm\",\"exp\":1790000000,\"roles\":[\"One."
			"All\",7,"
			"\"Two.All\"]}");

	ck_assert_str_eq(claims.audience, "https://management.azure.com");
	ck_assert_str_eq(claims.tenant_id, "t");
	ck_assert_str_eq(claims.app_id, "a");
	ck_assert_str_eq(claims.object_id, "o");
	ck_assert_str_eq(claims.identity_type, "app");
	ck_assert_str_eq(claims.resource_id, "/subscriptions/s/vm");
	ck_assert_int_eq(claims.expires_s, 1790000000);
	ck_assert_uint_eq(claims.roles.count, 2);
	ck_assert_str_eq(claims.roles.words[1], "Two.All");
	ck_assert_uint_eq(claims.scopes.count, 0);
	ck_assert(!claims.has_wids);
	ck_assert_ptr_null(claims.user_name);
	arena_done(&arena);
}
END_TEST

START_TEST(a_person_is_told)
{
	struct arena arena = {0};
	struct token_claims claims = read_claims(
		&arena, "{\"azp\":\"cli\",\"preferred_username\":\"ada@contoso.com\",\"scp\":\" A.Read  B.Write \","
			"\"wids\":[],\"exp\":\"tomorrow\",\"appid\":\"\"}");

	ck_assert_str_eq(claims.app_id, "cli");
	ck_assert_str_eq(claims.user_name, "ada@contoso.com");
	ck_assert_uint_eq(claims.scopes.count, 2);
	ck_assert_str_eq(claims.scopes.words[0], "A.Read");
	ck_assert_str_eq(claims.scopes.words[1], "B.Write");
	ck_assert(claims.has_wids);
	ck_assert_uint_eq(claims.wids.count, 0);
	ck_assert_int_eq(claims.expires_s, 0);
	ck_assert_ptr_null(claims.audience);
	arena_done(&arena);
}
END_TEST

START_TEST(what_a_terminal_would_obey_is_not_shown)
{
	struct arena arena = {0};
	char payload[3000];
	struct token_claims claims;

	memset(payload, 'x', sizeof(payload));
	memcpy(payload, "{\"upn\":\"\xc3\xa4", 10);
	memcpy(payload + sizeof(payload) - 3, "\"}", 3);
	claims = read_claims(&arena, payload);
	ck_assert_uint_eq(strlen(claims.user_name), 400);
	ck_assert_int_eq(strncmp(claims.user_name, "??xx", 4), 0);
	claims = read_claims(&arena, "{\"oid\":\"a\\u001b[2Jb\"}");
	ck_assert_str_eq(claims.object_id, "a?[2Jb");
	arena_done(&arena);
}
END_TEST

START_TEST(what_is_no_token_is_refused)
{
	static const char *const tokens[] = {"",         "opaque",   "a.b",     "..",           "a..c",
					     "a.e30x.c", "a.!!!!.c", "a.W10.c", "a.eyJhIjox.c", "a.e30A.c"};
	struct arena arena = {0};
	struct token_claims claims;

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++)
		ck_assert_msg(token_claims_read(tokens[i], &arena, &claims) == -EBADMSG, "%s", tokens[i]);
	ck_assert_int_eq(token_claims_read("a.e30.c", &arena, &claims), 0);
	arena_done(&arena);
}
END_TEST

START_TEST(a_token_for_something_else_is_noticed)
{
	static const struct {
		const char *audience;
		bool is_right;
	} cases[] = {
		{"https://graph.microsoft.com", true},
		{"https://graph.microsoft.com/", true},
		{"HTTPS://Graph.Microsoft.com", true},
		{NULL, true},
		{"00000003-0000-0000-c000-000000000000", true},
		{"https://management.azure.com", false},
		{"https://graph.microsoft.com.evil.example", false},
		{"https://graph.microsoft.co", false},
		{"https://graph.microsoft.com/x", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct token_claims claims = {.audience = cases[i].audience};

		ck_assert_msg(token_claims_are_for(&claims, "https://graph.microsoft.com") == cases[i].is_right, "%zu",
			      i);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("token_claims");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, a_managed_identity_is_told);
	tcase_add_test(tcase, a_person_is_told);
	tcase_add_test(tcase, what_a_terminal_would_obey_is_not_shown);
	tcase_add_test(tcase, what_is_no_token_is_refused);
	tcase_add_test(tcase, a_token_for_something_else_is_noticed);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
