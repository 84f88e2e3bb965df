/* The clouds that this tenant can be reached in through the proxy: their hosts, and which tokens are good where. Names
 * as in "az cloud list"; a tenant of the one knows nothing of the hosts of another. */
#pragma once

#include "call.h"

enum { CLOUDS = 3, CLOUD_HOSTS_MAX = 5 };

struct cloud {
	/* Host names, ended by NULL. */
	const char *logins[CLOUD_HOSTS_MAX];
	const char *arms[CLOUD_HOSTS_MAX]; /* the first is where it answers, all are audiences */
	const char *graphs[CLOUD_HOSTS_MAX];
};

extern const struct cloud clouds[CLOUDS];

/* The cloud that HOST (without a port) belongs to and, in *RET, the service that it is; NULL: none. */
const struct cloud *cloud_of_host(const char *host, enum sim_service *ret);
/* Is AUDIENCE ("https://HOST", with or without a slash at its end) one of HOSTS, which NULL ends? */
bool cloud_is_audience(const char *audience, const char *const *hosts) _pure_;
