#include "service/listening.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "desired/listen.h"

static void listening_on_closed(void *arg _unused_)
{
}

int listening_begin(struct listening *listening, const struct desired *desired, char **ret_problem)
{
	struct endpoint *endpoint = NULL;
	struct listen_address address;
	int r = 0;

	if (listen_parse(desired->daemon.listen, &address) && address.kind != LISTEN_OFF)
		r = endpoint_start(listening->loop, &address, answers_give, listening->answers, &endpoint, ret_problem);
	if (r < 0)
		return r;
	listening_end(listening);
	listening->endpoint = endpoint;
	listening->address = memory_copy_text(desired->daemon.listen);
	return 0;
}

void listening_move(struct listening *listening, const struct desired *desired, const struct log *log)
{
	char *problem = NULL;

	if (text_equal(listening->address, desired->daemon.listen) ||
	    listening_begin(listening, desired, &problem) == 0)
		return;
	log_say(log, LOG_LEVEL_ERROR, EVENT_WARNING, NULL,
		"daemon.listen has changed, and the old address stays (%s): %s. Passes go on; each reload tries again",
		listening->address, problem);
	free(problem);
}

void listening_end(struct listening *listening)
{
	if (listening->endpoint)
		endpoint_close(listening->endpoint, listening_on_closed, NULL);
	listening->endpoint = NULL;
	free(listening->address);
	listening->address = NULL;
}
