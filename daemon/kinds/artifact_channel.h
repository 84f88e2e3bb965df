/*
 * Where the vendor publishes the packages that WEBSITE_RUN_FROM_PACKAGE names (domain.md 1.10). A URL that is not in
 * this table is somebody's own and not ours to judge. Pure data.
 */
#pragma once

#include <stdbool.h>

#include "desired/desired.h"
#include "world/observed.h"

/* The channel that URL is, for either platform and host; CHANNEL_UNMANAGED when it is none of ROLE's. */
enum update_channel artifact_channel_of(enum web_app_role role, const char *url);
/* The URL of CHANNEL on the vendor's main host (deferred: the only one it has); NULL: no such channel. */
const char *artifact_channel_url(enum web_app_role role, bool is_linux, enum update_channel channel);
