#include "observe/audit_entry.h"

#include <sys/types.h>

bool audit_entry_read_line(FILE *stream, char **line, size_t *allocated, size_t *ret_length)
{
	ssize_t length = getline(line, allocated, stream);

	if (length < 0)
		return false;
	if (length && (*line)[length - 1] == '\n')
		length--;
	*ret_length = (size_t)length;
	return true;
}

const char *audit_entry_text(const cJSON *entry, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, name));

	return text ? text : "";
}

uint64_t audit_entry_number(const cJSON *entry, const char *name)
{
	const cJSON *number = cJSON_GetObjectItemCaseSensitive(entry, name);

	/* Beyond that a double skips numbers. */
	return cJSON_IsNumber(number) && number->valuedouble >= 1 && number->valuedouble < 9e15
		       ? (uint64_t)number->valuedouble
		       : 0;
}

void audit_entry_name(uint64_t number, char ret[AUDIT_NUMBER_SIZE])
{
	snprintf(ret, AUDIT_NUMBER_SIZE, "%llu", (unsigned long long)number);
}
