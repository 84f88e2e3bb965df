/* A folder of its own for each test that makes files: the working directory while the test runs, removed afterwards. */
#pragma once

/* As a checked fixture. */
void folder_make(void);
void folder_remove(void);
