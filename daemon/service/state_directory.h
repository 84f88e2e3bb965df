/* Can daemon.state_directory be used? Without it nothing is written: no backup and no line in the audit trail. */
#pragma once

#include "observe/log.h"

/* Makes DIRECTORY when it is not there, and tells LOG when it cannot be used: at once, not at the first write. */
void state_directory_check(const char *directory, const struct log *log);
