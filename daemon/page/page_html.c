#include "page/page_html.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* ---- text ---- */

#define HTML_REPLACEMENT "\xef\xbf\xbd"

/* The bytes of the character at TEXT, and its code; 1 and 0 for what is none. */
static size_t html_decode(const unsigned char *text, unsigned *ret_code)
{
	static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	unsigned code = length < 2 ? text[0] : text[0] & (0x7fu >> length);

	*ret_code = 0;
	if (!length || text[0] > 0xf4)
		return 1;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 1;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < smallest[length] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return 1;
	*ret_code = code;
	return length;
}

static bool html_can_show(unsigned code)
{
	bool is_control = (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7f && code < 0xa0);
	bool is_no_character = (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code < 0xfdf0);
	bool turns_around = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);

	return !is_control && !is_no_character && !turns_around;
}

static const char *html_entity(unsigned code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

/* Writes the character at TEXT; its bytes. */
static size_t html_character(struct buffer *ret, const char *text)
{
	unsigned code;
	size_t length = html_decode((const unsigned char *)text, &code);
	const char *entity = html_entity(code);

	if (entity)
		buffer_append_text(ret, entity);
	else if (html_can_show(code))
		buffer_append(ret, text, length);
	else
		buffer_append_text(ret, HTML_REPLACEMENT);
	return length;
}

void html_text(struct buffer *ret, const char *text)
{
	while (*text)
		text += html_character(ret, text);
}

void html_prose(struct buffer *ret, const char *text)
{
	bool in_code = false;

	while (*text) {
		if (*text == '`' && (in_code || strchr(text + 1, '`'))) {
			in_code = !in_code;
			buffer_append_text(ret, in_code ? "<code>" : "</code>");
			text++;
		} else if (*text == '\n') {
			buffer_append_text(ret, text[1] ? "<br/>" : "");
			text++;
		} else {
			text += html_character(ret, text);
		}
	}
}

void html_format(struct buffer *ret, const char *format, ...)
{
	va_list ap;
	const char *at;

	va_start(ap, format);
	while ((at = strstr(format, "%s"))) {
		buffer_append(ret, format, (size_t)(at - format));
		html_text(ret, va_arg(ap, const char *));
		format = at + 2;
	}
	va_end(ap);
	buffer_append_text(ret, format);
}

/* ---- time ---- */

static bool html_read_time(const char *text, int64_t *ret_unix_s)
{
	struct tm tm = {0};

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
		   &tm.tm_sec) != 6)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_unix_s = timegm(&tm);
	return true;
}

void html_time(struct buffer *ret, const char *time)
{
	int64_t unix_s;

	if (!html_read_time(time, &unix_s) || strlen(time) < sizeof("2026-01-02T03:04:05") - 1) {
		buffer_append_text(ret, "never");
		return;
	}
	/* It may break between the two, and nowhere else. */
	html_format(ret, "<time datetime=\"%s\"><span>", time);
	buffer_append(ret, time, 10);
	buffer_append_text(ret, "</span> <span>");
	buffer_append(ret, time + 11, 8);
	buffer_append_text(ret, "</span></time>");
}

static void html_span(struct buffer *ret, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{24 * 60 * 60, "day"}, {60 * 60, "hour"}, {60, "minute"}, {1, "second"}};
	size_t i = 0;
	long long count;

	/* From two of it on: 90 minutes say more than 1 hour. */
	while (i < 3 && seconds < 2 * units[i].seconds)
		i++;
	count = (long long)(seconds / units[i].seconds);
	buffer_printf(ret, "%lld %s%s", count, units[i].name, count == 1 ? "" : "s");
}

void html_ago(struct buffer *ret, const char *time, const char *now)
{
	int64_t then_s, now_s;

	if (!html_read_time(time, &then_s) || !html_read_time(now, &now_s))
		return;
	if (then_s > now_s)
		buffer_append_text(ret, "in ");
	html_span(ret, then_s > now_s ? then_s - now_s : now_s - then_s);
	if (then_s <= now_s)
		buffer_append_text(ret, " ago");
}

void html_age(struct buffer *ret, const char *time, const char *now)
{
	int64_t then_s, now_s;

	if (html_read_time(time, &then_s) && html_read_time(now, &now_s))
		html_span(ret, now_s > then_s ? now_s - then_s : 0);
}

void html_duration(struct buffer *ret, long long duration_ms)
{
	if (duration_ms < 1000)
		buffer_printf(ret, "%lld ms", duration_ms);
	else if (duration_ms < 60000)
		buffer_printf(ret, "%lld.%lld s", duration_ms / 1000, duration_ms % 1000 / 100);
	else
		buffer_printf(ret, "%lld min %lld s", duration_ms / 60000, duration_ms / 1000 % 60);
}
