/* The $filter language: any text is either refused with a sentence or can be asked about an object. */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "odata.h"

static const char object[] =
	"{\"displayName\":\"SCEPman-api\",\"note\":null,\"count\":3,\"on\":true,\"web\":{\"home\":\"x\"},"
	"\"uris\":[\"api://a\",null,{}],\"roles\":[{\"value\":\"X.Y\",\"isEnabled\":false},7]}";

static bool answer(void *arg, const char *name, const struct odata_value *values, size_t count, const cJSON *item)
{
	size_t *calls = arg;

	for (size_t i = 0; i < count; i++)
		*calls += values[i].text && values[i].text[0];
	return item && name[0] == 'a';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct odata_node *filter;
	const char *error = NULL, *text = arena_copy_bytes(&arena, (const char *)data, size);
	cJSON *json = cJSON_Parse(object);
	size_t calls = 0;

	if (odata_parse_filter(&arena, text, &filter, &error) == 0)
		odata_matches(filter, json, answer, &calls);
	else if (!error || !*error)
		abort();
	odata_property(json, text);
	cJSON_Delete(json);
	arena_done(&arena);
	return 0;
}
