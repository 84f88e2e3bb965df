/* The lists of state.h: which ones a resource is in. Used by state.c only. */
#pragma once

#include "state.h"

void state_index_add(struct sim_state *state, cJSON *resource);
void state_index_remove(struct sim_state *state, cJSON *resource);
void state_index_done(struct sim_state *state);
