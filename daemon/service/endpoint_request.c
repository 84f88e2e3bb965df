#include "service/endpoint_request.h"

#include <errno.h>
#include <http_parser.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

/* Where the parser found something: LENGTH bytes at START, which is NULL when there was none. */
struct piece {
	char *start;
	size_t length;
};

/* The whole head is there at once, so each callback is called once for each thing, with all of it. */
struct head {
	char *bytes;
	struct piece target, host;
	bool is_host; /* the value that comes next */
	bool is_double, is_complete;
};

static struct piece piece_at(struct head *head, const char *at, size_t length)
{
	return (struct piece){head->bytes + (at - head->bytes), length};
}

static int head_on_url(http_parser *parser, const char *at, size_t length)
{
	struct head *head = parser->data;

	head->target = piece_at(head, at, length);
	return 0;
}

static int head_on_header_field(http_parser *parser, const char *at, size_t length)
{
	struct head *head = parser->data;

	head->is_host = length == strlen("Host") && text_has_prefix_fold(at, "Host");
	return 0;
}

static int head_on_header_value(http_parser *parser, const char *at, size_t length)
{
	struct head *head = parser->data;

	if (!head->is_host)
		return 0;
	head->is_double = head->host.start != NULL;
	head->host = piece_at(head, at, length);
	return head->is_double;
}

static int head_on_headers_complete(http_parser *parser)
{
	struct head *head = parser->data;

	head->is_complete = true;
	http_parser_pause(parser, 1); /* what follows is no business of ours */
	return 0;
}

/* ---- the target ---- */

static int hex_value(char c)
{
	return c >= '0' && c <= '9'                           ? c - '0'
	       : text_lower(c) >= 'a' && text_lower(c) <= 'f' ? text_lower(c) - 'a' + 10
							      : -1;
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
static int read_path(struct piece target, struct endpoint_request *ret)
{
	struct http_parser_url url;

	http_parser_url_init(&url);
	if (!target.start || http_parser_parse_url(target.start, target.length, 0, &url) != 0)
		return -EBADMSG;
	if (!(url.field_set & (1 << UF_PATH))) {
		ret->path = "/";
		return 0;
	}
	target.start += url.field_data[UF_PATH].off;
	target.start[url.field_data[UF_PATH].len] = 0;
	if (!decode(target.start))
		return -EBADMSG;
	ret->path = target.start;
	return 0;
}

/* ---- the host ---- */

/* "HOST[:PORT]", HOST perhaps an IPv6 address in brackets. */
static const char *read_host(struct piece value)
{
	bool in_brackets;
	char *host = value.start;

	if (!host)
		return NULL;
	host[value.length] = 0;
	in_brackets = *host == '[';
	host += in_brackets;
	host[strcspn(host, in_brackets ? "]" : ": \t")] = 0;
	return host;
}

int endpoint_request_parse(char *bytes, size_t length, struct endpoint_request *ret)
{
	static const http_parser_settings settings = {
		.on_url = head_on_url,
		.on_header_field = head_on_header_field,
		.on_header_value = head_on_header_value,
		.on_headers_complete = head_on_headers_complete,
	};
	struct head head = {.bytes = bytes};
	struct endpoint_request request = {0};
	http_parser parser;
	int r;

	if (strlen(bytes) != length)
		return -EBADMSG;
	http_parser_init(&parser, HTTP_REQUEST);
	parser.data = &head;
	http_parser_execute(&parser, &settings, bytes, length);
	if (!head.is_complete)
		return HTTP_PARSER_ERRNO(&parser) == HPE_OK ? -EAGAIN : -EBADMSG;
	if (parser.http_major != 1)
		return -EPROTONOSUPPORT;
	request.method = parser.method == HTTP_GET    ? ENDPOINT_GET
			 : parser.method == HTTP_HEAD ? ENDPOINT_HEAD
						      : ENDPOINT_OTHER;
	r = read_path(head.target, &request);
	request.host = read_host(head.host);
	if (r < 0)
		return r;
	if (parser.http_minor > 0 && !request.host)
		return -EBADMSG;
	*ret = request;
	return 0;
}
