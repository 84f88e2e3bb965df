/* A library with a text relocation: a pointer in a section that cannot be written, which the dynamic linker wrote. */
#include "text_relocation.h"

static const int target = 1;
extern const int *const pointer __attribute__((visibility("hidden")));

__asm__(".pushsection .rodata.pointer, \"a\"\n"
	".balign 16\n"
	".hidden pointer\n"
	".globl pointer\n"
	"pointer:\n"
	".dc.a target\n"
	".popsection\n");

bool text_relocation_is_there(void)
{
	return pointer == &target;
}
