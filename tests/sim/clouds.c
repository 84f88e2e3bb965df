#include "clouds.h"

#include <string.h>

#include "base/text.h"

/* domain.md 4.7. GCC High and DoD are one cloud with two addresses of Graph. */
const struct cloud clouds[CLOUDS] = {
	{{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"},
	 {"management.azure.com", "management.core.windows.net"},
	 {"graph.microsoft.com"}},
	{{"login.microsoftonline.us"},
	 {"management.usgovcloudapi.net", "management.core.usgovcloudapi.net"},
	 {"graph.microsoft.us", "dod-graph.microsoft.us"}},
	{{"login.partner.microsoftonline.cn", "login.chinacloudapi.cn"},
	 {"management.chinacloudapi.cn", "management.core.chinacloudapi.cn"},
	 {"microsoftgraph.chinacloudapi.cn"}},
};

static bool is_listed(const char *name, size_t length, const char *const *hosts)
{
	for (; *hosts; hosts++)
		if (strlen(*hosts) == length && text_has_prefix_fold(name, *hosts))
			return true;
	return false;
}

const struct cloud *cloud_of_host(const char *host, enum sim_service *ret)
{
	size_t length = strlen(host);

	for (size_t i = 0; i < CLOUDS; i++) {
		if (is_listed(host, length, clouds[i].logins))
			*ret = SERVICE_LOGIN;
		else if (is_listed(host, length, clouds[i].arms))
			*ret = SERVICE_ARM;
		else if (is_listed(host, length, clouds[i].graphs))
			*ret = SERVICE_GRAPH;
		else
			continue;
		return &clouds[i];
	}
	return NULL;
}

bool cloud_is_audience(const char *audience, const char *const *hosts)
{
	static const char scheme[] = "https://";
	const char *name = audience + sizeof(scheme) - 1;

	return text_has_prefix_fold(audience, scheme) && is_listed(name, strcspn(name, "/"), hosts) &&
	       strspn(strchrnul(name, '/'), "/") == strlen(strchrnul(name, '/'));
}
