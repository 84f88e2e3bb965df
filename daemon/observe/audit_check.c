#include "observe/audit_check.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "observe/audit_entry.h"
#include "observe/audit_trail.h"

struct audit_checker {
	struct audit_findings *findings;
	struct map open; /* numbers of the writes that have no result yet */
	const char *noted;
};

static void audit_break(struct audit_checker *checker, const char *format, ...) _printf_(2, 3);

static void audit_break(struct audit_checker *checker, const char *format, ...)
{
	struct audit_findings *findings = checker->findings;
	va_list ap;

	if (findings->broken_line)
		return;
	findings->broken_line = findings->lines;
	va_start(ap, format);
	vsnprintf(findings->problem, sizeof(findings->problem), format, ap);
	va_end(ap);
}

static void audit_check_event(struct audit_checker *checker, const cJSON *entry)
{
	char number[AUDIT_NUMBER_SIZE];

	if (text_equal(audit_entry_text(entry, "event"), "write")) {
		audit_entry_name(audit_entry_number(entry, "sequence"), number);
		checker->findings->writes++;
		map_put(&checker->open, number, checker);
	} else if (text_equal(audit_entry_text(entry, "event"), "result")) {
		audit_entry_name(audit_entry_number(entry, "write"), number);
		if (!map_remove(&checker->open, number))
			audit_break(checker, "it is the result of write %s, which is not there", number);
	} else {
		audit_break(checker, "it is neither a write nor a result");
	}
}

static void audit_check_entry(struct audit_checker *checker, const cJSON *entry)
{
	struct audit_findings *findings = checker->findings;

	if (!text_equal(audit_entry_text(entry, "previous"), findings->last))
		audit_break(checker,
			    "it names %.12s… as the line before it, which is %.12s…: something was changed, "
			    "taken out or put in there",
			    audit_entry_text(entry, "previous"), findings->last);
	else if (audit_entry_number(entry, "sequence") != findings->lines)
		audit_break(checker, "its number is %llu", (unsigned long long)audit_entry_number(entry, "sequence"));
	else
		audit_check_event(checker, entry);
}

static void audit_check_line(struct audit_checker *checker, const char *line, size_t length)
{
	struct audit_findings *findings = checker->findings;
	cJSON *entry = cJSON_ParseWithLength(line, length);

	findings->lines++;
	/* Torn lines are part of the chain: the next one names them. */
	if (cJSON_IsObject(entry))
		audit_check_entry(checker, entry);
	else
		findings->torn++;
	cJSON_Delete(entry);
	digest_sha256_hex(line, length, findings->last);
	if (checker->noted && text_equal_fold(findings->last, checker->noted))
		findings->has_noted = true;
}

int audit_check(FILE *stream, const char *noted, struct audit_findings *ret)
{
	struct audit_checker checker = {.findings = ret, .noted = noted};
	size_t allocated = 0, length;
	char *line = NULL;

	*ret = (struct audit_findings){0};
	memcpy(ret->last, AUDIT_NO_LINE, sizeof(ret->last));
	while (audit_entry_read_line(stream, &line, &allocated, &length))
		audit_check_line(&checker, line, length);
	free(line);
	ret->unanswered = checker.open.live;
	map_done(&checker.open);
	return ferror(stream) ? -EIO : 0;
}
