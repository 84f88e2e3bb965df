/*
 * What the Azure CLI is given and what it says: which of our environment variables it inherits, and what its complaints
 * mean for somebody who configured `azure_cli`. Pure; credential_azure_cli.c runs it. Sources: azure-cli 2.45 and 2.74
 * (what they print), Microsoft's list of AADSTS codes.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/attributes.h"

struct azure_cli_complaint {
	const char *message;
	bool is_nobody_logged_in; /* so it is as if az were not there */
};

/* May az know VARIABLE ("NAME=value")? Not our secrets, whatever they are called, nor where systemd listens to us. */
bool azure_cli_inherits(const char *variable) _pure_;
/* What az printed on standard error (ERROR_TEXT) and its EXIT_STATUS mean, who was asked for a token for RESOURCE in
 * TENANT_ID. Strings in ARENA. */
struct azure_cli_complaint azure_cli_explain(const char *error_text, int exit_status, const char *resource,
					     const char *tenant_id, struct arena *arena);
