/* The daemon's HTTP endpoint on a real socket: what it answers, what it refuses, and who may have the address. */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "folder.h"
#include "service/endpoint.h"

static uv_loop_t loop;
static struct endpoint *endpoint;
static char listen_on[100];

static bool answer(void *arg, const char *path, struct endpoint_page *ret)
{
	unsigned *asked = arg;

	++*asked;
	if (!text_equal(path, "/healthz"))
		return false;
	ret->body = memory_copy_text("ok\n");
	ret->length = 3;
	return true;
}

static unsigned asked;

static int start(const char *text, struct endpoint **ret, char **ret_problem)
{
	struct listen_address address;

	ck_assert(listen_parse(text, &address));
	return endpoint_start(&loop, &address, answer, &asked, ret, ret_problem);
}

static void begin(void)
{
	folder_make();
	asked = 0;
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	endpoint = NULL;
}

static void listen_at(const char *text)
{
	char *problem = NULL;

	ck_assert_msg(start(text, &endpoint, &problem) == 0, "%s", problem);
}

static bool is_closed;

static void on_closed(void *arg _unused_)
{
	is_closed = true;
}

static void end(void)
{
	is_closed = false;
	if (endpoint)
		endpoint_close(endpoint, on_closed, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	ck_assert(!endpoint || is_closed);
	ck_assert_int_eq(uv_loop_close(&loop), 0);
	folder_remove();
}

/* ---- a client on the same loop ---- */

struct client {
	uv_poll_t poll;
	char text[4096];
	size_t length;
	bool is_done;
};

static void client_on_readable(uv_poll_t *poll, int status _unused_, int events _unused_)
{
	struct client *client = poll->data;
	uv_os_fd_t fd;
	ssize_t n;

	uv_fileno((uv_handle_t *)poll, &fd);
	n = read(fd, client->text + client->length, sizeof(client->text) - 1 - client->length);
	if (n > 0) {
		client->length += (size_t)n;
	} else if (n == 0 || errno != EAGAIN) {
		client->is_done = true;
		uv_close((uv_handle_t *)poll, NULL);
	}
}

static int connect_to_endpoint(void)
{
	struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	bool is_local = endpoint_port(endpoint) == 0;
	int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tcp.sin_port = htons(endpoint_port(endpoint));
	snprintf(local.sun_path, sizeof(local.sun_path), "%s", listen_on + strlen("unix:"));
	ck_assert_int_eq(connect(fd, is_local ? (struct sockaddr *)&local : (struct sockaddr *)&tcp,
				 is_local ? sizeof(local) : sizeof(tcp)),
			 0);
	return fd;
}

/* Everything that comes back for REQUEST, until the endpoint closes. */
static const char *ask(const char *request)
{
	static struct client client;
	int fd = connect_to_endpoint();

	client = (struct client){.poll.data = &client};
	ck_assert_int_eq(write(fd, request, strlen(request)), (ssize_t)strlen(request));
	uv_poll_init(&loop, &client.poll, fd);
	uv_poll_start(&client.poll, UV_READABLE, client_on_readable);
	while (!client.is_done)
		uv_run(&loop, UV_RUN_ONCE);
	close(fd);
	return client.text;
}

START_TEST(a_page_is_answered)
{
	const char *text;

	listen_at("127.0.0.1:0");
	text = ask("GET /healthz?verbose=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	ck_assert(text_has_prefix(text, "HTTP/1.1 200 OK\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "Content-Type: text/plain; charset=utf-8\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "Cache-Control: no-store\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "default-src 'none'"));
	ck_assert(text_has_suffix_fold(text, "\r\n\r\nok\n"));
}
END_TEST

START_TEST(a_head_has_no_body)
{
	const char *text;

	listen_at("127.0.0.1:0");
	text = ask("HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
	ck_assert(text_has_prefix(text, "HTTP/1.1 200 OK\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "Content-Length: 3\r\n"));
	ck_assert(text_has_suffix_fold(text, "\r\n\r\n"));
}
END_TEST

START_TEST(what_is_not_there_says_what_is)
{
	listen_at("127.0.0.1:0");
	ck_assert_ptr_nonnull(strstr(ask("GET /secrets HTTP/1.0\r\n\r\n"), "404 Not Found\r\n"));
}
END_TEST

START_TEST(nothing_can_be_sent)
{
	static const char *const requests[] = {
		"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
		"PUT /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
		"DELETE /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		"OPTIONS /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
	};

	listen_at("127.0.0.1:0");
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		const char *text = ask(requests[i]);

		ck_assert_msg(strstr(text, "405 Method Not Allowed\r\n"), "%s: %s", requests[i], text);
		ck_assert_ptr_nonnull(strstr(text, "Allow: GET, HEAD\r\n"));
	}
	ck_assert_uint_eq(asked, 0);
}
END_TEST

START_TEST(a_foreign_name_is_refused_on_a_loopback)
{
	static const struct {
		const char *host;
		bool is_answered;
	} hosts[] = {
		{"evil.example:9464", false}, {"localhost.evil.example", false},
		{"[::1]:9464", true},         {"127.0.0.1:9464", true},
		{"LOCALHOST", true},
	};
	char request[256];

	listen_at("127.0.0.1:0");
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		snprintf(request, sizeof(request), "GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
			 hosts[i].host);
		ck_assert_msg(strstr(ask(request), hosts[i].is_answered ? " 200 " : " 421 "), "%s", hosts[i].host);
	}
}
END_TEST

/* What is no request, and what is asked in an unusual way. */
static const struct {
	const char *request, *status;
} requests[] = {
	{"\x16\x03\x01 hello\r\n\r\n", " 400 "},
	{"GET\r\n\r\n", " 400 "},
	{"GET /healthz\r\n\r\n", " 505 "},
	{"GET /healthz HTTP/1.1\r\n\r\n", " 400 "},
	{"GET healthz HTTP/1.0\r\n\r\n", " 400 "},
	{"GET /healthz%0 HTTP/1.0\r\n\r\n", " 400 "},
	{"GET /healthz%00 HTTP/1.0\r\n\r\n", " 400 "},
	{"GET /healthz HTTP/1.0\r\nno field\r\n\r\n", " 400 "},
	{"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n", " 400 "},
	{"GET /healthz HTTP/1.1\r\nHost: localhost\r\n evil.example\r\n\r\n", " 400 "},
	{"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", " 400 "},
	{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", " 400 "},
	{"GET /healthz HTTP/2.0\r\n\r\n", " 505 "},
	{"GET /healthz HTTP/1.10\r\n\r\n", " 400 "},
	{"GET /healthz HTTP/1.0\n\n", " 200 "},
	{"GET /health%7A#part HTTP/1.0\r\n\r\n", " 200 "},
	{"GET http://localhost:9464/healthz?a HTTP/1.1\r\nHOST:\tlocalhost \r\n\r\n", " 200 "},
	{"GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", " 404 "},
	{"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", " 405 "},
};

START_TEST(every_request_is_answered)
{
	const char *text;

	listen_at("127.0.0.1:0");
	text = ask(requests[_i].request);
	ck_assert_msg(text_has_prefix(text, "HTTP/1.1 ") &&
			      strncmp(text + strlen("HTTP/1.1"), requests[_i].status, strlen(requests[_i].status)) == 0,
		      "%s: %s", requests[_i].request, text);
}
END_TEST

START_TEST(a_head_that_does_not_end_is_refused)
{
	static char request[(16 << 10) + 1];

	listen_at("127.0.0.1:0");
	memset(request, 'x', sizeof(request) - 1);
	memcpy(request, "GET /", strlen("GET /"));
	ck_assert_ptr_nonnull(strstr(ask(request), " 431 "));
}
END_TEST

START_TEST(who_says_nothing_keeps_nobody_out)
{
	int silent[70];

	listen_at("127.0.0.1:0");
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++) {
		silent[i] = connect_to_endpoint();
		uv_run(&loop, UV_RUN_NOWAIT);
	}
	ck_assert_ptr_nonnull(strstr(ask("GET /healthz HTTP/1.0\r\n\r\n"), " 200 "));
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		close(silent[i]);
}
END_TEST

START_TEST(a_request_may_come_in_pieces)
{
	static struct client client;
	const char *request = "GET /healthz HTTP/1.0\r\n\r\n";
	int fd;

	listen_at("127.0.0.1:0");
	fd = connect_to_endpoint();
	client = (struct client){.poll.data = &client};
	uv_poll_init(&loop, &client.poll, fd);
	uv_poll_start(&client.poll, UV_READABLE, client_on_readable);
	for (const char *c = request; *c; c++) {
		ck_assert_int_eq(write(fd, c, 1), 1);
		for (int i = 0; i < 3; i++)
			uv_run(&loop, UV_RUN_NOWAIT);
		ck_assert(!client.length || !c[1]);
	}
	shutdown(fd, SHUT_WR);
	while (!client.is_done)
		uv_run(&loop, UV_RUN_ONCE);
	close(fd);
	ck_assert_ptr_nonnull(strstr(client.text, " 200 OK"));
}
END_TEST

/* ---- who has the address ---- */

START_TEST(an_address_in_use_is_said)
{
	char taken[64], *problem = NULL;
	struct endpoint *second;

	listen_at("127.0.0.1:0");
	snprintf(taken, sizeof(taken), "127.0.0.1:%u", endpoint_port(endpoint));
	ck_assert_int_eq(start(taken, &second, &problem), -EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(problem, taken));
	ck_assert_ptr_nonnull(strstr(problem, "daemon.listen"));
	free(problem);
}
END_TEST

START_TEST(an_address_of_another_machine_is_said)
{
	char *problem = NULL;

	ck_assert_int_eq(start("192.0.2.1:9464", &endpoint, &problem), -EADDRNOTAVAIL);
	ck_assert_ptr_null(endpoint);
	ck_assert_ptr_nonnull(strstr(problem, "192.0.2.1:9464"));
	free(problem);
}
END_TEST

static void name_socket(void)
{
	char *folder = get_current_dir_name();

	snprintf(listen_on, sizeof(listen_on), "unix:%s/http.sock", folder);
	free(folder);
}

START_TEST(a_unix_socket)
{
	struct endpoint *second;
	struct stat status;
	char *problem = NULL;

	name_socket();
	listen_at(listen_on);
	ck_assert_ptr_nonnull(
		strstr(ask("GET /healthz HTTP/1.1\r\nHost: scepmand\r\nConnection: close\r\n\r\n"), " 200 "));
	ck_assert_int_eq(stat("http.sock", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0660);
	ck_assert_int_eq(start(listen_on, &second, &problem), -EADDRINUSE);
	free(problem);
	endpoint_close(endpoint, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	endpoint = NULL;
	ck_assert_int_lt(access("http.sock", F_OK), 0);
}
END_TEST

START_TEST(a_socket_that_a_crash_left_is_replaced_and_a_file_is_not)
{
	struct sockaddr_un left = {.sun_family = AF_UNIX, .sun_path = "http.sock"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char *problem = NULL;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&left, sizeof(left)), 0);
	close(fd);
	name_socket();
	listen_at(listen_on);
	endpoint_close(endpoint, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	endpoint = NULL;
	fclose(fopen("http.sock", "we"));
	ck_assert_int_eq(start(listen_on, &endpoint, &problem), -EADDRINUSE);
	ck_assert_int_eq(access("http.sock", F_OK), 0);
	free(problem);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("endpoint");
	TCase *tcase = tcase_create("requests");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_page_is_answered);
	tcase_add_test(tcase, a_head_has_no_body);
	tcase_add_test(tcase, what_is_not_there_says_what_is);
	tcase_add_test(tcase, nothing_can_be_sent);
	tcase_add_test(tcase, a_foreign_name_is_refused_on_a_loopback);
	tcase_add_loop_test(tcase, every_request_is_answered, 0, ARRAY_SIZE(requests));
	tcase_add_test(tcase, a_head_that_does_not_end_is_refused);
	tcase_add_test(tcase, who_says_nothing_keeps_nobody_out);
	tcase_add_test(tcase, a_request_may_come_in_pieces);
	tcase_add_test(tcase, an_address_in_use_is_said);
	tcase_add_test(tcase, an_address_of_another_machine_is_said);
	tcase_add_test(tcase, a_unix_socket);
	tcase_add_test(tcase, a_socket_that_a_crash_left_is_replaced_and_a_file_is_not);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
