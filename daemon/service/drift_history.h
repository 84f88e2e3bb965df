/* The whole drift history for `scepmand status -v`: the daemon shows the end of it and keeps the rest in its files. */
#pragma once

#include <cjson/cJSON.h>

#include "desired/desired.h"

/* In STATUS (status_json.h), the events of each tenant of DESIRED as its file has them. What cannot be read stays as it
 * is, and standard error says so. */
void drift_history_add(cJSON *status, const struct desired *desired);
