/*
 * Where the vendor publishes the packages that WEBSITE_RUN_FROM_PACKAGE names (domain.md 1.10). A URL that is not in
 * this table is somebody's own and not ours to judge. Pure data.
 */
#pragma once

#include <stdbool.h>

#include "desired/desired.h"
#include "world/observed.h"

enum artifact_host { ARTIFACT_HOST_MAIN, ARTIFACT_HOST_OTHER, ARTIFACT_HOST_DEFERRED };

/* One package of the vendor's. */
struct artifact_source {
	enum web_app_role role;
	bool is_linux;
	enum update_channel channel;
	enum artifact_host host;
	const char *url;
};

/* The package that URL is, without regard to case, for either platform and any host; NULL when it is none of ROLE's. */
const struct artifact_source *artifact_source_of(enum web_app_role role, const char *url);
/* The URL of CHANNEL on HOST or, when that has not got it, on the first host that has: clones use the other host on
 * purpose. NULL: no such channel. */
const char *artifact_source_url(enum web_app_role role, bool is_linux, enum update_channel channel,
				enum artifact_host host);

/* The channel that URL is, for either platform and host; CHANNEL_UNMANAGED when it is none of ROLE's. */
enum update_channel artifact_channel_of(enum web_app_role role, const char *url);
/* The URL of CHANNEL on the vendor's main host (deferred: the only one it has); NULL: no such channel. */
const char *artifact_channel_url(enum web_app_role role, bool is_linux, enum update_channel channel);

/* "prod" …; NULL for what is no channel of the vendor's. And back, without regard to case: CHANNEL_UNMANAGED for a word
 * that is none. */
const char *artifact_channel_name(enum update_channel channel);
enum update_channel artifact_channel_parse(const char *word);

/* In the repository that the vendor shut down: an app that wants it answers 503 after its next restart. */
bool artifact_url_is_dead(const char *url);
/* May hold a credential: a shared access signature, or a user's name. */
bool artifact_url_is_secret(const char *url);
