/*
 * Gives every file of the folders on the command line to the fuzz target that it is linked with: the corpora are
 * ordinary tests on every compiler. Subfolders are not entered.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_file(const struct dirent *entry)
{
	return entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN;
}

static void replay(const char *path)
{
	FILE *file = fopen(path, "re");
	struct buffer buffer;
	char chunk[4096];
	size_t n;

	if (!file) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	/* Said first, so that a crash has a name. */
	fprintf(stderr, "%s\n", path);
	buffer_init(&buffer, 16 * 1024 * 1024);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_append(&buffer, chunk, n);
	fclose(file);
	LLVMFuzzerTestOneInput((const uint8_t *)buffer.data, buffer.length);
	buffer_done(&buffer);
}

int main(int argc, char **argv)
{
	size_t total = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **entries;
		int n = scandir(argv[i], &entries, is_file, alphasort);

		if (n <= 0) {
			fprintf(stderr, "%s: no files\n", argv[i]);
			return EXIT_FAILURE;
		}
		for (int j = 0; j < n; j++) {
			char *path = NULL;

			if (asprintf(&path, "%s/%s", argv[i], entries[j]->d_name) < 0)
				return EXIT_FAILURE;
			replay(path);
			total++;
			free(path);
			free(entries[j]);
		}
		free(entries);
	}
	printf("%zu inputs\n", total);
	return total ? EXIT_SUCCESS : EXIT_FAILURE;
}
