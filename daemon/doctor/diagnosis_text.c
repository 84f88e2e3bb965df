#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "doctor/diagnosis.h"
#include "doctor/graph_permission.h"
#include "world/observed.h"

enum { TEXT_COLUMN_MAX = 60 };

struct text {
	struct buffer *buffer;
	bool has_colour;
};

enum colour {
	COLOUR_NONE = 0,
	COLOUR_HEADING = 1,
	COLOUR_FAINT = 2,
	COLOUR_BAD = 31,
	COLOUR_GOOD = 32,
	COLOUR_DOUBT = 33
};

static void text_coloured(const struct text *text, enum colour colour, const char *words)
{
	if (text->has_colour)
		buffer_printf(text->buffer, "\033[%dm%s\033[0m", (int)colour, words);
	else
		buffer_append_text(text->buffer, words);
}

/* ---- who ---- */

static void text_time(const struct text *text, int64_t unix_s)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_format_rfc3339(unix_s * 1000, time);
	buffer_printf(text->buffer, "%.10s %.5s UTC", time, time + 11);
}

static const char *or_unknown(const char *value)
{
	return value ? value : "(not said)";
}

static void text_identity(const struct text *text, const struct claims *claims)
{
	struct buffer *buffer = text->buffer;

	switch (claims->type) {
	case IDENTITY_PERSON:
		buffer_printf(buffer, "  signs in as the person %s, object id %s, through application %s\n",
			      or_unknown(claims->user_name), or_unknown(claims->object_id), or_unknown(claims->app_id));
		return;
	case IDENTITY_MANAGED:
		buffer_printf(buffer, "  signs in as the managed identity %s, object id %s (application %s)\n",
			      claims->resource_id, or_unknown(claims->object_id), or_unknown(claims->app_id));
		return;
	case IDENTITY_APPLICATION:
		buffer_printf(buffer, "  signs in as the application %s, object id %s\n", or_unknown(claims->app_id),
			      or_unknown(claims->object_id));
		return;
	case IDENTITY_UNKNOWN:
		buffer_append_text(buffer, "  signs in, but its token does not say as whom\n");
		return;
	}
}

static const char *const audience_names[AUDIENCES] = {
	[AUDIENCE_RESOURCE_MANAGER] = "Azure Resource Manager",
	[AUDIENCE_GRAPH] = "Microsoft Graph",
};

static void text_token(const struct text *text, enum audience audience, const struct diagnosis_token *token)
{
	if (token->problem) {
		buffer_append_text(text->buffer, "  ");
		text_coloured(text, COLOUR_BAD, "!");
		buffer_printf(text->buffer,
			      token->is_readable ? " the token for %s (%s) is refused: %s\n"
						 : " no token for %s (%s): %s\n",
			      audience_names[audience], token->url, token->problem);
		return;
	}
	buffer_printf(text->buffer, "  token for %s (%s)", audience_names[audience], token->url);
	if (token->is_readable && token->claims.expires_s) {
		buffer_append_text(text->buffer, " until ");
		text_time(text, token->claims.expires_s);
	}
	buffer_append_char(text->buffer, '\n');
}

static void text_notes(const struct text *text, const struct notes *notes)
{
	for (const struct note *note = notes->first; note; note = note->next) {
		buffer_append_text(text->buffer, "  ");
		if (note->is_trouble)
			text_coloured(text, COLOUR_BAD, "! ");
		buffer_printf(text->buffer, "%s\n", note->text);
	}
}

/* ---- rights ---- */

static void text_finding(const struct text *text, enum finding finding)
{
	switch (finding) {
	case FINDING_HAS:
		text_coloured(text, COLOUR_GOOD, "  yes  ");
		return;
	case FINDING_LACKS:
		text_coloured(text, COLOUR_BAD, "  NO   ");
		return;
	case FINDING_NOT_NEEDED:
		text_coloured(text, COLOUR_FAINT, "  -    ");
		return;
	case FINDING_UNKNOWN:
		text_coloured(text, COLOUR_DOUBT, "  ?    ");
		return;
	}
}

/* The right in short: that it is there, or is not needed, is all there is to know. */
static void text_right(const struct text *text, const struct demand *demand)
{
	struct buffer *buffer = text->buffer;
	size_t count = 0;

	if (demand->authority == AUTHORITY_GRAPH) {
		buffer_append_text(buffer, demand->permission->name);
	} else {
		while (demand->actions[count])
			count++;
		buffer_append_text(buffer, demand->actions[0]);
		if (count > 1)
			buffer_printf(buffer, " and %zu more", count - 1);
		buffer_printf(buffer, " in %s",
			      demand->group ? arm_id_name(demand->group) : "an unknown resource group");
	}
	if (demand->remark)
		buffer_printf(buffer, " (%s)", demand->remark);
	buffer_append_char(buffer, '\n');
}

static void text_demand(const struct text *text, const struct demand *demand, size_t width)
{
	text_finding(text, demand->finding);
	buffer_printf(text->buffer, "%-*s  ", (int)width, demand->purpose);
	text_right(text, demand);
	for (size_t i = 0; demand->missing && demand->missing[i]; i++)
		buffer_printf(text->buffer, "         lacks %s%s%s\n", demand->missing[i], demand->scope ? " on " : "",
			      demand->scope ? demand->scope : "");
}

static bool is_same_section(const struct demand *a, const struct demand *b)
{
	return a && a->authority == b->authority && text_equal(a->instance, b->instance);
}

static void text_demands(const struct text *text, const struct diagnosis *diagnosis)
{
	const struct demand *before = NULL;
	size_t width = 0;

	for (const struct demand *demand = diagnosis->demands.first; demand; demand = demand->next) {
		size_t length = strlen(demand->purpose);

		if (length > width && length <= TEXT_COLUMN_MAX)
			width = length;
	}
	for (const struct demand *demand = diagnosis->demands.first; demand; before = demand, demand = demand->next) {
		if (!is_same_section(before, demand)) {
			buffer_append_char(text->buffer, '\n');
			if (demand->authority == AUTHORITY_GRAPH)
				buffer_append_text(text->buffer, "  Microsoft Graph\n");
			else
				buffer_printf(text->buffer, "  Azure, for %s\n", demand->instance);
		}
		text_demand(text, demand, width);
	}
	if (diagnosis->to_spare && *diagnosis->to_spare) {
		buffer_append_text(text->buffer,
				   "\n  has on Microsoft Graph, but the configuration does not ask for it:");
		for (const char *const *name = diagnosis->to_spare; *name; name++)
			buffer_printf(text->buffer, "%s %s", name == diagnosis->to_spare ? "" : ",", *name);
		buffer_append_char(text->buffer, '\n');
	}
}

static void text_advice(const struct text *text, const struct diagnosis *diagnosis)
{
	if (!diagnosis->advice)
		return;
	buffer_append_text(
		text->buffer,
		"\n  An administrator gives what is missing with the commands below. A new role may be unknown "
		"for some minutes:\n  then repeat the assignment. A new permission on Graph counts with the "
		"next token.\n\n");
	for (const struct advice *advice = diagnosis->advice; advice; advice = advice->next)
		buffer_printf(text->buffer, "# %s\n%s\n", advice->purpose, advice->command.text);
}

/* ---- all ---- */

static void text_diagnosis(const struct text *text, const struct diagnosis *diagnosis)
{
	const struct claims *identity = diagnosis_identity(diagnosis);

	text_coloured(text, COLOUR_HEADING, diagnosis->tenant->name);
	buffer_printf(text->buffer, " (tenant %s)\n", diagnosis->tenant->tenant_id);
	if (identity)
		text_identity(text, identity);
	for (enum audience i = 0; i < AUDIENCES; i++)
		text_token(text, i, &diagnosis->tokens[i]);
	text_notes(text, &diagnosis->notes);
	text_demands(text, diagnosis);
	text_advice(text, diagnosis);
	buffer_append_char(text->buffer, '\n');
}

void diagnosis_text(const struct diagnosis *const *diagnoses, size_t count, const struct notes *local, bool has_colour,
		    struct buffer *ret)
{
	const struct text text = {.buffer = ret, .has_colour = has_colour};
	size_t lacks = 0, unknown = 0, failed = 0;

	text_coloured(&text, COLOUR_HEADING, "this machine");
	buffer_append_char(ret, '\n');
	text_notes(&text, local);
	buffer_append_char(ret, '\n');
	for (size_t i = 0; i < count; i++) {
		text_diagnosis(&text, diagnoses[i]);
		lacks += diagnosis_count(diagnoses[i], FINDING_LACKS);
		unknown += diagnosis_count(diagnoses[i], FINDING_UNKNOWN);
		failed += diagnoses[i]->has_failed;
	}
	if (!lacks && !unknown && !failed) {
		buffer_append_text(ret, "Nothing lacks.\n");
		return;
	}
	buffer_printf(ret, "%zu right%s missing; %zu could not be looked at", lacks, lacks == 1 ? " is" : "s are",
		      unknown);
	if (failed)
		buffer_printf(ret, "; %zu tenant%s could not be examined to the end", failed, failed == 1 ? "" : "s");
	buffer_append_text(ret, ".\n");
}
