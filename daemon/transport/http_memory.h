/*
 * Tokens, secrets and setting values pass through memory that libcurl and cJSON allocate. Both let us choose their
 * allocator: ours wipes what it frees (product.md section 5: "memory that held them is wiped").
 */
#pragma once

/* Once, before the first use of libcurl or cJSON and before a second thread. Also initialises libcurl. */
void http_memory_install(void);
