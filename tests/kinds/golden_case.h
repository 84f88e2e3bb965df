/*
 * A golden case: what the cloud answers to a pass of the whole core, and what the core must write and say then. How a
 * case is written: tests/kinds/README.md.
 */
#pragma once

#include <cjson/cJSON.h>

#include "base/attributes.h"

struct golden_case {
	cJSON *json;    /* with its base's names, configuration and answers merged in, and all names filled in */
	cJSON *answers; /* part of json: "METHOD path" -> an answer, or an array of answers, one for each call */
	cJSON *expect;  /* part of json */
	const char *path;
};

/* Reads the case at PATH, and what it is based on from the folder BASES ("completed": BASES/completed.json). */
void golden_case_load(struct golden_case *golden, const char *path, const char *bases);
/* The same of something that expects nothing: a base by itself. */
void golden_case_load_base(struct golden_case *golden, const char *path, const char *bases);
void golden_case_done(struct golden_case *golden);
/* The configuration as YAML (JSON is YAML), to be freed. */
char *golden_case_configuration(const struct golden_case *golden) _must_check_;
/* The number NAME of the case, or VALUE. */
double golden_case_number(const struct golden_case *golden, const char *name, double value);
