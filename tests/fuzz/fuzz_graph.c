/* Any request to the simulated Graph gets an answer: the first line is "METHOD TARGET", the rest is the body. The
 * tenant is a new one each time, so that an input means the same in every run. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "directory_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static cJSON *state;
	char *text = memory_new(size + 1), *line_end, *target;
	struct sim *sim;

	if (!state)
		state = directory_rig_state();
	memcpy(text, data, size);
	line_end = strchr(text, '\n');
	target = strchr(text, ' ');
	if (line_end && target && target < line_end) {
		*line_end = *target = 0;
		sim = directory_rig_new(state);
		directory_rig_send(sim, text, target + 1, line_end + 1, size - (size_t)(line_end + 1 - text));
		sim_free(sim);
	}
	free(text);
	return 0;
}
