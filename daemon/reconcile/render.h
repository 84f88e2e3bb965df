/*
 * A report as text for people and as JSON for their scripts (product.md section 2). Pure: writes into a buffer, knows
 * no terminal; whether there are colours is the caller's decision.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "reconcile/report.h"

enum render_purpose {
	RENDER_PLAN,  /* what would be done */
	RENDER_APPLY, /* what was done */
};

void render_text(const struct report *report, enum render_purpose purpose, bool has_colour, struct buffer *ret);
/* For RENDER_APPLY the summary counts what was done, and as "pending" what was not: on hold, or mode: plan. */
void render_json(const struct report *report, enum render_purpose purpose, struct buffer *ret);
/* One installation as in that document; to be freed with cJSON_Delete(). */
cJSON *render_instance_json(const struct report_instance *instance) _must_check_;
/* The commands of what is withheld, as a shell script; or as a JSON list (--json). */
void render_grants_text(const struct report *report, struct buffer *ret);
void render_grants_json(const struct report *report, struct buffer *ret);
/* The last line: "Plan: 7 to add, …" or "In sync.", without the line's end. */
void render_summary(const struct report *report, enum render_purpose purpose, struct buffer *ret);
