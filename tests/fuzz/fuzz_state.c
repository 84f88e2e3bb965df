/* The state of the simulated tenant: any text is either refused with a sentence, or read, listed, and saved as it was.
 */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "path.h"
#include "state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every resource that was read must be found in the list of what contains it, and be gone with it. */
static void use(struct sim_state *state)
{
	for (size_t i = 0; i < state->resources.count; i++)
		if (state->resources.entries[i].value)
			state_remove_resource(state, state->resources.entries[i].name);
	if (state->resources.live)
		abort();
	for (size_t i = 0; i < state->lists.count; i++) {
		const struct state_list *list = state->lists.entries[i].value;

		if (list && list->count && strncmp(state->lists.entries[i].name, "object:", 7) != 0 &&
		    state->lists.entries[i].name[0] == '/')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cJSON *json = cJSON_ParseWithLength((const char *)data, size), *saved;
	struct sim_state state;
	char *error = NULL;

	if (!json)
		return 0;
	state_init(&state, 1);
	if (state_load(&state, json, &error) < 0) {
		if (!error || !*error)
			abort();
	} else {
		saved = state_save(&state);
		cJSON_Delete(saved);
		use(&state);
	}
	free(error);
	state_done(&state);
	return 0;
}
