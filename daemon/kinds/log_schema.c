#include "kinds/log_schema.h"

#include "base/text.h"

const struct column log_columns[LOG_COLUMN_COUNT] = {
	{"TimeGenerated", "datetime"}, {"Timestamp", "string"},       {"Level", "string"},
	{"Message", "string"},         {"Exception", "string"},       {"TenantIdentifier", "string"},
	{"RequestUrl", "string"},      {"UserAgent", "string"},       {"LogCategory", "string"},
	{"EventId", "string"},         {"Hostname", "string"},        {"WebsiteHostname", "string"},
	{"WebsiteSiteName", "string"}, {"WebsiteSlotName", "string"}, {"BaseUrl", "string"},
	{"TraceIdentifier", "string"},
};

bool log_column_is_in(const cJSON *columns, const char *name)
{
	const cJSON *column;

	cJSON_ArrayForEach (column, columns) {
		const cJSON *member = json_get(column, "name");

		if (cJSON_IsString(member) && text_equal_fold(member->valuestring, name))
			return true;
	}
	return false;
}

size_t log_columns_add_missing(cJSON *columns)
{
	size_t added = 0;

	for (size_t i = 0; i < LOG_COLUMN_COUNT; i++) {
		cJSON *column;

		if (log_column_is_in(columns, log_columns[i].name))
			continue;
		column = cJSON_CreateObject();
		cJSON_AddStringToObject(column, "name", log_columns[i].name);
		cJSON_AddStringToObject(column, "type", log_columns[i].type);
		cJSON_AddItemToArray(columns, column);
		added++;
	}
	return added;
}
