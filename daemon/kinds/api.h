/*
 * The api-versions that we ask Azure Resource Manager with, one per provider: those that the published JavaScript SDKs
 * use, so that every request can be checked against Microsoft's own definitions of the operation.
 */
#pragma once

#define API_WEB                  "2025-05-01"
#define API_RESOURCE_GRAPH       "2024-04-01"
#define API_STORAGE              "2025-08-01"
#define API_KEY_VAULT            "2025-05-01"
#define API_AUTHORIZATION        "2022-04-01"
#define API_OPERATIONAL_INSIGHTS "2025-07-01"
#define API_DATA_COLLECTION      "2024-03-11"
