#include "service/configuration.h"

#include <stdlib.h>

#include "base/text.h"

/* Where systemd keeps the secrets of our unit while it runs. */
#define CREDENTIALS_OF_THE_UNIT "/run/credentials/scepmand.service"

/* In a root shell the configuration of the service means the service's own secrets. */
static const char *environment(const char *name)
{
	const char *value = secure_getenv(name);

	return text_is_empty(value) && text_equal(name, "CREDENTIALS_DIRECTORY") ? CREDENTIALS_OF_THE_UNIT : value;
}

struct desired *configuration_load(const char *file, struct buffer *problems)
{
	struct desired_problems list = {0};
	struct desired *desired = NULL;

	if (desired_load_file(file, environment, &desired, &list) < 0)
		desired = NULL;
	for (size_t i = 0; i < list.count; i++) {
		const struct desired_problem *problem = &list.items[i];

		buffer_printf(problems, "%s%s:", problems->length ? "\n" : "", file);
		if (problem->position.line)
			buffer_printf(problems, "%u:%u:", problem->position.line, problem->position.column);
		buffer_printf(problems, " %s", problem->message);
	}
	desired_problems_done(&list);
	return desired;
}
