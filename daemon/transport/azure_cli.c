#include "transport/azure_cli.h"

#include <string.h>

#include "base/text.h"
#include "transport/refusal.h"

bool azure_cli_inherits(const char *variable)
{
	/* az needs PATH, HOME, its own AZURE_…, proxies and roots, and Python's; nobody can list them all. */
	static const char *const parts[] = {"SECRET",     "PASSWORD", "PASSWD", "PASSPHRASE",
					    "CREDENTIAL", "TOKEN",    "_KEY",   "PRIVATE"};
	static const char *const names[] = {"IDENTITY_HEADER=", "NOTIFY_SOCKET=", "WATCHDOG_", "LISTEN_"};
	char name[128];
	size_t length = strcspn(variable, "=");

	/* None that az knows is that long. */
	if (length >= sizeof(name))
		return false;
	*(char *)mempcpy(name, variable, length) = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (text_contains_fold(name, parts[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_has_prefix(variable, names[i]))
			return false;
	return true;
}

enum meaning { NOBODY, ENDED, OTHER_TENANT, PRINCIPAL, CLOUD, ACCESS, OLD };

/* The first row whose text occurs decides; az adds "az login" to nearly everything, so that comes last. */
static const struct {
	const char *text;
	enum meaning meaning;
} meanings[] = {
	{"AADSTS50020", OTHER_TENANT},  /* a user who is not in this tenant */
	{"AADSTS90072", OTHER_TENANT},  /* the same, of another identity provider */
	{"AADSTS90002", OTHER_TENANT},  /* there is no such tenant */
	{"AADSTS900023", OTHER_TENANT}, /* that is no tenant */
	{"AADSTS700016", OTHER_TENANT}, /* a service principal that is not in this tenant */
	{"Unable to get authority configuration", OTHER_TENANT},
	{"AADSTS7000222", PRINCIPAL}, /* its secret expired */
	{"AADSTS7000215", PRINCIPAL}, /* its secret is wrong */
	{"AADSTS7000112", PRINCIPAL}, /* it is disabled */
	{"AADSTS500011", CLOUD},      /* nobody knows this resource */
	{"AADSTS5300", ACCESS},       /* 53000 to 53004, 530002 and so on: Conditional Access */
	{"AADSTS5000", ENDED},        /* 50005, 50009 and such: the device, the session */
	{"AADSTS", ENDED},            /* 50076, 50078, 50079, 50173, 70043, 700082 …: log in again */
	{"Interactive authentication is needed", ENDED},
	{"unrecognized arguments", OLD},
	{"is misspelled or not recognized", OLD},
	{"az login", NOBODY},
};

/* The line that says what happened: az prints warnings before it, a Python traceback around it, and advice after it. */
static const char *find_line(const char *text, struct arena *arena)
{
	const char *found = NULL, *end;
	size_t length;

	for (const char *line = text; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		length = strcspn(line, " \n");
		if (text_has_prefix(line, "WARNING: ") || end == line)
			continue;
		if (!found || (length > 6 && memcmp(line + length - 6, "Error:", 6) == 0 && line[length] == ' '))
			found = line;
	}
	if (!found)
		return "it said nothing";
	if (text_has_prefix(found, "ERROR: "))
		found += strlen("ERROR: ");
	return refusal_clean_text(arena_copy_bytes(arena, found, strcspn(found, "\n")), arena);
}

static const char *tell(enum meaning meaning, const char *said, const char *resource, const char *tenant_id,
			struct arena *arena)
{
	switch (meaning) {
	case NOBODY:
		return arena_printf(arena,
				    "nobody is logged in with the Azure CLI as the user that this process runs as; "
				    "run: az login --tenant %s",
				    tenant_id);
	case ENDED:
		return arena_printf(arena,
				    "the Azure CLI's login to tenant %s does not hold any more, or needs a second "
				    "factor; run: az login --tenant %s (it said: %s)",
				    tenant_id, tenant_id, said);
	case OTHER_TENANT:
		return arena_printf(arena,
				    "whoever is logged in with the Azure CLI does not belong to tenant %s; correct "
				    "tenant_id, or run: az login --tenant %s (it said: %s)",
				    tenant_id, tenant_id, said);
	case PRINCIPAL:
		return arena_printf(arena,
				    "the service principal that is logged in with the Azure CLI is refused; run: az "
				    "login --service-principal --tenant %s, with a secret or certificate that is "
				    "valid (it said: %s)",
				    tenant_id, said);
	case CLOUD:
		return arena_printf(arena,
				    "the Azure CLI has no token for %s: it works in another cloud; az cloud show "
				    "--query name tells which, az cloud set --name changes it, then run: az login "
				    "--tenant %s (it said: %s)",
				    resource, tenant_id, said);
	case ACCESS:
		return arena_printf(arena,
				    "Conditional Access keeps whoever is logged in with the Azure CLI out of %s from "
				    "this machine; use another credential here, or have the policy changed (it said: "
				    "%s)",
				    resource, said);
	case OLD:
		return arena_printf(arena,
				    "the Azure CLI is too old for --tenant and --resource; update it with: apt "
				    "install --only-upgrade azure-cli (it said: %s)",
				    said);
	}
	return said;
}

struct azure_cli_complaint azure_cli_explain(const char *error_text, int exit_status, const char *resource,
					     const char *tenant_id, struct arena *arena)
{
	const char *said = find_line(error_text, arena);

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (strstr(error_text, meanings[i].text))
			return (struct azure_cli_complaint){
				.message = tell(meanings[i].meaning, said, resource, tenant_id, arena),
				.is_nobody_logged_in = meanings[i].meaning == NOBODY,
			};
	return (struct azure_cli_complaint){
		.message =
			arena_printf(arena, "az account get-access-token failed with status %d: %s", exit_status, said),
	};
}
