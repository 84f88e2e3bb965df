/* Ids that nobody else has, for single requests and assertions. */
#pragma once

#include "base/text.h"

enum { GUID_SIZE = TEXT_GUID_LENGTH + 1 };

/* A random GUID (RFC 4122 version 4), lower case. */
void guid_make(char ret[GUID_SIZE]);
