#include "base/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static char buffer_nothing[1];

void buffer_init(struct buffer *buffer, size_t maximum)
{
	*buffer = (struct buffer){.data = buffer_nothing, .maximum = maximum};
}

void buffer_done(struct buffer *buffer)
{
	if (buffer->allocated) {
		memory_wipe(buffer->data, buffer->length);
		free(buffer->data);
	}
	buffer_init(buffer, buffer->maximum);
}

void buffer_reset(struct buffer *buffer)
{
	if (buffer->allocated)
		memory_wipe(buffer->data, buffer->length);
	buffer->length = 0;
	buffer->overflowed = false;
}

/* Moves to a larger block without leaving a copy behind, as realloc() would: the bytes may be a secret. */
static bool buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t allocated = buffer->allocated ? buffer->allocated : 256;
	char *data;

	if (more > buffer->maximum - buffer->length) {
		buffer->overflowed = true;
		return false;
	}
	if (buffer->allocated && buffer->length + more < buffer->allocated)
		return true;
	while (allocated <= buffer->length + more)
		allocated *= 2;
	data = memory_new(allocated);
	if (buffer->allocated) {
		memcpy(data, buffer->data, buffer->length);
		memory_wipe(buffer->data, buffer->length);
		free(buffer->data);
	}
	buffer->data = data;
	buffer->allocated = allocated;
	return true;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
	if (!length || !buffer_reserve(buffer, length))
		return;
	memcpy(buffer->data + buffer->length, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = 0;
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_append_char(struct buffer *buffer, char c)
{
	buffer_append(buffer, &c, 1);
}

void buffer_vprintf(struct buffer *buffer, const char *format, va_list ap)
{
	va_list again;
	int length;

	va_copy(again, ap);
	length = vsnprintf(NULL, 0, format, ap);
	if (length < 0)
		memory_exhausted();
	if (buffer_reserve(buffer, (size_t)length)) {
		vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buffer_vprintf(buffer, format, ap);
	va_end(ap);
}

/* How many bytes at TEXT stand for themselves in a JSON string. */
static size_t json_plain_length(const char *text)
{
	const char *p = text;

	while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	return (size_t)(p - text);
}

void buffer_append_json_escaped(struct buffer *buffer, const char *text)
{
	for (;; text++) {
		size_t plain = json_plain_length(text);

		buffer_append(buffer, text, plain);
		text += plain;
		switch (*text) {
		case '\0':
			return;
		case '"':
			buffer_append_text(buffer, "\\\"");
			break;
		case '\\':
			buffer_append_text(buffer, "\\\\");
			break;
		case '\n':
			buffer_append_text(buffer, "\\n");
			break;
		case '\r':
			buffer_append_text(buffer, "\\r");
			break;
		case '\t':
			buffer_append_text(buffer, "\\t");
			break;
		default:
			buffer_printf(buffer, "\\u%04x", (unsigned char)*text);
		}
	}
}

void buffer_append_url_encoded(struct buffer *buffer, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
		    strchr("-._~", *p))
			buffer_append_char(buffer, (char)*p);
		else
			buffer_printf(buffer, "%%%02X", *p);
	}
}

char *buffer_steal(struct buffer *buffer)
{
	char *data = buffer->allocated ? buffer->data : memory_new(1);

	buffer_init(buffer, buffer->maximum);
	return data;
}
