/* What a token says of whom it was issued to, good and hostile ones. */
#include <check.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "doctor/claims.h"

/* header.PAYLOAD.signature as an issuer writes it: base64url without padding. */
static const char *token_of(struct arena *arena, const char *payload)
{
	size_t length = strlen(payload);
	char *text = arena_alloc(arena, length * 2 + 8);

	EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)payload, (int)length);
	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? 0 : *p;
	return arena_printf(arena, "eyJhbGciOiJSUzI1NiJ9.%s.c2ln", text);
}

static const char *list_of(struct arena *arena, const char *const *list, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s%s%s", text, i ? "," : "", list[i]);
	return text;
}

static const struct {
	const char *payload, *expected;
} readable[] = {
	{"{\"appid\":\"a\",\"oid\":\"o\",\"tid\":\"t\",\"idtyp\":\"app\",\"exp\":1790000000,\"roles\":[\"R.A\",\"R.B\"]"
	 "}",
	 "application a o t - - 1790000000 R.A,R.B"},
	{"{\"azp\":\"a\",\"oid\":\"o\",\"tid\":\"t\"}", "application a o t - - 0 "},
	{"{\"appid\":\"a\",\"oid\":\"o\",\"idtyp\":\"app\",\"xms_mirid\":\"/subscriptions/s/x\"}",
	 "managed_identity a o - - /subscriptions/s/x 0 "},
	{"{\"appid\":\"a\",\"oid\":\"o\",\"upn\":\"u@x\",\"scp\":\" S.A  S.B \",\"roles\":[\"not of an app\"]}",
	 "user a o - u@x - 0 S.A,S.B"},
	{"{\"appid\":\"a\",\"idtyp\":\"user\",\"preferred_username\":\"p\"}", "user a - - p - 0 "},
	{"{\"appid\":\"a\",\"unique_name\":\"n\"}", "user a - - n - 0 "},
	{"{}", "unknown - - - - - 0 "},
	/* Of other types than they should be, or empty: as if they were not there. */
	{"{\"appid\":7,\"oid\":\"\",\"tid\":null,\"roles\":\"R\",\"exp\":\"1\",\"wids\":{}}", "unknown - - - - - 0 "},
	{"{\"appid\":\"a\",\"exp\":1e300}", "application a - - - - 0 "},
	{"{\"appid\":\"a\",\"exp\":-5}", "application a - - - - 0 "},
	{"{\"appid\":\"a\",\"roles\":[1,\"R\",null]}", "application a - - - - 0 R"},
	/* Nothing that a terminal would obey. */
	{"{\"appid\":\"a\\u001b[2Jb\\nc\\u202e\\u007f\"}", "application a?[2Jb?c???? - - - - 0 "},
};

START_TEST(identities_are_read)
{
	struct arena arena = {0};
	struct claims c;

	ck_assert(claims_read(token_of(&arena, readable[_i].payload), &arena, &c));
	ck_assert_str_eq(arena_printf(&arena, "%s %s %s %s %s %s %lld %s", identity_type_name(c.type),
				      c.app_id ? c.app_id : "-", c.object_id ? c.object_id : "-",
				      c.tenant_id ? c.tenant_id : "-", c.user_name ? c.user_name : "-",
				      c.resource_id ? c.resource_id : "-", (long long)c.expires_s,
				      list_of(&arena, c.permissions, c.permission_count)),
			 readable[_i].expected);
	arena_done(&arena);
}
END_TEST

START_TEST(directory_roles_are_known_or_not)
{
	struct arena arena = {0};
	struct claims claims;

	ck_assert(claims_read(token_of(&arena, "{\"upn\":\"u\",\"wids\":[\"a\",\"b\"]}"), &arena, &claims));
	ck_assert(claims.has_person_roles);
	ck_assert_str_eq(list_of(&arena, claims.person_roles, claims.person_role_count), "a,b");
	ck_assert(claims_read(token_of(&arena, "{\"upn\":\"u\"}"), &arena, &claims));
	ck_assert(!claims.has_person_roles);
	arena_done(&arena);
}
END_TEST

static const char *const unreadable[] = {
	"",
	"opaque",
	"a.b",
	"..",
	"a.*.c",
	"a.e.c",
	"a.YQ.c",       /* a */
	"a.W10.c",      /* [] */
	"a.e30e30.c",   /* {}{} */
	"a.eyJhIjox.c", /* {"a":1 */
};

START_TEST(what_is_no_token_is_refused)
{
	struct arena arena = {0};
	struct claims claims;

	ck_assert(!claims_read(unreadable[_i], &arena, &claims));
	arena_done(&arena);
}
END_TEST

START_TEST(what_is_too_long_is_cut_or_refused)
{
	struct arena arena = {0};
	struct claims claims;
	size_t length = 70000;
	char *payload = arena_alloc(&arena, length + 16), *name = arena_alloc(&arena, 1000);

	memset(payload, ' ', length);
	memcpy(payload, "{\"a\":1}", 7);
	ck_assert(!claims_read(token_of(&arena, payload), &arena, &claims));
	memset(name, 'n', 999);
	ck_assert(claims_read(token_of(&arena, arena_printf(&arena, "{\"oid\":\"%s\"}", name)), &arena, &claims));
	ck_assert_uint_eq(strlen(claims.object_id), 400);
	arena_done(&arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("claims");
	TCase *tcase = tcase_create("claims");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, identities_are_read, 0, ARRAY_SIZE(readable));
	tcase_add_test(tcase, directory_roles_are_known_or_not);
	tcase_add_loop_test(tcase, what_is_no_token_is_refused, 0, ARRAY_SIZE(unreadable));
	tcase_add_test(tcase, what_is_too_long_is_cut_or_refused);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
