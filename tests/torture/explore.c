/* Shows a completion and what comes after it, request by request: for people who change the planner. */
#include <stdio.h>
#include <stdlib.h>

#include "rig.h"

int main(int argc, char **argv)
{
	const char *scenario = argc > 1 ? argv[1] : "fresh";
	struct desired *desired = rig_desired("", argc > 2 ? argv[2] : "");
	struct memory_of_passes memory;
	struct rig rig;

	memory_of_passes_init(&memory);
	rig_init(&rig, scenario, 1, false);
	rig.is_loud = true;
	for (int i = 0; i < 3; i++) {
		struct rig_outcome o = rig_pass(&rig, desired, &memory, i == 0, HARM_NONE, 0);

		printf("pass %d: %zu requests, %zu writes; nodes: %zu in sync, %zu planned, %zu withheld, %zu blocked, "
		       "%zu "
		       "failed, %zu open%s%s\n\n",
		       i, o.requests, o.writes, o.in_sync, o.planned, o.withheld, o.blocked, o.failed, o.open,
		       o.trouble ? "; first: " : "", o.trouble ? o.trouble : "");
		free(o.trouble);
	}
	rig_done(&rig);
	memory_of_passes_done(&memory);
	desired_free(desired);
	return 0;
}
