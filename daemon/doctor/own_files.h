/* What the files are like that the daemon itself lives by: its state directory, and its secrets. Looks, and changes
 * nothing. Speaks for the user who runs it. */
#pragma once

#include "desired/desired.h"
#include "doctor/diagnosis.h"

void own_files_look(const struct desired *desired, struct notes *notes, struct arena *arena);
