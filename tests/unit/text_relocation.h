/* Of the test of program_pages: a library with a text relocation. */
#pragma once

#include <stdbool.h>

/* Whether the library's relocated pointer, in a segment without PF_W, is what the dynamic linker made it. */
bool text_relocation_is_there(void);
