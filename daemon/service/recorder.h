/*
 * What must be on the disk around a write: before it is sent, the hold that forbids it is looked for, the settings that
 * it replaces are saved (backup.h), and the audit trail says what is about to be done (product.md section 4); after it,
 * the trail says what came of it. All of it is done by observe/disk.h, so a slow disk delays a write and nothing else.
 */
#pragma once

#include "desired/desired.h"
#include "observe/audit.h"
#include "observe/disk.h"
#include "reconcile/pass.h"

struct recorder {
	struct disk *disk;
	struct audit *audit;
	const char *directory; /* state_directory */
	const struct desired_tenant *tenant;
	bool ignores_holds; /* restore-1x writes what it has put on hold */
	void *arg;
	/* WRITE is on the disk, or REFUSAL (as long as the call) says why it must not be sent. */
	void (*on_recorded)(void *arg, struct pass_request *write, const struct node *node,
			    const struct request *request, const char *refusal);
	/* The write is done, and its result is missing in the trail, where it shows as a write without an end. */
	void (*on_problem)(void *arg, const char *sentence);
};

/* NODE and REQUEST must stay as they are until on_recorded(), which comes from the loop. REFUSAL (as long as NODE): why
 * it must not be sent anyhow, or NULL. */
void recorder_before_write(const struct recorder *recorder, struct pass_request *write, const struct node *node,
			   const struct request *request, const char *refusal);
/* RESPONSE is copied; NODE must live until the disk has done it. */
void recorder_after_write(const struct recorder *recorder, const struct node *node, const struct response *response);
