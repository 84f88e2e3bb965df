/* The lists of state.h: which ones a resource is in. Used by state.c only. */
#pragma once

#include "state.h"

void state_index_add(struct sim_state *state, cJSON *resource);
void state_index_remove(struct sim_state *state, cJSON *resource);
void state_index_done(struct sim_state *state);

/* The same for an object of the directory; see state_list_objects(). */
void state_index_add_object(struct sim_state *state, enum directory_set set, cJSON *object);
void state_index_remove_object(struct sim_state *state, enum directory_set set, cJSON *object);
