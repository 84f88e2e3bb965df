/*
 * Lines for a descriptor whose reader may not read: a thread of its own waits for it, and who has something to say does
 * not. What finds no room is lost and counted. Knows nothing of what is in a line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

enum { LINE_WRITER_SIZE_MAX = 256 * 1024 };

struct line_writer;

/* FD stays the caller's. Lines that are given before the thread runs wait for it. */
struct line_writer *line_writer_new(int fd) _must_check_;
/* Gives LENGTH bytes that end with the end of a line. False: there was no room. Never waits for the reader. */
bool line_writer_put(struct line_writer *writer, const char *line, size_t length);
/* How many lines were lost since this was last more than 0; 0 as long as there is no room to say so. */
unsigned line_writer_take_lost(struct line_writer *writer);
/* Waits at most TIMEOUT_MS until there is room for all that is put next. */
void line_writer_await_room(struct line_writer *writer, unsigned timeout_ms);
/* Waits at most TIMEOUT_MS for the reader to take what is left; then it is lost. May be NULL. */
void line_writer_free(struct line_writer *writer, unsigned timeout_ms);
