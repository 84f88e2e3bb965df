#include "folder.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attributes.h"

static char folder[64];

void folder_make(void)
{
	strncpy(folder, "/tmp/scepmand-test-XXXXXX", sizeof(folder) - 1);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static int remove_one(const char *path, const struct stat *status _unused_, int type _unused_, struct FTW *ftw _unused_)
{
	return remove(path);
}

void folder_remove(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}
