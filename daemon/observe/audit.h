/*
 * The audit trail's entries (product.md section 4): one for each write before it is sent and one for what came of it.
 * No entry on the disk, no write. Waits for the disk, so the loop has it done by observe/disk.h. Secrets are keyed
 * fingerprints, with a key that stays on this machine, so that the same value can be recognised and none be guessed.
 */
#pragma once

#include <stdint.h>

#include "base/attributes.h"
#include "world/world.h"

struct audit;

/* COMMAND ("apply", "run") and GENERATION (of the desired state) are said in every entry. Nothing is opened before the
 * first write. */
struct audit *audit_new(const char *state_directory, const char *command, const char *generation) _must_check_;
void audit_free(struct audit *audit);

/*
 * Puts down that REQUEST is about to bring NODE about. 0, or negative errno with *RET_MESSAGE in ARENA: then the write
 * must not be sent. It must not be sent before audit_commit_write() has returned 0, either.
 */
int audit_before_write(struct audit *audit, struct arena *arena, const struct desired_tenant *tenant,
		       const struct node *node, const struct request *request, int64_t now_unix_ms,
		       const char **ret_message) _must_check_;
/* Has on the disk what was put down since the last commit. 0, or negative errno with *RET_MESSAGE in ARENA: then the
 * write of NODE_NAME (node->name, the same pointer) must not be sent. */
int audit_commit_write(struct audit *audit, struct arena *arena, const char *node_name,
		       const char **ret_message) _must_check_;
/* Puts down the answer to that write, to be committed with audit_commit_result(). 0, or negative errno with
 * *RET_MESSAGE in ARENA: the entry is missing, and the trail shows a write whose result is not known. */
int audit_after_write(struct audit *audit, struct arena *arena, const char *node_name, const struct response *response,
		      int64_t now_unix_ms, const char **ret_message) _must_check_;
int audit_commit_result(struct audit *audit, struct arena *arena, const char **ret_message) _must_check_;
