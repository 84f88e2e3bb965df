/* For the tests of the simulated Azure Resource Manager: a scenario, a token for it, and the ids that they use. */
#pragma once

#include "sim_client.h"

#define SUBSCRIPTION "/subscriptions/11111111-2222-4333-8444-555555555555"
#define GROUP        SUBSCRIPTION "/resourceGroups/rg-scepman"
#define SITE         GROUP "/providers/Microsoft.Web/sites/app-scepman-contoso"
#define VAULT        GROUP "/providers/Microsoft.KeyVault/vaults/kv-scepman-contoso"
#define STORAGE      GROUP "/providers/Microsoft.Storage/storageAccounts/stscepmancontoso"
#define WORKSPACE    GROUP "/providers/Microsoft.OperationalInsights/workspaces/log-scepman-contoso"
#define WEB_VERSION  "?api-version=2024-04-01"
#define RBAC_VERSION "?api-version=2022-04-01"

/* Object ids of the daemon's identity and of SCEPman's, and a role: Storage Table Data Contributor. */
#define DAEMON      "7d3f0a92-c5b8-4617-a04e-96e2b81cd375"
#define SCEPMAN     "94d57128-bbcb-55fb-ba9c-e7025f519450"
#define TABLE_ROLE  "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"
#define READER_ROLE "acdd72a7-3385-48ef-bd42-f606fba81ae7"
#define OWNER_ROLE  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"

/* For tcase_add_checked_fixture(): the scenario "fresh", and a token for Azure Resource Manager. */
void arm_start(void);
/* Replaces the tenant by the scenario NAME. */
void arm_use(const char *name);
/* GET of PATH on HOST without a token; returns the status. */
int arm_visit(const char *host, const char *path);
/* Assigns ROLE to PRINCIPAL at SCOPE under the name that ends with NUMBER; returns the status. */
int arm_assign(const char *scope, int number, const char *role, const char *principal);
/* Runs the tests of TCASE with arm_start() around each; 0: all passed. */
int arm_run(const char *name, void (*add)(TCase *tcase));
