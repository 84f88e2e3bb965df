#include "base/program_pages.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/attributes.h"

static bool has_text_relocations(const ElfW(Dyn) * entry)
{
	for (; entry->d_tag != DT_NULL; entry++)
		if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)))
			return true;
	return false;
}

static int give_back(struct dl_phdr_info *object, size_t size _unused_, void *page_size)
{
	const uintptr_t page = *(const uintptr_t *)page_size;

	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];

		if (segment->p_type == PT_DYNAMIC &&
		    has_text_relocations((const ElfW(Dyn) *)(object->dlpi_addr + segment->p_vaddr)))
			return 0;
	}
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		const uintptr_t start = object->dlpi_addr + segment->p_vaddr, first = start / page * page;

		/* Where it cannot be done (a page that is locked, the vDSO), it was only a matter of room. */
		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W))
			madvise((void *)first, start + segment->p_filesz - first, MADV_DONTNEED);
	}
	return 0;
}

void program_pages_give_back(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	dl_iterate_phdr(give_back, &page);
}
