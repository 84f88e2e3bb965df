/*
 * Allocation that cannot fail, and the wiping of secrets.
 *
 * Out of memory ends the process in one place: systemd restarts it, and a pass is restartable. In return every input is
 * capped by whoever reads it.
 */
#pragma once

#include <stddef.h>

#include "base/attributes.h"

/* Zeroed memory of SIZE bytes, to be released with free(). Never NULL. */
void *memory_new(size_t size) _must_check_;
/* Like realloc(), never NULL for SIZE > 0; new bytes are not zeroed. */
void *memory_resize(void *p, size_t size) _must_check_;
/* A copy of TEXT (NULL gives NULL), to be released with free(). */
char *memory_copy_text(const char *text) _must_check_;
/* Overwrites SIZE bytes in a way that the compiler may not drop; NULL is allowed. */
void memory_wipe(void *p, size_t size);
/* Overwrites the stack below its caller, and gives it back to the system: what functions that have returned left there,
 * registers that were saved on the way into a library among it. */
void memory_wipe_stack(void) __attribute__((noinline));
/* Wipes and frees a zero-terminated secret; NULL is allowed. */
void memory_free_secret(char *secret);
/* For _cleanup_: wipes and frees the secret that *P points to. */
void memory_free_secretp(char **p);
/* For _cleanup_: frees what *P points to. */
void memory_freep(void *p);
/*
 * For a process that runs for months and works for seconds. memory_keep_small(), before any second thread: one heap for
 * all threads, and large pieces outside of it for ever. memory_give_back(): what was freed goes back to the system.
 * memory_give_up_kept() before it, on another thread: the freed pieces that glibc keeps for that one.
 */
void memory_keep_small(void);
void memory_give_up_kept(void);
void memory_give_back(void);
/* Says that memory ran out and aborts. For code that gets NULL from a library. */
_noreturn_ void memory_exhausted(void);
