#include "page/document.h"

const cJSON *document_get(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

const char *document_text(const cJSON *json, const char *name)
{
	const char *text = cJSON_GetStringValue(document_get(json, name));

	return text ? text : "";
}

bool document_is_true(const cJSON *json, const char *name)
{
	return cJSON_IsTrue(document_get(json, name));
}

long long document_number(const cJSON *json, const char *name)
{
	const cJSON *item = document_get(json, name);

	return cJSON_IsNumber(item) ? (long long)item->valuedouble : 0;
}
