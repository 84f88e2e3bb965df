/* The rules for names, at their edges; the messages are in the golden files. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "desired/listen.h"
#include "desired/names.h"
#include "desired/tree.h"

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10

struct name_case {
	const char *(*check)(const char *);
	const char *text;
	bool is_valid;
};

static const struct name_case cases[] = {
	{names_check_guid, "2f6f3f7c-0000-ABCD-0000-00000000000f", true},
	{names_check_guid, "2f6f3f7c-0000-0000-0000-00000000000", false},
	{names_check_guid, "{2f6f3f7c-0000-0000-0000-000000000000}", false},
	{names_check_site, "ab", true},
	{names_check_site, "App-1", true},
	{names_check_site, A60, true},
	{names_check_site, A60 "a", false},
	{names_check_site, "a", false},
	{names_check_site, "a_b", false},
	{names_check_site, "ab-", false},
	{names_check_slot, "s", true},
	{names_check_slot, "Production", false},
	{names_check_slot, A60, false},
	{names_check_resource_group, "rg-scepman_(1).x", true},
	{names_check_resource_group, "b\xc3\xbcro", true},
	{names_check_resource_group, A60 A10 A10 A10, true},
	{names_check_resource_group, A60 A10 A10 A10 "a", false},
	{names_check_resource_group, "rg.", false},
	{names_check_resource_group, "a b", false},
	{names_check_storage_account, "abc", true},
	{names_check_storage_account, A10 A10 "1234", true},
	{names_check_storage_account, A10 A10 "12345", false},
	{names_check_storage_account, "Abc", false},
	{names_check_storage_account, "ab", false},
	{names_check_workspace_id, "/subscriptions/2f6f3f7c-0000-0000-0000-000000000000", false},
	{names_check_workspace_id,
	 "/SUBSCRIPTIONS/2f6f3f7c-0000-0000-0000-000000000000/resourcegroups/a/PROVIDERS/microsoft.operationalinsights/"
	 "Workspaces/abcd",
	 true},
	{names_check_workspace_id,
	 "/subscriptions/2f6f3f7c-0000-0000-0000-000000000000/resourceGroups/a/providers/Microsoft.OperationalInsights/"
	 "workspaces/abcd/",
	 false},
	{names_check_workspace_id,
	 "/subscriptions/2f6f3f7c-0000-0000-0000-000000000000/resourceGroups/a/providers/Microsoft.OperationalInsights/"
	 "workspaces/abc",
	 false},
	{names_check_workspace_id,
	 "/subscriptions/2f6f3f7c-0000-0000-0000-000000000000/resourceGroups//providers/Microsoft.OperationalInsights/"
	 "workspaces/abcd",
	 false},
	{names_check_workspace_id,
	 "/subscriptions/2f6f3f7c-0000-0000-0000-000000000000/resourceGroups/a/providers/Microsoft.Storage/workspaces/"
	 "abcd",
	 false},
	{names_check_label, "Contoso GmbH", true},
	{names_check_label, "a/b", false},
	{names_check_label, "a ", false},
	{names_check_label, A60 "aaaa", true},
	{names_check_label, A60 "aaaaa", false},
	{names_check_display_name, A60 A60, true},
	{names_check_display_name, A60 A60 "a", false},
	{names_check_principal, A60 A60 A60 A60 A10 "aaaaaa", true},
	{names_check_principal, A60 A60 A60 A60 A10 "aaaaaaa", false},
	{names_check_principal, " a", false},
	{names_check_dotnet_version, "8.0", true},
	{names_check_dotnet_version, "10.0", true},
	{names_check_dotnet_version, "10", false},
	{names_check_dotnet_version, "10.", false},
	{names_check_dotnet_version, "0.1", false},
	{names_check_dotnet_version, "100.0", false},
	{names_check_dotnet_version, "10.0.1", false},
	{names_check_absolute_path, "/", true},
	{names_check_absolute_path, "a", false},
	{names_check_https_url, "https://a", true},
	{names_check_https_url, "https://a.b.c:443", true},
	{names_check_https_url, "https://a/b/c", true},
	{names_check_https_url, "https://[2001:db8::1]/", true},
	{names_check_https_url, "https://[2001:db8::1]:65535", true},
	{names_check_https_url, "https://", false},
	{names_check_https_url, "https:///a", false},
	{names_check_https_url, "https://a:", false},
	{names_check_https_url, "https://a:0", false},
	{names_check_https_url, "https://a:65536", false},
	{names_check_https_url, "https://a:4a3", false},
	{names_check_https_url, "https://a..b", false},
	{names_check_https_url, "https://a.b-", false},
	{names_check_https_url, "https://[::1", false},
	{names_check_https_url, "https://[::g]", false},
	{names_check_https_url, "https://[::1]a", false},
	{names_check_https_url, "https://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]", false},
	{names_check_https_url, "https://a@b", false},
	{names_check_https_url, "https://a#b", false},
	{names_check_https_url, "https://a/b c", false},
	{names_check_https_url, "HTTPS://a", false},
	{names_check_https_url, "HTTP://a", false},
	{names_check_https_url, "ftp://a", false},
};

START_TEST(test_name)
{
	const struct name_case *c = &cases[_i];
	const char *complaint = c->check(c->text);

	ck_assert_msg(!complaint == c->is_valid, "\"%s\": %s", c->text, complaint ? complaint : "accepted");
	ck_assert(!complaint || text_has_prefix(complaint, "must ") || text_has_prefix(complaint, "cannot "));
}
END_TEST

START_TEST(test_mean)
{
	ck_assert(names_mean("app", "Contoso", "app"));
	ck_assert(names_mean("Contoso/app", "Contoso", "app"));
	ck_assert(!names_mean("Contoso/app", "Fabrikam", "app"));
	ck_assert(!names_mean("Contoso/app", "Contoso", "app-2"));
	ck_assert(!names_mean("Contoso/app-2", "Contoso", "app"));
	ck_assert(!names_mean("Contoso", "Contoso", "app"));
	ck_assert(!names_mean("Contoso/", "Contoso", "app"));
	ck_assert(!names_mean("Contosoapp", "Contoso", "app"));
	ck_assert(!names_mean("contoso/app", "Contoso", "app"));
	ck_assert(!names_mean("App", "Contoso", "app"));
}
END_TEST

START_TEST(test_listen)
{
	static const struct {
		const char *text, *host;
		unsigned port;
		bool is_loopback;
	} addresses[] = {
		{"127.0.0.1:9464", "127.0.0.1", 9464, true},
		{"127.1.2.3:0", "127.1.2.3", 0, true},
		{"0.0.0.0:65535", "0.0.0.0", 65535, false},
		{"[::1]:1", "::1", 1, true},
		{"[::]:1", "::", 1, false},
		{"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false},
		{"localhost:80", "127.0.0.1", 80, true},
		{"LocalHost:80", "127.0.0.1", 80, true},
	};
	struct listen_address address;

	ck_assert(listen_parse(addresses[_i].text, &address));
	ck_assert_int_eq(address.kind, LISTEN_TCP);
	ck_assert_str_eq(address.host, addresses[_i].host);
	ck_assert_uint_eq(address.port, addresses[_i].port);
	ck_assert(address.is_loopback == addresses[_i].is_loopback);
	ck_assert_ptr_null(listen_check(addresses[_i].text));
}
END_TEST

START_TEST(test_listen_elsewhere)
{
	struct listen_address address;

	ck_assert(listen_parse("off", &address));
	ck_assert(address.kind == LISTEN_OFF && address.is_loopback);
	ck_assert(listen_parse("unix:/run/scepmand/http.sock", &address));
	ck_assert(address.kind == LISTEN_UNIX && address.is_loopback);
	ck_assert_str_eq(address.path, "/run/scepmand/http.sock");
}
END_TEST

START_TEST(test_listen_nowhere)
{
	static const char *const texts[] = {
		"",
		"on",
		"9464",
		":9464",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:http",
		"127.0.0.1:65536",
		"127.0.0.1:-1",
		"127.1:80",
		"::1:80",
		"[::1]80",
		"[::1:80",
		"[]:80",
		"[]",
		"[:80",
		"[127.0.0.1]:80",
		"-a:80",
		"a b:80",
		"ops-1.example:80",
		"localhost.example:80",
		"[localhost]:80",
		"[fe80::1%lo]:80",
		"http://127.0.0.1:80",
		"unix:",
		"unix:http.sock",
		"unix:/" A60 A60,
		A60 A60 A60 A60 A60 ":80",
	};
	struct listen_address address = {.port = 1};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ck_assert_msg(!listen_parse(texts[i], &address), "%s", texts[i]);
		ck_assert_ptr_nonnull(listen_check(texts[i]));
	}
	ck_assert_uint_eq(address.port, 1);
}
END_TEST

START_TEST(test_scalar_types)
{
	static const struct {
		const char *text;
		enum tree_scalar type;
	} scalars[] = {
		{"", TREE_NULL},        {"~", TREE_NULL},          {"null", TREE_NULL},   {"nUll", TREE_TEXT},
		{"true", TREE_BOOLEAN}, {"FALSE", TREE_BOOLEAN},   {"yes", TREE_TEXT},    {"on", TREE_TEXT},
		{"0", TREE_NUMBER},     {"-12", TREE_NUMBER},      {"+1.5", TREE_NUMBER}, {".5", TREE_NUMBER},
		{"1e3", TREE_NUMBER},   {"1e", TREE_TEXT},         {"1E-3", TREE_NUMBER}, {"0x1F", TREE_NUMBER},
		{"0x", TREE_TEXT},      {"0o17", TREE_NUMBER},     {".inf", TREE_NUMBER}, {"-.INF", TREE_NUMBER},
		{".nan", TREE_NUMBER},  {".", TREE_TEXT},          {"-", TREE_TEXT},      {"10%", TREE_TEXT},
		{"15m", TREE_TEXT},     {"2026-01-01", TREE_TEXT}, {"1_000", TREE_TEXT},  {"1:30", TREE_TEXT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(scalars); i++) {
		ck_assert_msg(tree_scalar_type(scalars[i].text, true) == scalars[i].type, "%s", scalars[i].text);
		ck_assert_int_eq(tree_scalar_type(scalars[i].text, false), TREE_TEXT);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("desired_names");
	TCase *tcase = tcase_create("names");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_name, 0, (int)ARRAY_SIZE(cases));
	tcase_add_test(tcase, test_mean);
	tcase_add_loop_test(tcase, test_listen, 0, 8);
	tcase_add_test(tcase, test_listen_elsewhere);
	tcase_add_test(tcase, test_listen_nowhere);
	tcase_add_test(tcase, test_scalar_types);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
