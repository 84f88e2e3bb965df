/*
 * A write as a command for an administrator: "az rest" with exactly the request that we would send. One form for every
 * kind: it works with every version of the Azure CLI, which its commands for role assignments do not.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "world/world.h"

struct command {
	const char *text; /* for a POSIX shell */
	const char *method, *url, *body;
};

/* The command for the write of NODE, which must differ from what is desired. False: an id that the cloud
 * will assign is missing, or the request carries secrets. */
bool command_of_write(struct world *world, const struct node *node, struct arena *arena,
		      struct command *ret) _must_check_;
/* The command for the request that METHOD, URL and BODY (or NULL) of COMMAND say; COMMAND->text is not looked at. */
const char *command_az_rest(struct arena *arena, const struct command *command, bool create_if_missing) _must_check_;
