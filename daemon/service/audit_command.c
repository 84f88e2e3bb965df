#include "service/audit_command.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "observe/audit_check.h"

/* ---- verify ---- */

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void print_findings(const char *path, const struct audit_findings *findings)
{
	printf("%s: %llu line%s, %llu write%s", path, (unsigned long long)findings->lines, plural(findings->lines),
	       (unsigned long long)findings->writes, plural(findings->writes));
	if (findings->unanswered)
		printf(", %llu without a recorded result", (unsigned long long)findings->unanswered);
	if (findings->torn)
		printf(", %llu line%s torn by a crash", (unsigned long long)findings->torn, plural(findings->torn));
	printf(".\nThe chain is %s. SHA-256 of the last line: %s\n", findings->broken_line ? "broken" : "whole",
	       findings->last);
}

static void print_findings_json(const char *path, const char *noted, const struct audit_findings *findings)
{
	cJSON *object = cJSON_CreateObject();
	char *text;

	cJSON_AddStringToObject(object, "file", path);
	cJSON_AddBoolToObject(object, "whole", !findings->broken_line);
	cJSON_AddNumberToObject(object, "lines", (double)findings->lines);
	cJSON_AddNumberToObject(object, "writes", (double)findings->writes);
	cJSON_AddNumberToObject(object, "unanswered", (double)findings->unanswered);
	cJSON_AddNumberToObject(object, "torn", (double)findings->torn);
	cJSON_AddStringToObject(object, "last", findings->last);
	if (noted)
		cJSON_AddBoolToObject(object, "contains", findings->has_noted);
	if (findings->broken_line) {
		cJSON_AddNumberToObject(object, "broken_line", (double)findings->broken_line);
		cJSON_AddStringToObject(object, "problem", findings->problem);
	}
	text = cJSON_Print(object);
	if (!text)
		memory_exhausted();
	puts(text);
	free(text);
	cJSON_Delete(object);
}

static int verify(const struct options *options, const char *path, FILE *stream)
{
	struct audit_findings findings;
	int r;

	r = audit_check(stream, options->noted_hash, &findings);
	if (r < 0) {
		fprintf(stderr, "scepmand: %s cannot be read: %s\n", path, strerror(-r));
		return EXIT_FAILURE;
	}
	if (options->output == OUTPUT_JSON)
		print_findings_json(path, options->noted_hash, &findings);
	else if (!options->is_quiet)
		print_findings(path, &findings);
	if (findings.broken_line)
		fprintf(stderr,
			"scepmand: %s, line %llu: %s. What stands before it is as it was written; nothing from there "
			"on "
			"is proven. Keep the file and compare it with a copy\n",
			path, (unsigned long long)findings.broken_line, findings.problem);
	if (options->noted_hash && !findings.has_noted)
		fprintf(stderr,
			"scepmand: %s has no line whose SHA-256 is %s: the trail is another one, or its end was taken "
			"away\n",
			path, options->noted_hash);
	return findings.broken_line || (options->noted_hash && !findings.has_noted) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- show ---- */

static int show(const struct options *options, const char *path, FILE *stream)
{
	const struct audit_selection selection = {
		.instances = options->instances,
		.instance_count = options->instance_count,
		.is_json = options->output == OUTPUT_JSON,
	};
	int r;

	r = audit_show(stream, &selection, stdout);
	if (r < 0)
		fprintf(stderr, "scepmand: %s cannot be read: %s\n", path, strerror(-r));
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- either ---- */

int audit_command(const struct options *options, const struct desired *desired)
{
	FILE *stream;
	char *path;
	int status;

	if (asprintf(&path, "%s/audit.jsonl", desired->daemon.state_directory) < 0)
		memory_exhausted();
	stream = fopen(path, "re");
	if (!stream) {
		fprintf(stderr, "scepmand: %s cannot be opened: %s%s\n", path, strerror(errno),
			errno == ENOENT ? ". It begins with the first write to a tenant" : "");
		free(path);
		return EXIT_FAILURE;
	}
	status = options->audit == AUDIT_VERIFY ? verify(options, path, stream) : show(options, path, stream);
	fclose(stream);
	free(path);
	return status;
}
