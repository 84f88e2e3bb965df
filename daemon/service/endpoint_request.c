#include "service/endpoint_request.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* Lines end with LF, too: people type requests. */
static bool is_complete(const char *bytes, size_t length)
{
	for (const char *line = bytes; (line = memchr(line, '\n', length - (size_t)(line - bytes)));) {
		line++;
		if (*line == '\n' || (*line == '\r' && line[1] == '\n'))
			return true;
	}
	return false;
}

/* The line at *REST, ended by a zero; the head is complete, so there is one. */
static char *take_line(char **rest)
{
	char *line = *rest, *end = strchr(line, '\n');

	*rest = end + 1;
	if (end > line && end[-1] == '\r')
		end--;
	*end = 0;
	return line;
}

/* RFC 9110 section 5.6.2 */
static bool is_token(const char *text)
{
	const char *c = text;

	while (*c && (isalnum((unsigned char)*c) || strchr("!#$%&'*+-.^_`|~", *c)))
		c++;
	return c > text && !*c;
}

/* ---- the first line ---- */

static int hex_value(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? text_lower(c) - 'a' + 10 : -1;
}

/* In place; false: there is a sign of percent before what is no number, or before a zero. */
static bool decode(char *path)
{
	char *to = path;

	for (const char *from = path; *from; from++) {
		int high, low;

		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		high = hex_value(from[1]);
		low = high < 0 ? -1 : hex_value(from[2]);
		if (low < 0 || high + low == 0)
			return false;
		*to++ = (char)(high * 16 + low);
		from += 2;
	}
	*to = 0;
	return true;
}

/* "/path?query", "http://host/path" (RFC 9112 section 3.2.2) or "*" */
static int parse_target(char *target, struct endpoint_request *ret)
{
	char *path = target;

	if (text_has_prefix_fold(path, "http://"))
		path += strcspn(path + strlen("http://"), "/") + strlen("http://");
	path[strcspn(path, "?#")] = 0;
	if (path != target && !*path) {
		ret->path = "/";
		return 0;
	}
	if ((*path != '/' && strcmp(path, "*") != 0) || !decode(path))
		return -EBADMSG;
	ret->path = path;
	return 0;
}

static int parse_first_line(char *line, struct endpoint_request *ret, bool *ret_needs_host)
{
	char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;

	if (!version)
		return -EBADMSG;
	*target++ = *version++ = 0;
	if (!is_token(line) || !text_has_prefix(version, "HTTP/"))
		return -EBADMSG;
	if (!text_has_prefix(version, "HTTP/1.") || !isdigit((unsigned char)version[7]) || version[8])
		return -EPROTONOSUPPORT;
	ret->method = text_equal(line, "GET")    ? ENDPOINT_GET
		      : text_equal(line, "HEAD") ? ENDPOINT_HEAD
						 : ENDPOINT_OTHER;
	*ret_needs_host = version[7] != '0';
	return parse_target(target, ret);
}

/* ---- the others ---- */

/* "HOST[:PORT]", HOST perhaps an IPv6 address in brackets. */
static const char *parse_host(char *value)
{
	bool in_brackets = *value == '[';
	char *host = value + in_brackets;

	host[strcspn(host, in_brackets ? "]" : ":")] = 0;
	return host;
}

static int parse_field(char *line, struct endpoint_request *ret)
{
	char *colon = strchr(line, ':'), *value, *end;

	if (!colon)
		return -EBADMSG;
	*colon = 0;
	/* Also refuses a line that goes on with the one before it, and a blank before the colon. */
	if (!is_token(line))
		return -EBADMSG;
	if (!text_equal_fold(line, "Host"))
		return 0;
	if (ret->host)
		return -EBADMSG;
	value = colon + 1 + strspn(colon + 1, " \t");
	for (end = value + strlen(value); end > value && strchr(" \t", end[-1]); end--)
		;
	*end = 0;
	ret->host = parse_host(value);
	return 0;
}

int endpoint_request_parse(char *bytes, size_t length, struct endpoint_request *ret)
{
	struct endpoint_request request = {0};
	char *rest = bytes, *line;
	bool needs_host;
	int r;

	if (strlen(bytes) != length)
		return -EBADMSG;
	if (!is_complete(bytes, length))
		return -EAGAIN;
	r = parse_first_line(take_line(&rest), &request, &needs_host);
	while (r == 0 && *(line = take_line(&rest)))
		r = parse_field(line, &request);
	if (r < 0)
		return r;
	if (needs_host && !request.host)
		return -EBADMSG;
	*ret = request;
	return 0;
}
