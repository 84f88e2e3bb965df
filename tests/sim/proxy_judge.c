#include <string.h>

#include "base/attributes.h"
#include "base/text.h"
#include "clouds.h"
#include "proxy.h"

static const char *const own_hosts[] = {"localhost", "127.0.0.1", "[::1]"};
static const char *const domains[] = {".azurewebsites.net", ".vault.azure.net", ".blob.core.windows.net",
				      ".table.core.windows.net", ".localhost"};

static bool is_simulated(const char *host)
{
	enum sim_service service;

	if (cloud_of_host(host, &service))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(domains); i++)
		if (text_has_suffix_fold(host, domains[i]))
			return true;
	return false;
}

enum proxy_verdict proxy_judge(const char *request_line, uint16_t target_port)
{
	static const char method[] = "CONNECT ";
	const char *authority = request_line + sizeof(method) - 1, *end, *colon;
	char host[256], port_text[8];
	uint64_t port;

	if (!text_has_prefix(request_line, method))
		return strstr(request_line, " HTTP/1.") ? PROXY_NOT_CONNECT : PROXY_BAD_REQUEST;
	end = strchr(authority, ' ');
	if (!end || !text_has_prefix(end, " HTTP/1."))
		return PROXY_BAD_REQUEST;
	colon = memrchr(authority, ':', (size_t)(end - authority));
	if (!colon || (size_t)(colon - authority) >= sizeof(host) || (size_t)(end - colon) > sizeof(port_text))
		return PROXY_BAD_REQUEST;
	*(char *)mempcpy(host, authority, (size_t)(colon - authority)) = '\0';
	*(char *)mempcpy(port_text, colon + 1, (size_t)(end - colon - 1)) = '\0';
	if (!text_parse_uint64(port_text, &port))
		return PROXY_BAD_REQUEST;
	for (size_t i = 0; i < ARRAY_SIZE(own_hosts); i++)
		if (text_equal_fold(host, own_hosts[i]) && port == target_port)
			return PROXY_TUNNEL;
	return port == 443 && is_simulated(host) ? PROXY_TUNNEL : PROXY_FORBIDDEN;
}
