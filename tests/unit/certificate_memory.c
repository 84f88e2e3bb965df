/* A private key is in memory for one login only: nothing of it is left when the certificate was given up. */
#include <check.h>
#include <openssl/core_names.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto_memory.h"
#include "base/memory.h"
#include "certificates.h"
#include "transport/assertion.h"

enum { NEEDLE = 32, NEEDLES = 3, MAPPING_MAX = 1 << 30 };

/* What is looked for, each byte inverted, so that what we hold is not found itself. */
struct needles {
	unsigned char bytes[NEEDLES][NEEDLE];
};

static const char *const names[NEEDLES] = {"the key's prime", "the prime as OpenSSL calculates with it",
					   "the text of the file"};

static void invert(unsigned char *ret, const void *bytes)
{
	for (size_t i = 0; i < NEEDLE; i++)
		ret[i] = (unsigned char)~((const unsigned char *)bytes)[i];
}

/* In a process of its own: makes the file, and says what stands in it. */
static void make_file(const char *path, int out)
{
	EVP_PKEY *key = certificates_key(0);
	X509 *certificate = certificates_make("Own", key, NULL, NULL, 0, 3600);
	unsigned char prime[128], reversed[NEEDLE];
	struct needles needles;
	BIGNUM *p = NULL;
	struct buffer file;
	FILE *stream = fopen(path, "we");

	buffer_init(&file, 1 << 16);
	certificates_append_key(&file, key, NULL);
	invert(needles.bytes[2], strchr(file.data, '\n') + 200);
	certificates_append_pem(&file, certificate);
	if (!stream || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_FACTOR1, &p) != 1 ||
	    BN_bn2binpad(p, prime, sizeof(prime)) != (int)sizeof(prime))
		_exit(1);
	for (size_t i = 0; i < NEEDLE; i++)
		reversed[i] = prime[sizeof(prime) - 1 - i];
	invert(needles.bytes[0], prime);
	invert(needles.bytes[1], reversed);
	if (fwrite(file.data, 1, file.length, stream) != file.length || fclose(stream) != 0 ||
	    write(out, &needles, sizeof(needles)) != (ssize_t)sizeof(needles))
		_exit(1);
	BN_clear_free(p);
	X509_free(certificate);
	buffer_done(&file);
	_exit(0);
}

static bool is_there(const unsigned char *bytes, size_t length, const unsigned char *needle)
{
	const unsigned char *at = bytes, *end = bytes + length;
	int first = needle[0] ^ 0xff;

	while ((at = memchr(at, first, (size_t)(end - at))) && at + NEEDLE <= end) {
		size_t i = 1;

		while (i < NEEDLE && at[i] + needle[i] == 0xff)
			i++;
		if (i == NEEDLE)
			return true;
		at++;
	}
	return false;
}

/* The name of what is found in this process' memory, or NULL. */
static const char *search(const struct needles *needles)
{
	FILE *maps = fopen("/proc/self/maps", "re"), *memory = fopen("/proc/self/mem", "re");
	const char *found = NULL;
	unsigned long begin, end;
	char line[512], access[8];

	ck_assert(maps && memory);
	setvbuf(memory, NULL, _IONBF, 0);
	while (fgets(line, sizeof(line), maps)) {
		unsigned char *copy;
		size_t length;

		if (sscanf(line, "%lx-%lx %7s", &begin, &end, access) != 3 || access[1] != 'w' ||
		    end - begin > MAPPING_MAX)
			continue;
		copy = malloc(end - begin);
		fseek(memory, (long)begin, SEEK_SET);
		length = fread(copy, 1, end - begin, memory);
		for (size_t i = 0; i < NEEDLES && !found; i++)
			if (is_there(copy, length, needles->bytes[i]))
				found = names[i];
		memory_wipe(copy, length);
		free(copy);
	}
	fclose(maps);
	fclose(memory);
	return found;
}

START_TEST(nothing_of_a_key_is_left)
{
	char path[] = "/tmp/scepmand-key-XXXXXX";
	int ends[2], status = -1, fd = mkstemp(path);
	struct certificate_file file = {.path = path, .key = "k", .passphrase_key = "p", .client_id = "c"};
	const struct assertion assertion = {.client_id = "c", .audience = "a", .id = "i"};
	struct client_certificate certificate;
	struct needles needles;
	struct arena arena = {0};
	pid_t child;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0)
		make_file(path, ends[1]);
	ck_assert_int_eq(read(ends[0], &needles, sizeof(needles)), (ssize_t)sizeof(needles));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);

	ck_assert_ptr_null(search(&needles));
	ck_assert_ptr_null(client_certificate_read(&file, &arena, &certificate));
	/* The search does find what is there. */
	ck_assert_ptr_nonnull(search(&needles));
	ck_assert_ptr_nonnull(assertion_sign(&assertion, &certificate, &arena));
	client_certificate_done(&certificate);
	arena_done(&arena);
	ck_assert_msg(!search(&needles), "%s is still there", search(&needles));
	close(ends[0]);
	close(ends[1]);
	close(fd);
	unlink(path);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("certificate memory");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	if (!crypto_memory_install())
		return EXIT_FAILURE;
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, nothing_of_a_key_is_left);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
