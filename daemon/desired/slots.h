/* Which deployment slots an instance means, and what is asserted of their versions. Pure reading, as in reader.h. */
#pragma once

#include "desired/scalar.h"

/* deployment_slots: all, none or a list; TARGET is the slots member of a struct desired_instance. */
scalar_reader slots_read;
/* One of them: a name, or {name:, create:}; TARGET is a struct desired_slot. */
scalar_reader slots_read_item;
extern const struct table table_slot;
/* version_assertion: slot to version; TARGET is the struct desired_instance. */
scalar_reader slots_read_assertions;
/* Do the assertions speak of slots that are listed? NODE is the instance's mapping. */
void slots_check(struct reader *reader, const struct tree_node *node, const struct desired_instance *instance);
/* "all", "none", NULL. */
extern const char *const slots_words[];
