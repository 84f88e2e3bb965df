/* The pages of the program and its libraries: what is given back, and what must stay. */
#include <check.h>
#include <inttypes.h>
#include <link.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attributes.h"
#include "base/program_pages.h"
#include "text_relocation.h"

/* ---- what the system says ---- */

/* Pages of files that are resident in this process (RssFile and RssShmem, proc(5)). */
static uintmax_t resident_file_pages(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	uintmax_t pages;

	ck_assert_ptr_nonnull(statm);
	ck_assert_int_eq(fscanf(statm, "%*u %*u %" SCNuMAX, &pages), 1);
	fclose(statm);
	return pages;
}

static int touch(struct dl_phdr_info *object, size_t size _unused_, void *touched)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	volatile char byte;

	if (!strstr(object->dlpi_name, "libcrypto"))
		return 0;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const char *start = (const char *)(object->dlpi_addr + segment->p_vaddr);

		for (size_t at = 0; segment->p_type == PT_LOAD && !(segment->p_flags & PF_W) && at < segment->p_filesz;
		     at += page) {
			byte = start[at];
			++*(size_t *)touched;
		}
	}
	(void)byte;
	return 0;
}

/* ---- given back ---- */

START_TEST(what_nobody_can_have_written_is_given_back)
{
	uintmax_t before;
	size_t touched = 0;

	dl_iterate_phdr(touch, &touched);
	ck_assert_uint_gt(touched, 500);
	before = resident_file_pages();
	program_pages_give_back();
	ck_assert_uint_lt(resident_file_pages() + touched / 2, before);
}
END_TEST

/* ---- stays ---- */

/* A pointer that is written once, while the program is loaded: .data.rel.ro. */
static const char *const relocated[] = {"relocated"};
static int initialised = 1;
static int zero;

START_TEST(what_was_written_stays)
{
	char *environment = getenv("PATH"), *piece = strdup("a piece");
	unsigned char digest[EVP_MAX_MD_SIZE];

	initialised++;
	zero++;
	program_pages_give_back();
	ck_assert_str_eq(*(const char *const volatile *)relocated, "relocated");
	ck_assert_int_eq(initialised, 2);
	ck_assert_int_eq(zero, 1);
	ck_assert_str_eq(piece, "a piece");
	ck_assert_ptr_eq(getenv("PATH"), environment);
	ck_assert_int_eq(EVP_Digest("abc", 3, digest, NULL, EVP_sha256(), NULL), 1);
	ck_assert_int_eq(digest[0], 0xba);
	free(piece);
}
END_TEST

START_TEST(what_the_dynamic_linker_wrote_into_a_text_stays)
{
	ck_assert(text_relocation_is_there());
	program_pages_give_back();
	ck_assert(text_relocation_is_there());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("program_pages");
	TCase *tcase = tcase_create("pages");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, what_nobody_can_have_written_is_given_back);
	tcase_add_test(tcase, what_was_written_stays);
	tcase_add_test(tcase, what_the_dynamic_linker_wrote_into_a_text_stays);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
