/* What SCEPman logs: the columns and the names that table, data collection rule and SCEPman agree on (domain.md 1.7).
 */
#pragma once

#include "world/observed.h"

enum { LOG_COLUMN_COUNT = 16 };

extern const struct column log_columns[LOG_COLUMN_COUNT];

#define LOG_TABLE       "SCEPman_CL"
#define LOG_STREAM      "Custom-SCEPmanLogs"
#define LOG_OUTPUT      "Custom-" LOG_TABLE
#define LOG_DESTINATION "SCEPmanLogAnalyticsDestination"
