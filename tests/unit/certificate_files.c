/* Files with a certificate and its key: every kind that administrators have, and what is said of those that will not
 * do. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certificates.h"
#include "transport/client_certificate.h"

enum { DAY_S = 24 * 3600 };

static const struct certificate_file open_file = {.path = "/etc/c.pem",
						  .key = "credential.certificate_file",
						  .passphrase_key = "credential.certificate_password_file",
						  .client_id = "the-client"};
static struct certificate_file locked_file, wrong_file;
static struct arena arena;
static struct buffer file;
static X509 *root, *middle, *own, *foreign;

static void set_up(void)
{
	locked_file = wrong_file = open_file;
	locked_file.passphrase = "correct horse";
	wrong_file.passphrase = "wrong";
	wrong_file.passphrase_key = "/etc/passphrase";
	buffer_init(&file, 1 << 20);
	root = certificates_make("Root", certificates_key(0), NULL, NULL, -DAY_S, DAY_S);
	middle = certificates_make("Middle", certificates_key(1), root, certificates_key(0), -DAY_S, DAY_S);
	own = certificates_make("Own", certificates_key(2), middle, certificates_key(1), -DAY_S, DAY_S);
	foreign = certificates_make("Foreign", certificates_key(3), NULL, NULL, -DAY_S, DAY_S);
}

static void tear_down(void)
{
	buffer_done(&file);
	arena_done(&arena);
	X509_free(root);
	X509_free(middle);
	X509_free(own);
	X509_free(foreign);
}

static struct client_certificate expect_pair_of(const struct certificate_file *how, int certificates)
{
	struct client_certificate pair = {0};
	const char *problem = client_certificate_parse(how, file.data, file.length, &arena, &pair);

	ck_assert_msg(!problem, "%s", problem);
	ck_assert_int_eq(sk_X509_num(pair.chain), certificates);
	ck_assert_int_eq(X509_cmp(sk_X509_value(pair.chain, 0), own), 0);
	ck_assert_int_eq(EVP_PKEY_eq(pair.key, certificates_key(2)), 1);
	return pair;
}

static void expect_pair(const struct certificate_file *how)
{
	struct client_certificate pair = expect_pair_of(how, 1);

	client_certificate_done(&pair);
}

static void expect_problem(const struct certificate_file *how, const char *part, const char *command)
{
	struct client_certificate pair;
	const char *problem = client_certificate_parse(how, file.data, file.length, &arena, &pair);

	ck_assert_ptr_nonnull(problem);
	ck_assert_msg(strstr(problem, part) != NULL, "%s", problem);
	ck_assert_msg(strstr(problem, command) != NULL, "%s", problem);
	ck_assert_msg(strstr(problem, "correct horse") == NULL, "%s", problem);
	buffer_reset(&file);
}

START_TEST(pem_in_any_order)
{
	certificates_append_pem(&file, own);
	certificates_append_key(&file, certificates_key(2), NULL);
	expect_pair(&open_file);
	expect_pair(&locked_file); /* a passphrase that is not needed does no harm */
	buffer_reset(&file);
	buffer_append_text(&file, "Bag Attributes\n    localKeyID: 01\n");
	certificates_append_key(&file, certificates_key(2), NULL);
	buffer_append_text(&file, "subject=CN = Own\r\n\r\n");
	certificates_append_pem(&file, own);
	expect_pair(&open_file);
}
END_TEST

START_TEST(a_chain_is_put_in_order)
{
	struct client_certificate pair;

	certificates_append_pem(&file, root);
	certificates_append_pem(&file, foreign);
	certificates_append_key(&file, certificates_key(2), "correct horse");
	certificates_append_pem(&file, own);
	certificates_append_pem(&file, middle);
	pair = expect_pair_of(&locked_file, 3);
	ck_assert_int_eq(X509_cmp(sk_X509_value(pair.chain, 1), middle), 0);
	ck_assert_int_eq(X509_cmp(sk_X509_value(pair.chain, 2), root), 0);
	client_certificate_done(&pair);
}
END_TEST

START_TEST(pkcs12_with_and_without_a_passphrase)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	struct client_certificate pair;

	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, "correct horse", false);
	expect_pair(&locked_file);
	buffer_reset(&file);
	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, "", false);
	expect_pair(&open_file);
	buffer_reset(&file);
	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, NULL, false);
	expect_pair(&open_file);
	buffer_reset(&file);
	sk_X509_push(others, root);
	sk_X509_push(others, middle);
	certificates_append_pkcs12(&file, certificates_key(2), own, others, "correct horse", false);
	pair = expect_pair_of(&locked_file, 3);
	ck_assert_int_eq(X509_cmp(sk_X509_value(pair.chain, 1), middle), 0);
	client_certificate_done(&pair);
	sk_X509_free(others);
}
END_TEST

START_TEST(a_wrong_passphrase_is_said)
{
	certificates_append_pem(&file, own);
	certificates_append_key(&file, certificates_key(2), "correct horse");
	expect_problem(&wrong_file, "the passphrase of /etc/c.pem is wrong", "/etc/passphrase");
	certificates_append_pem(&file, own);
	certificates_append_key(&file, certificates_key(2), "correct horse");
	expect_problem(&open_file, "is encrypted; name its passphrase", "credential.certificate_password_file");
	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, "correct horse", false);
	expect_problem(&wrong_file, "the passphrase of /etc/c.pem is wrong", "/etc/passphrase");
	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, "correct horse", false);
	expect_problem(&open_file, "is encrypted; name its passphrase", "credential.certificate_password_file");
}
END_TEST

START_TEST(what_only_old_software_reads_is_to_be_converted)
{
	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, "correct horse", true);
	expect_problem(&locked_file, "encrypted in an old way", "openssl pkcs12 -legacy -in '/etc/c.pem' -out ");
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	certificates_append_pem(&file, own);
	expect_problem(&open_file, "holds no private key", "cat KEY.pem >> '/etc/c.pem'");
	certificates_append_key(&file, certificates_key(2), NULL);
	expect_problem(&open_file, "without its certificate", "cat CERTIFICATE.pem >> '/etc/c.pem'");
	certificates_append_pkcs12(&file, NULL, own, NULL, "correct horse", false);
	expect_problem(&locked_file, "holds no private key", "openssl pkcs12 -export");
	certificates_append_pem(&file, foreign);
	certificates_append_pem(&file, middle);
	certificates_append_key(&file, certificates_key(2), NULL);
	expect_problem(&open_file, "belongs to no certificate", "openssl x509 -in '/etc/c.pem'");
	certificates_append_pkcs12(&file, certificates_key(2), NULL, NULL, "correct horse", false);
	expect_problem(&locked_file, "without its certificate", "/etc/c.pem");
}
END_TEST

START_TEST(only_rsa_will_do)
{
	X509 *certificate = certificates_make("EC", certificates_ec_key(), NULL, NULL, -DAY_S, DAY_S);

	certificates_append_pem(&file, certificate);
	certificates_append_key(&file, certificates_ec_key(), NULL);
	expect_problem(&open_file, "is of type EC; Entra accepts only RSA",
		       "az ad app credential reset --id the-client --create-cert --append");
	X509_free(certificate);
}
END_TEST

START_TEST(what_is_damaged_is_said)
{
	unsigned char *der = NULL;
	int length;
	char *end;

	certificates_append_key(&file, certificates_key(2), NULL);
	certificates_append_pem(&file, own);
	end = strstr(file.data, "-----BEGIN CERTIFICATE-----");
	memcpy(end + 100, "!!!!", 4);
	expect_problem(&open_file, "the PEM in /etc/c.pem is damaged, after 0", "openssl storeutl");
	certificates_append_pem(&file, own);
	certificates_append_key(&file, certificates_key(2), NULL);
	end = strstr(file.data, "-----BEGIN PRIVATE KEY-----");
	memset(end + 28, 'A', 40);
	expect_problem(&open_file, "private key in /etc/c.pem is damaged", "openssl pkey");
	buffer_append_text(&file, "nothing of the kind");
	expect_problem(&open_file, "neither PEM", "credential.certificate_file");
	length = i2d_X509(own, &der);
	ck_assert_int_gt(length, 0);
	buffer_append(&file, der, (size_t)length);
	OPENSSL_free(der);
	expect_problem(&open_file, "a certificate without its private key", "openssl pkcs12 -export");
}
END_TEST

/* None of the bytes of a good file may be left out, and none may bring the reader down. */
START_TEST(a_file_that_is_cut_short_is_a_problem)
{
	struct client_certificate pair;

	certificates_append_pkcs12(&file, certificates_key(2), own, NULL, "correct horse", false);
	for (size_t length = 0; length < file.length; length += 37)
		ck_assert_ptr_nonnull(client_certificate_parse(&locked_file, file.data, length, &arena, &pair));
	buffer_reset(&file);
	certificates_append_pem(&file, own);
	certificates_append_key(&file, certificates_key(2), NULL);
	for (size_t length = 0; length + 1 < file.length; length += 37)
		ck_assert_ptr_nonnull(client_certificate_parse(&open_file, file.data, length, &arena, &pair));
}
END_TEST

static const char *judge(X509 *certificate, int64_t now_ms)
{
	struct client_certificate pair;
	const char *problem;

	buffer_reset(&file);
	certificates_append_pem(&file, certificate);
	certificates_append_key(&file, certificates_key(2), NULL);
	ck_assert_ptr_null(client_certificate_parse(&open_file, file.data, file.length, &arena, &pair));
	problem = client_certificate_judge(&open_file, &pair, now_ms, &arena);
	client_certificate_done(&pair);
	return problem;
}

START_TEST(a_certificate_is_good_for_its_time_only)
{
	X509 *certificate = certificates_make("Own", certificates_key(2), NULL, NULL, 0, DAY_S);
	const char *problem;

	/* 2026-01-01T00:00:00Z and a day later */
	ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20260101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20260102000000Z");
	X509_sign(certificate, certificates_key(2), EVP_sha256());
	ck_assert_ptr_null(judge(certificate, INT64_C(1767225600000)));
	ck_assert_ptr_null(judge(certificate, INT64_C(1767312000000)));
	problem = judge(certificate, INT64_C(1767225599000));
	ck_assert_msg(problem && strstr(problem, "not valid before 2026-01-01T00:00:00.000Z"), "%s", problem);
	ck_assert_ptr_nonnull(strstr(problem, "2025-12-31T23:59:59.000Z"));
	problem = judge(certificate, INT64_C(1767312001000));
	ck_assert_msg(problem && strstr(problem, "expired at 2026-01-02T00:00:00.000Z"), "%s", problem);
	ck_assert_ptr_nonnull(strstr(problem, "az ad app credential reset --id the-client --create-cert --append"));
	X509_free(certificate);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("certificate files");
	TCase *tcase = tcase_create("reading");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, pem_in_any_order);
	tcase_add_test(tcase, a_chain_is_put_in_order);
	tcase_add_test(tcase, pkcs12_with_and_without_a_passphrase);
	tcase_add_test(tcase, a_wrong_passphrase_is_said);
	tcase_add_test(tcase, what_only_old_software_reads_is_to_be_converted);
	tcase_add_test(tcase, what_is_missing_is_said);
	tcase_add_test(tcase, only_rsa_will_do);
	tcase_add_test(tcase, what_is_damaged_is_said);
	tcase_add_test(tcase, a_file_that_is_cut_short_is_a_problem);
	tcase_add_test(tcase, a_certificate_is_good_for_its_time_only);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
