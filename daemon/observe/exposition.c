#include "observe/exposition.h"

#include <stdio.h>
#include <string.h>

static void add_escaped(struct buffer *out, const char *value)
{
	for (; *value; value++) {
		switch (*value) {
		case '\\':
			buffer_append_text(out, "\\\\");
			break;
		case '"':
			buffer_append_text(out, "\\\"");
			break;
		case '\n':
			buffer_append_text(out, "\\n");
			break;
		default:
			buffer_append_char(out, *value);
		}
	}
}

const char *exposition_labels(struct arena *arena, const char *const *names_and_values, size_t count)
{
	struct buffer labels;
	const char *text;

	buffer_init(&labels, 64 << 10);
	for (size_t i = 0; i + 1 < count; i += 2) {
		buffer_printf(&labels, "%s%s=\"", i ? "," : "{", names_and_values[i]);
		add_escaped(&labels, names_and_values[i + 1] ? names_and_values[i + 1] : "");
		buffer_append_char(&labels, '"');
	}
	if (labels.length)
		buffer_append_char(&labels, '}');
	text = arena_copy_text(arena, labels.data);
	buffer_done(&labels);
	return text;
}

void exposition_begin(struct buffer *out, const char *name, enum exposition_type type, const char *help)
{
	static const char *const types[] = {
		[EXPOSITION_COUNTER] = "counter",
		[EXPOSITION_GAUGE] = "gauge",
		[EXPOSITION_HISTOGRAM] = "histogram",
	};

	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

void exposition_add(struct buffer *out, const char *name, const char *suffix, const char *labels, double value)
{
	/* Times in seconds and bytes are whole numbers of up to 15 digits, and are printed as such. */
	buffer_printf(out, "%s%s%s %.15g\n", name, suffix, labels, value);
}

void exposition_observe(struct exposition_histogram *histogram, const double *bounds, size_t count, double value)
{
	histogram->count++;
	histogram->sum += value;
	for (size_t i = 0; i < count; i++) {
		if (value > bounds[i])
			continue;
		histogram->counts[i]++;
		return;
	}
}

static void add_bucket(struct buffer *out, const char *name, const char *labels, const char *bound, double value)
{
	size_t length = strlen(labels);

	/* {a="b"} becomes {a="b",le="…"} */
	buffer_printf(out, "%s_bucket%.*s%sle=\"%s\"} %.15g\n", name, length ? (int)length - 1 : 0, labels,
		      length ? "," : "{", bound, value);
}

void exposition_add_histogram(struct buffer *out, const char *name, const char *labels, const double *bounds,
			      size_t count, const struct exposition_histogram *histogram)
{
	double sum = 0;
	char bound[32];

	for (size_t i = 0; i < count; i++) {
		sum += histogram->counts[i];
		snprintf(bound, sizeof(bound), "%g", bounds[i]);
		add_bucket(out, name, labels, bound, sum);
	}
	add_bucket(out, name, labels, "+Inf", histogram->count);
	exposition_add(out, name, "_sum", labels, histogram->sum);
	exposition_add(out, name, "_count", labels, histogram->count);
}
