/* Where tokens come from: a secret in a file, or the Azure CLI; and what is said when there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net_support.h"

static const struct request read_thing = {.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions/s"};

static void answer_with_token(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	answer->body = "{}";
	if (!request->authorization || strcmp(request->authorization, "Bearer token-from-az") != 0)
		answer->status = request->authorization ? 200 : 401;
}

static void expect_refusal(struct net *net, const char *part, const char *other)
{
	const struct net_answer *answer = net_ask(net, &read_thing);

	ck_assert_int_eq(answer->fault.class, FAULT_CREDENTIAL);
	ck_assert_msg(strstr(answer->fault.message, part) != NULL, "%s", answer->fault.message);
	ck_assert_msg(strstr(answer->fault.message, other) != NULL, "%s", answer->fault.message);
	ck_assert_ptr_null(strstr(answer->fault.message, "canary"));
	ck_assert_uint_eq(server_count(net->server, ""), 0);
}

START_TEST(what_the_token_endpoint_refuses_is_explained)
{
	static const struct {
		int status;
		const char *body, *part, *other;
	} cases[] = {
		{401,
		 "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: The provided client secret keys "
		 "for app "
		 "are expired.\\r\\nTrace ID: 1\"}",
		 "expired; create a new one with: az ad app credential reset --id 22222222-2222-2222-2222-222222222222 "
		 "--append",
		 "AADSTS7000222"},
		{401,
		 "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret "
		 "provided.\"}",
		 "is wrong", "22222222-2222-2222-2222-222222222222"},
		{400, "{\"error\":\"invalid_request\",\"error_description\":\"AADSTS90002: Tenant not found.\"}",
		 "there is no tenant", "11111111-1111-1111-1111-111111111111"},
		{400,
		 "{\"error\":\"unauthorized_client\",\"error_description\":\"AADSTS700016: Application not found\"}",
		 "there is no application", "11111111-1111-1111-1111-111111111111"},
		{400, "{\"error\":\"invalid_request\",\"error_description\":\"AADSTS99: Something else.\"}",
		 "Something else", "No token for application"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct net net;

		net_init(&net, answer_with_token);
		server_set_login(net.server, cases[i].status, cases[i].body);
		net_connect(&net);
		expect_refusal(&net, cases[i].part, cases[i].other);
		ck_assert_uint_eq(server_logins(net.server), 1);
		net_done(&net);
	}
}
END_TEST

START_TEST(a_secret_that_is_not_there_is_explained)
{
	struct net net;

	net_init(&net, answer_with_token);
	net.tenant.credential.client_secret_file = "/nonexistent/secret";
	net_connect(&net);
	expect_refusal(&net, "/nonexistent/secret", "client_secret_file");
	net_done(&net);

	net_init(&net, answer_with_token);
	net_write_file(&net, "secret", "\n");
	net_connect(&net);
	expect_refusal(&net, "is empty", "client secret");
	net_done(&net);
}
END_TEST

START_TEST(a_secret_that_everybody_reads_is_refused)
{
	const struct net_answer *answer;
	struct net net;

	net_init(&net, answer_with_token);
	ck_assert_int_eq(chmod(net.tenant.credential.client_secret_file, 0644), 0);
	net_connect(&net);
	answer = net_ask(&net, &read_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_CREDENTIAL);
	ck_assert_ptr_nonnull(strstr(answer->fault.message, "chmod o= '"));
	ck_assert_ptr_null(strstr(answer->fault.message, "canary"));
	ck_assert_uint_eq(server_count(net.server, ""), 0);
	net_done(&net);
}
END_TEST

static void refuse_first_token(void *arg _unused_, const struct server_request *request, struct server_answer *answer)
{
	answer->body = "{}";
	if (strcmp(request->authorization, "Bearer token-1") == 0 && request->number > 1)
		answer->status = 401;
}

START_TEST(a_new_secret_is_read_without_a_restart)
{
	struct net net;

	net_init(&net, refuse_first_token);
	net_connect(&net);
	ck_assert_int_eq(net_ask(&net, &read_thing)->fault.class, FAULT_NONE);
	net_write_file(&net, "secret", "rotated");
	ck_assert_int_eq(net_ask(&net, &read_thing)->fault.class, FAULT_NONE);
	ck_assert_ptr_nonnull(strstr(server_last_login(net.server), "client_secret=rotated"));
	net_done(&net);
}
END_TEST

/* A program called az that does what SCRIPT says. */
static void use_az(struct net *net, const char *script)
{
	const char *az;

	net_init(net, answer_with_token);
	az = net_write_file(net, "az", arena_printf(&net->arena, "#!/bin/sh\n%s\n", script));
	ck_assert_int_eq(chmod(az, 0755), 0);
	setenv("PATH", arena_printf(&net->arena, "%s:/usr/bin:/bin", net->directory), 1);
	net->tenant.credential = (struct desired_credential){.type = CREDENTIAL_AZURE_CLI};
	net_connect(net);
}

START_TEST(the_azure_cli_gives_a_token)
{
	static const char *const scripts[] = {
		/* Also looks at what it is asked. */
		"test \"$1 $2 $3 $4 $5 $7\" = 'account get-access-token -o json --resource --tenant' || exit 9\n"
		"echo \"{\\\"accessToken\\\":\\\"token-from-az\\\",\\\"expires_on\\\":$(($(date +%s) + 3600))}\"",
		"echo \"{\\\"accessToken\\\":\\\"token-from-az\\\",\\\"expiresOn\\\":\\\"$(date -d '+1 hour' "
		"'+%Y-%m-%d "
		"%H:%M:%S').000000\\\"}\"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct net net;

		use_az(&net, scripts[i]);
		ck_assert_msg(net_ask(&net, &read_thing)->fault.class == FAULT_NONE, "%s",
			      net.answers[0].fault.message);
		ck_assert_uint_eq(server_logins(net.server), 0);
		net_done(&net);
	}
}
END_TEST

START_TEST(what_the_azure_cli_cannot_do_is_explained)
{
	static const struct {
		const char *script, *part;
	} cases[] = {
		{"echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1",
		 "nobody is logged in with the Azure CLI as the user that this process runs as; run: az login "
		 "--tenant 11111111"},
		{"echo 'ERROR: AADSTS50076: Due to a change made by your administrator, you must use multi-factor "
		 "authentication' >&2; echo 'Interactive authentication is needed. Please run:' >&2; echo 'az login' "
		 ">&2; exit 1",
		 "does not hold any more, or needs a second factor; run: az login --tenant 11111111"},
		{"echo 'ERROR: unrecognized arguments: --tenant' >&2; exit 2", "too old"},
		{"echo 'ERROR: out of disk' >&2; exit 3", "failed with status 3: out of disk"},
		{"echo '{}'", "printed no accessToken"},
		{"echo '{\"accessToken\":\"x\",\"expires_on\":1}'", "expired already"},
		{"kill -9 $$", "failed with status 137"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct net net;

		use_az(&net, cases[i].script);
		expect_refusal(&net, cases[i].part, "a");
		net_done(&net);
	}
}
END_TEST

START_TEST(without_an_azure_cli_it_says_so)
{
	struct net net;

	use_az(&net, "exit 0");
	setenv("PATH", "/nonexistent", 1);
	expect_refusal(&net, "not installed", "apt install azure-cli");
	net_done(&net);
}
END_TEST

START_TEST(closing_does_not_wait_for_the_azure_cli)
{
	struct net net;

	use_az(&net, "exec sleep 60");
	net_send(&net, 0, &read_thing);
	uv_run(&net.loop, UV_RUN_NOWAIT);
	uv_run(&net.loop, UV_RUN_NOWAIT);
	net_done(&net);
	ck_assert_int_eq(net.answers[0].fault.class, FAULT_REFUSED);
}
END_TEST

START_TEST(the_azure_cli_is_told_no_secret)
{
	struct net net;

	setenv("AZURE_CLIENT_SECRET", "canary", 1);
	setenv("AZURE_CONFIG_DIR", "/kept", 1);
	use_az(&net, "test -z \"$AZURE_CLIENT_SECRET\" -a \"$AZURE_CONFIG_DIR\" = /kept || exit 9\n"
		     "echo '{\"accessToken\":\"token-from-az\",\"expires_on\":\"9999999999\"}'");
	ck_assert_msg(net_ask(&net, &read_thing)->fault.class == FAULT_NONE, "%s", net.answers[0].fault.message);
	net_done(&net);
}
END_TEST

/* 'Z' for a process that ended and that its parent has not asked after, 0 when there is none. */
static char process_state(const char *pid, struct arena *arena)
{
	FILE *stream = fopen(arena_printf(arena, "/proc/%s/stat", pid), "re");
	char state = 0;

	if (!stream)
		return 0;
	ck_assert_int_eq(fscanf(stream, "%*d (%*[^)]) %c", &state), 1);
	fclose(stream);
	return state;
}

START_TEST(what_the_azure_cli_started_ends_with_it)
{
	struct arena arena = {0};
	struct net net;
	char pid[16] = "", state;
	const char *path;
	FILE *stream;

	use_az(&net, "sleep 600 & echo $! > \"$0.pid\"; mv \"$0.pid\" \"${0%/az}/secret\"; wait");
	path = arena_copy_text(&arena, net_write_file(&net, "secret", ""));
	net_send(&net, 0, &read_thing);
	while (!pid[0]) {
		uv_run(&net.loop, UV_RUN_NOWAIT);
		stream = fopen(path, "re");
		ck_assert_ptr_nonnull(stream);
		if (fscanf(stream, "%15s", pid) != 1)
			pid[0] = 0;
		fclose(stream);
	}
	ck_assert_int_ne(process_state(pid, &arena), 0);
	net_done(&net);
	/* It was killed, and has perhaps not noticed yet. */
	do {
		state = process_state(pid, &arena);
	} while (state && state != 'Z');
	arena_done(&arena);
}
END_TEST

TCase *net_login_case(void)
{
	TCase *tcase = tcase_create("login");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, what_the_token_endpoint_refuses_is_explained);
	tcase_add_test(tcase, a_secret_that_is_not_there_is_explained);
	tcase_add_test(tcase, a_secret_that_everybody_reads_is_refused);
	tcase_add_test(tcase, a_new_secret_is_read_without_a_restart);
	tcase_add_test(tcase, the_azure_cli_gives_a_token);
	tcase_add_test(tcase, what_the_azure_cli_cannot_do_is_explained);
	tcase_add_test(tcase, without_an_azure_cli_it_says_so);
	tcase_add_test(tcase, the_azure_cli_is_told_no_secret);
	tcase_add_test(tcase, what_the_azure_cli_started_ends_with_it);
	tcase_add_test(tcase, closing_does_not_wait_for_the_azure_cli);
	return tcase;
}
