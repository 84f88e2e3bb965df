/*
 * What Azure and we accept as a name. Each function returns NULL when TEXT is fine, and else what it must be, to be put
 * behind the key's name: "must be ...". The rules are Azure's resource name rules (Microsoft.Web/sites and slots,
 * Microsoft.Storage/storageAccounts, Microsoft.Resources/resourceGroups, Microsoft.OperationalInsights/workspaces).
 */
#pragma once

#include <stdbool.h>

const char *names_check_guid(const char *text);
const char *names_check_site(const char *text);
/* A deployment slot; "production" is no slot. */
const char *names_check_slot(const char *text);
const char *names_check_resource_group(const char *text);
const char *names_check_storage_account(const char *text);
/* The resource id of a Log Analytics workspace (case does not matter). */
const char *names_check_workspace_id(const char *text);
/* The resource id of a user-assigned managed identity (case does not matter). */
const char *names_check_identity_id(const char *text);
/* Our own names for tenants and instances: TENANT/NAME must stay readable. */
const char *names_check_label(const char *text);
/* The display name of an app registration. */
const char *names_check_display_name(const char *text);
/* A group, user or service principal: display name, UPN or object id. */
const char *names_check_principal(const char *text);
/* "10.0" */
const char *names_check_dotnet_version(const char *text);
const char *names_check_absolute_path(const char *text);
/* https://host[:port][/path], nothing more: tokens travel there. */
const char *names_check_https_url(const char *text);
/* Does NAME, given to -i as NAME or TENANT/NAME, mean this INSTANCE of this TENANT? */
bool names_mean(const char *name, const char *tenant, const char *instance);
/* Is TEXT a host name or an IPv4 address, by its characters? LENGTH bytes of it count. */
bool names_is_host(const char *text, unsigned long length);
