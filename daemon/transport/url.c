#include "transport/url.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

enum { URL_LENGTH_MAX = 32 * 1024 };

static bool is_host_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_';
}

static bool is_port(const char *text, size_t length)
{
	if (!length || length > 5)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

/* "host", "host:port", "[::1]:port"; nothing else, so no user information and no backslash. */
static bool is_authority(const char *text, size_t length)
{
	size_t i = 0;

	if (length && text[0] == '[') {
		for (i = 1; i < length && text[i] != ']'; i++)
			if (!strchr("0123456789abcdefABCDEF:.", text[i]))
				return false;
		if (i == length || i < 3)
			return false;
		i++;
	} else {
		while (i < length && is_host_character(text[i]))
			i++;
	}
	if (!i)
		return false;
	return i == length || (text[i] == ':' && is_port(text + i + 1, length - i - 1));
}

/* The path as it may be put on the wire, or NULL when it holds what no honest server sends. */
static const char *encode_path(const char *path, struct arena *arena)
{
	struct buffer encoded;
	const char *result = NULL;

	buffer_init(&encoded, 3 * URL_LENGTH_MAX);
	for (const unsigned char *p = (const unsigned char *)path; *p && *p != '#'; p++) {
		if ((*p < 0x20) || *p == 0x7f || *p == '\\')
			goto out;
		if (*p == ' ' || *p >= 0x80 || *p == '"' || *p == '<' || *p == '>')
			buffer_printf(&encoded, "%%%02X", *p);
		else
			buffer_append_char(&encoded, (char)*p);
	}
	if (!encoded.overflowed)
		result = arena_copy_text(arena, encoded.data);
out:
	buffer_done(&encoded);
	return result;
}

int url_parse(const char *text, struct arena *arena, struct url *ret)
{
	size_t scheme, authority;
	const char *path;
	struct url url;

	if (text_has_prefix_fold(text, "https://"))
		scheme = strlen("https://");
	else if (text_has_prefix_fold(text, "http://"))
		scheme = strlen("http://");
	else
		return -EINVAL;
	if (strlen(text) > URL_LENGTH_MAX)
		return -EINVAL;
	authority = strcspn(text + scheme, "/?#");
	if (!is_authority(text + scheme, authority))
		return -EINVAL;
	path = encode_path(text + scheme + authority, arena);
	if (!path)
		return -EINVAL;
	url.origin = arena_copy_bytes(arena, text, scheme + authority);
	url.host = url.origin + scheme;
	url.path = path[0] == '?' ? arena_printf(arena, "/%s", path) : path;
	*ret = url;
	return 0;
}

/* The origin without the port that its scheme implies. */
static size_t significant_length(const char *origin)
{
	size_t length = strlen(origin);

	if (text_has_prefix_fold(origin, "https:") && text_has_suffix_fold(origin, ":443"))
		return length - strlen(":443");
	if (text_has_prefix_fold(origin, "http:") && text_has_suffix_fold(origin, ":80"))
		return length - strlen(":80");
	return length;
}

const char *url_path_on_origin(const char *link, const char *origin, struct arena *arena)
{
	struct url url;
	size_t length;

	if (link[0] == '/' && link[1] != '/' && link[1] != '\\' && strlen(link) <= URL_LENGTH_MAX)
		return encode_path(link, arena);
	if (url_parse(link, arena, &url) < 0)
		return NULL;
	length = significant_length(origin);
	if (significant_length(url.origin) != length || strncasecmp(url.origin, origin, length) != 0)
		return NULL;
	return url.path[0] ? url.path : "/";
}
