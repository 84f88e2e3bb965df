/*
 * The pages of the program and of the libraries that it is linked with.
 *
 * To bind some forty libraries the dynamic linker reads the tables of symbols of all of them, and the system maps what
 * lies around each page that is read: 3 MiB that are resident from then on and are not looked at again.
 */
#pragma once

/*
 * Gives back every page that nobody can have written: the segments that are loaded without PF_W (elf(5)). What is
 * needed again comes back from the file, mostly from the page cache, when it is needed. To be called once, when all
 * libraries have been set up. Objects with text relocations keep their pages, since the dynamic linker did write those.
 */
void program_pages_give_back(void);
