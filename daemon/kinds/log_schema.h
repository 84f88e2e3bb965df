/*
 * What SCEPman logs: the columns and the names that table, data collection rule and SCEPman agree on (domain.md 1.7).
 * Columns are told apart by name alone: what type an existing one has is its owner's business.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "world/json.h"
#include "world/observed.h"

enum { LOG_COLUMN_COUNT = 16 };

extern const struct column log_columns[LOG_COLUMN_COUNT];

#define LOG_TABLE       "SCEPman_CL"
#define LOG_STREAM      "Custom-SCEPmanLogs"
#define LOG_OUTPUT      "Custom-" LOG_TABLE
#define LOG_DESTINATION "SCEPmanLogAnalyticsDestination"
#define LOG_RULE        "dcr-scepmanlogs"

/* Is a column NAME, without regard to case, in the array COLUMNS of {"name", "type"}? */
bool log_column_is_in(const cJSON *columns, const char *name) _must_check_;
/* Appends those of log_columns that COLUMNS, an array, lacks. How many that were. */
size_t log_columns_add_missing(cJSON *columns);
