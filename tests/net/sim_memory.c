/*
 * After a login and a read nothing of the secret, of the form it was sent in, and of the answer with the token is left
 * anywhere in this process (product.md section 5: "memory that held them is wiped"). The process looks through its own
 * memory.
 */
#include "sim_memory.h"

#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* What is looked for is kept in disguise, so that it is not found here. */
enum { DISGUISE = 0x5a, REGION_MAX = 64 * 1024 * 1024, WINDOW = 1024 * 1024 };

void memory_pattern_from_text(const char *text, struct memory_pattern *ret)
{
	ret->length = strlen(text);
	ck_assert_uint_le(ret->length, sizeof(ret->bytes));
	for (size_t i = 0; i < ret->length; i++)
		ret->bytes[i] = (unsigned char)(text[i] ^ DISGUISE);
}

void memory_pattern_from_file(const char *file, struct memory_pattern *ret)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	unsigned char byte;

	ck_assert_int_ge(fd, 0);
	for (ret->length = 0; ret->length < sizeof(ret->bytes) && read(fd, &byte, 1) == 1 && byte != '\n';
	     ret->length++)
		ret->bytes[ret->length] = byte ^ DISGUISE;
	close(fd);
	ck_assert_uint_gt(ret->length, 8);
}

static bool is_here(const unsigned char *bytes, const struct memory_pattern *pattern)
{
	for (size_t i = 0; i < pattern->length; i++)
		if ((bytes[i] ^ DISGUISE) != pattern->bytes[i])
			return false;
	return true;
}

static unsigned count_in_region(int memory, uintptr_t from, uintptr_t to, const struct memory_pattern *pattern,
				unsigned char *window)
{
	unsigned count = 0;

	while (from < to) {
		size_t wanted = to - from < WINDOW ? to - from : WINDOW;
		ssize_t n = pread(memory, window, wanted, (off_t)from);

		if (n <= 0)
			break;
		for (size_t i = 0; i + pattern->length <= (size_t)n; i++) {
			uintptr_t address = from + i;

			/* The window shows itself when its own region is read. */
			if (address + pattern->length > (uintptr_t)window && address < (uintptr_t)window + WINDOW)
				continue;
			count += is_here(window + i, pattern);
		}
		/* Windows overlap, so that nothing hides on a border. */
		from += (size_t)n < wanted || (size_t)n <= pattern->length || from + (size_t)n >= to
				? (size_t)n
				: (size_t)n - pattern->length + 1;
	}
	memory_wipe(window, WINDOW);
	return count;
}

unsigned memory_count(const struct memory_pattern *pattern)
{
	unsigned char *window = memory_new(WINDOW);
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	unsigned long from, to;
	char line[512], rights[5];
	unsigned count = 0;

	ck_assert(maps && memory >= 0);
	while (fgets(line, sizeof(line), maps))
		/* The shadow of a sanitizer is larger than anything that could be looked through, and holds no text. */
		if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3 && rights[0] == 'r' && rights[1] == 'w' &&
		    to - from <= REGION_MAX && !strstr(line, "[v"))
			count += count_in_region(memory, from, to, pattern, window);
	fclose(maps);
	close(memory);
	memory_free_secret((char *)window);
	return count;
}
