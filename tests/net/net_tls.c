/* Who is trusted, and what an administrator is told when somebody is not. */
#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_support.h"

static const struct request read_thing = {.service = SERVICE_RESOURCE_MANAGER, .path = "/subscriptions/s"};

static void answer_anything(void *arg _unused_, const struct server_request *request _unused_,
			    struct server_answer *answer)
{
	answer->body = "{}";
}

/* Asks, and expects that not even a login got through, and PART in the sentence. */
static void expect_distrust(struct net *net, const char *part)
{
	const struct net_answer *answer;

	net_connect(net);
	answer = net_ask(net, &read_thing);
	ck_assert_int_eq(answer->fault.class, FAULT_UNREACHABLE);
	ck_assert_msg(strstr(answer->fault.message, part) != NULL, "%s", answer->fault.message);
	ck_assert_msg(strstr(answer->fault.message, "localhost") != NULL, "%s", answer->fault.message);
	ck_assert_uint_eq(server_count(net->server, "") + server_logins(net->server), 0);
	net_done(net);
}

START_TEST(an_unknown_authority_is_refused)
{
	struct net net;

	net_init(&net, answer_anything);
	net.tenant.cloud.ca_file = NULL;
	expect_distrust(&net, "name its root certificate in cloud.ca_file");
}
END_TEST

START_TEST(an_expired_certificate_is_refused)
{
	struct net net;

	net_init_with(&net, answer_anything, &(struct certificate_wish){.name = "localhost", .is_expired = true});
	expect_distrust(&net, "has expired");
}
END_TEST

START_TEST(a_certificate_for_another_name_is_refused)
{
	struct net net;

	net_init_with(&net, answer_anything, &(struct certificate_wish){.name = "elsewhere.example"});
	expect_distrust(&net, "is for another name");
}
END_TEST

START_TEST(plain_http_is_refused)
{
	struct net net;

	net_init(&net, answer_anything);
	net.tenant.cloud.authority = arena_printf(&net.arena, "http://localhost:%u", server_port(net.server));
	expect_distrust(&net, "not a valid https URL");
}
END_TEST

START_TEST(nobody_listens)
{
	struct net net;

	net_init(&net, answer_anything);
	net.tenant.cloud.authority = "https://localhost:1";
	expect_distrust(&net, "could not be reached");
}
END_TEST

/* The name under which OpenSSL looks for ROOT_PEM in a folder. */
static void hashed_name(const char *root_pem, char ret[16])
{
	BIO *bio = BIO_new_mem_buf(root_pem, -1);
	X509 *root = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	snprintf(ret, 16, "%08lx.0", X509_subject_name_hash(root));
	X509_free(root);
	BIO_free(bio);
}

static void set_or_unset(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* The system's roots being FOLDER and FILE (NULL: the default), our server is trusted without ca_file. */
static void expect_trust(struct net *net, const char *folder, const char *file)
{
	const char *folder_before = getenv("SSL_CERT_DIR"), *file_before = getenv("SSL_CERT_FILE");

	net->tenant.cloud.ca_file = NULL;
	set_or_unset("SSL_CERT_DIR", folder);
	set_or_unset("SSL_CERT_FILE", file);
	net_connect(net);
	ck_assert_int_eq(net_ask(net, &read_thing)->status, 200);
	net_done(net);
	set_or_unset("SSL_CERT_DIR", folder_before);
	set_or_unset("SSL_CERT_FILE", file_before);
}

START_TEST(a_root_is_found_in_a_hashed_folder)
{
	struct net net;
	char name[16];

	net_init(&net, answer_anything);
	hashed_name(net.certificate.root_pem, name);
	net_write_file(&net, name, net.certificate.root_pem);
	expect_trust(&net, net.directory, NULL);
}
END_TEST

START_TEST(a_root_is_found_in_a_file)
{
	struct net net;

	net_init(&net, answer_anything);
	expect_trust(&net, net.directory, net_write_file(&net, "bundle.pem", net.certificate.root_pem));
}
END_TEST

static void expect_problem(const char *ca_file, int error, const char *part)
{
	struct net net;
	char *problem = NULL;

	net_init(&net, answer_anything);
	net.tenant.cloud.ca_file = ca_file ? ca_file : net_write_file(&net, "ca.pem", "this is no certificate\n");
	ck_assert_int_eq(azure_new(&net.loop, &net.tenant, &net.limits, &net.options, &net.azure, &problem), error);
	ck_assert_ptr_nonnull(strstr(problem, part));
	ck_assert_ptr_nonnull(strstr(problem, "cloud.ca_file of tenant test"));
	free(problem);
	net_done(&net);
}

START_TEST(a_ca_file_that_is_none_is_an_error)
{
	expect_problem("/nonexistent/ca.pem", -ENOENT, "No such file");
	expect_problem(NULL, -EBADMSG, "holds no certificate");
}
END_TEST

START_TEST(a_credential_without_what_it_needs_is_an_error)
{
	struct net net;
	char *problem = NULL;

	net_init(&net, answer_anything);
	net.tenant.credential.type = CREDENTIAL_WORKLOAD_IDENTITY;
	ck_assert_int_eq(azure_new(&net.loop, &net.tenant, &net.limits, &net.options, &net.azure, &problem), -ENOENT);
	ck_assert_ptr_nonnull(strstr(problem, net.tenant.name));
	free(problem);
	/* What had been made is closed by the loop. */
	net_run(&net);
	net_done(&net);
}
END_TEST

TCase *net_tls_case(void)
{
	TCase *tcase = tcase_create("tls");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, an_unknown_authority_is_refused);
	tcase_add_test(tcase, a_root_is_found_in_a_hashed_folder);
	tcase_add_test(tcase, a_root_is_found_in_a_file);
	tcase_add_test(tcase, an_expired_certificate_is_refused);
	tcase_add_test(tcase, a_certificate_for_another_name_is_refused);
	tcase_add_test(tcase, plain_http_is_refused);
	tcase_add_test(tcase, nobody_listens);
	tcase_add_test(tcase, a_ca_file_that_is_none_is_an_error);
	tcase_add_test(tcase, a_credential_without_what_it_needs_is_an_error);
	return tcase;
}
