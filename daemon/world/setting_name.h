/*
 * When two names are the same app setting (domain.md 1.11): .NET reads "__" as ':' and does not care about case, so
 * "AppConfig:BaseUrl" and "APPCONFIG__BaseUrl" are one setting, whichever platform it is on.
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"

bool setting_name_is_same(const char *a, const char *b) _pure_;
