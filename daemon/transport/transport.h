#pragma once

#include "world/transport.h"
