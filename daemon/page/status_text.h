/* The status document (status_json.h) for people who read a terminal. Takes the document only, so that it says of a
 * daemon on the other end of a socket what it would say of itself. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/attributes.h"
#include "base/buffer.h"

/* IS_VERBOSE: the whole drift history that the document has, not only the end of it. */
void status_text(const cJSON *status, bool is_verbose, struct buffer *ret);
/* Is every installation known and Ready? */
bool status_text_is_ready(const cJSON *status);
