#include "desired/listen.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/un.h>

#include "base/text.h"

static bool is_loopback(const char *host)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool is_address(const char *host, bool in_brackets)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(in_brackets ? AF_INET6 : AF_INET, host, address) == 1;
}

static bool parse_tcp(const char *text, struct listen_address *ret)
{
	const char *colon = strrchr(text, ':');
	bool in_brackets = *text == '[';
	const char *start = text + in_brackets;
	uint64_t port;
	size_t length;

	if (!colon || !text_parse_uint64(colon + 1, &port) || port > UINT16_MAX || colon - start < 1 + in_brackets ||
	    (in_brackets && colon[-1] != ']'))
		return false;
	length = (size_t)(colon - start) - in_brackets;
	if (length >= sizeof(ret->host))
		return false;
	ret->kind = LISTEN_TCP;
	memcpy(ret->host, start, length);
	if (!in_brackets && text_equal_fold(ret->host, "localhost"))
		memcpy(ret->host, "127.0.0.1", sizeof("127.0.0.1"));
	ret->port = (uint16_t)port;
	ret->is_loopback = is_loopback(ret->host);
	return is_address(ret->host, in_brackets);
}

bool listen_parse(const char *text, struct listen_address *ret)
{
	struct listen_address address = {.kind = LISTEN_OFF, .is_loopback = true};

	if (text_has_prefix(text, "unix:")) {
		address.kind = LISTEN_UNIX;
		address.path = text + strlen("unix:");
		if (*address.path != '/' || strlen(address.path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
			return false;
	} else if (!text_equal(text, "off") && !parse_tcp(text, &address)) {
		return false;
	}
	*ret = address;
	return true;
}

const char *listen_check(const char *text)
{
	struct listen_address ignored;

	return listen_parse(text, &ignored)
		       ? NULL
		       : "must be ADDRESS:PORT, [IPv6]:PORT, localhost:PORT, unix:/PATH or \"off\"";
}
