/* Any first line that the proxy is sent: a tunnel is made only of a whole CONNECT, and only to this machine. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/attributes.h"
#include "proxy.h"

enum { TARGET_PORT = 4430 };

/* Does the authority that ends at END end in one of the endings that lead to the tenant? */
static bool leads_home(const char *authority, const char *end)
{
	static const char *const endings[] = {
		"microsoftonline.com:443", "windows.net:443", "microsoft.com:443", "azure.com:443",
		"azurewebsites.net:443",   "azure.net:443",   ".localhost:443",    "localhost:4430",
		"127.0.0.1:4430",          "[::1]:4430",
	};

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t length = strlen(endings[i]);

		if ((size_t)(end - authority) >= length && strncasecmp(end - length, endings[i], length) == 0)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char method[] = "CONNECT ";
	char *line = malloc(size + 1);
	const char *end;

	memcpy(line, data, size);
	line[size] = '\0';
	switch (proxy_judge(line, TARGET_PORT)) {
	case PROXY_TUNNEL:
		if (strncmp(line, method, strlen(method)) != 0)
			abort();
		end = strchr(line + strlen(method), ' ');
		if (!end || strncmp(end, " HTTP/1.", 8) != 0 || !leads_home(line + strlen(method), end))
			abort();
		break;
	case PROXY_FORBIDDEN:
		if (strncmp(line, method, strlen(method)) != 0)
			abort();
		break;
	case PROXY_NOT_CONNECT:
		if (strncmp(line, method, strlen(method)) == 0 || !strstr(line, " HTTP/1."))
			abort();
		break;
	case PROXY_BAD_REQUEST:
		break;
	}
	free(line);
	return 0;
}
