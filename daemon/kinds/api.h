/*
 * The api-versions that we ask Azure Resource Manager with, one per provider: those that the published JavaScript SDKs
 * use, so that every request can be checked against Microsoft's own definitions of the operation.
 */
#pragma once

#define API_WEB "2025-05-01"
