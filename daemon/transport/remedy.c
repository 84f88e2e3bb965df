#include "transport/remedy.h"

#include <string.h>

#include "base/text.h"

/* The smallest built-in role that holds the writes of a provider. Reading needs Reader everywhere. */
static const struct {
	const char *provider, *role;
} azure_roles[] = {
	{"Microsoft.Authorization/", "Role Based Access Control Administrator"},
	{"Microsoft.Web/", "Website Contributor"},
	{"Microsoft.Storage/", "Storage Account Contributor"},
	{"Microsoft.KeyVault/", "Key Vault Contributor"},
	{"Microsoft.OperationalInsights/", "Log Analytics Contributor"},
	{"Microsoft.Insights/", "Monitoring Contributor"},
};

/* The app roles of Microsoft Graph that we can need, with their ids (the same in every tenant and cloud; Microsoft
 * Graph permissions reference, 2026). */
static const struct graph_permission {
	const char *name, *id;
} read_applications = {"Application.Read.All", "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"},
  write_applications = {"Application.ReadWrite.All", "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"},
  assign_roles = {"AppRoleAssignment.ReadWrite.All", "06b708a9-e830-4db3-a914-8e69da51d44f"},
  write_grants = {"DelegatedPermissionGrant.ReadWrite.All", "8e8e4742-1d95-4f68-9d56-6ee75648c72a"},
  read_directory = {"Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"},
  read_groups = {"Group.Read.All", "5b567255-7703-4780-807c-7be8301ae99b"},
  read_users = {"User.Read.All", "df021288-bdef-4463-88db-98f22de89214"},
  read_organization = {"Organization.Read.All", "498476ce-e0fe-48b0-b801-37ba7e2685c6"};

/* Graph never says which permission it misses, so it follows from what was asked. The first row that matches decides.
 */
static const struct {
	const char *path;
	const struct graph_permission *read, *write;
} graph_rights[] = {
	{"/appRoleAssign", &read_applications, &assign_roles},
	{"/oauth2PermissionGrants", &read_directory, &write_grants},
	{"/applications", &read_applications, &write_applications},
	{"/servicePrincipals", &read_applications, &write_applications},
	{"/groups", &read_groups, &read_groups},
	{"/users", &read_users, &read_users},
	{"/organization", &read_organization, &read_organization},
	{"", &read_directory, &read_directory},
};

/* The text between OPEN and the next END, or NULL. */
static const char *quoted_after(const char *message, const char *open, char end, struct arena *arena)
{
	const char *start = message ? strstr(message, open) : NULL;
	size_t length;

	if (!start)
		return NULL;
	start += strlen(open);
	length = (size_t)(strchrnul(start, end) - start);
	/* It becomes part of a command that a person may paste: only what ids and actions are made of. */
	if (!length || !start[length] ||
	    strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/():") < length)
		return NULL;
	return arena_copy_bytes(arena, start, length);
}

static const char *role_for_action(const char *action)
{
	if (text_has_suffix_fold(action, "/read"))
		return "Reader";
	for (size_t i = 0; i < ARRAY_SIZE(azure_roles); i++)
		if (text_has_prefix_fold(action, azure_roles[i].provider))
			return azure_roles[i].role;
	return "Contributor";
}

/* "The client 'X' with object id 'Y' does not have authorization to perform action 'A' over scope 'S' or the scope is
 * invalid." */
static const char *remedy_for_azure(const struct refusal_context *context, const struct fault *fault,
				    const char *message, struct arena *arena)
{
	const char *identity = quoted_after(message, "with object id '", '\'', arena);
	const char *action = quoted_after(message, "to perform action '", '\'', arena);
	const char *scope = quoted_after(message, "over scope '", '\'', arena);

	/* A policy, a lock or a firewall says 403 as well; no role helps against these, and their own words say what
	 * does. */
	if (fault->code && !text_equal(fault->code, "AuthorizationFailed") &&
	    !text_equal(fault->code, "LinkedAuthorizationFailed"))
		return NULL;
	if (!action || !scope)
		return "Give the daemon's identity the role that holds this right (az role assignment create).";
	return arena_printf(arena,
			    "Missing right: %s at %s. Give it with: az role assignment create --assignee-object-id %s "
			    "--assignee-principal-type %s --role \"%s\" --scope \"%s\"",
			    action, scope, identity ? identity : "<object id of the daemon's identity>",
			    context->client_id ? "ServicePrincipal" : "User", role_for_action(action), scope);
}

static const char *remedy_for_graph(const struct refusal_context *context, struct arena *arena)
{
	const struct graph_permission *right = &read_directory;
	const char *client = context->client_id;

	for (size_t i = 0; i < ARRAY_SIZE(graph_rights); i++) {
		if (text_contains_fold(context->path, graph_rights[i].path)) {
			right = context->method == METHOD_GET ? graph_rights[i].read : graph_rights[i].write;
			break;
		}
	}
	/* Nobody but an application has a client id; a person acts with directory roles. */
	if (!client)
		return arena_printf(
			arena,
			"Missing right: the Microsoft Graph permission %s, or for a person the directory role "
			"Global Reader (to look) or Cloud Application Administrator (to change).",
			right->name);
	if (context->is_managed_identity)
		return arena_printf(arena,
				    "Missing right: the Microsoft Graph application permission %s for the managed "
				    "identity with client id %s. The command that gives it: scepmand doctor",
				    right->name, client);
	return arena_printf(
		arena,
		"Missing right: the Microsoft Graph application permission %s. An administrator gives it with: az "
		"ad app permission add --id %s --api 00000003-0000-0000-c000-000000000000 --api-permissions %s=Role "
		"&& az ad app permission admin-consent --id %s",
		right->name, client, right->id, client);
}

/* What the services say of a token that is new and that they do not take all the same. The first row of which CODE is
 * equal, or WORDS are contained, decides. Sources: Resource Manager's and Graph's own wordings (domain.md 5.1). */
static const struct {
	const char *code, *words;
	const char *remedy;
} token_refusals[] = {
	{"InvalidAuthenticationTokenAudience", "Invalid audience",
	 "The token is for another service than this one: cloud: must be the one that the tenant is in, and with URLs "
	 "of "
	 "its own, cloud.resource_manager_audience what this Resource Manager wants its tokens to be for."},
	{"InvalidAuthenticationTokenTenant", "Invalid issuer",
	 "The daemon's identity is of another tenant than the one that this belongs to: correct tenant_id, or use an "
	 "identity of this tenant."},
	{"ExpiredAuthenticationToken", "token is expired",
	 "The token was new, so the clocks disagree: look at this machine's with timedatectl, and have it set by NTP."},
	{NULL, "not yet valid",
	 "The token is new, so the clocks disagree: look at this machine's with timedatectl, and have it set by NTP."},
	{NULL, "Continuous access evaluation",
	 "The sessions of the daemon's identity were revoked, or Conditional Access does not want it here, and a new "
	 "token did not help: look into its sign-ins in the Entra admin center."},
	{NULL, "has been revoked",
	 "The sessions of the daemon's identity were revoked, and a new token did not help: look into its sign-ins in "
	 "the "
	 "Entra admin center."},
	{NULL, "Conditional Access",
	 "Conditional Access does not want the daemon's identity here: exclude it from the policy, or add this "
	 "machine's address to its trusted locations."},
};

static const char *remedy_for_token(const struct refusal_context *context, const char *code, const char *message,
				    struct arena *arena)
{
	for (size_t i = 0; i < ARRAY_SIZE(token_refusals); i++)
		if ((token_refusals[i].code && text_equal(token_refusals[i].code, code)) ||
		    text_contains_fold(message, token_refusals[i].words))
			return token_refusals[i].remedy;
	/* A service principal that was deleted or disabled: its tokens are worth nothing at once, wherever they are. */
	if (context->client_id)
		return arena_printf(
			arena,
			"It was refused again after a new token was fetched. The daemon's service principal "
			"may be disabled or deleted: az ad sp show --id %s --query accountEnabled. Or "
			"tenant_id and cloud: do not belong together.",
			context->client_id);
	return "It was refused again after a new token was fetched. The identity may be disabled, or blocked by "
	       "Conditional Access, or tenant_id and cloud: do not belong together.";
}

const char *remedy_for_refusal(const struct refusal_context *context, const struct fault *fault, const char *message,
			       struct arena *arena)
{
	if (fault->status == 407)
		return "The proxy named by HTTPS_PROXY wants a login: put user and password into that variable.";
	if (fault->class == FAULT_CREDENTIAL && context->service != SERVICE_SITE)
		return remedy_for_token(context, fault->code, message, arena);
	if (fault->class != FAULT_DENIED)
		return NULL;
	switch (context->service) {
	case SERVICE_RESOURCE_MANAGER:
		return remedy_for_azure(context, fault, message, arena);
	case SERVICE_GRAPH:
		return remedy_for_graph(context, arena);
	case SERVICE_SITE:
		return "The app's access restrictions keep this machine out.";
	}
	return NULL;
}

const char *remedy_place_of(const char *path, struct arena *arena)
{
	if (!text_has_prefix(path, "/run/credentials/"))
		return path;
	return arena_printf(arena, "the original of %s in /etc/credstore (a restart of the service copies it)", path);
}

const char *remedy_for_login(const struct remedy_login *login, const char *code, const char *message,
			     struct arena *arena)
{
	const char *client = login->client_id, *tenant = login->tenant_id;
	const char *file = login->secret_file ? remedy_place_of(login->secret_file, arena) : "the secret's file";

	if (text_equal(code, "AADSTS7000222"))
		return arena_printf(
			arena,
			"the client secret of application %s expired; create a new one with: az ad app credential "
			"reset --id %s --append, and write its value into %s",
			client, client, file);
	if (text_equal(code, "AADSTS7000215"))
		return arena_printf(
			arena,
			"the client secret of application %s is wrong; %s must hold the secret's value (not its "
			"id). A new one: az ad app credential reset --id %s --append",
			client, file, client);
	if (text_equal(code, "AADSTS90002") || text_equal(code, "AADSTS900023"))
		return arena_printf(arena,
				    "there is no tenant %s in this cloud; correct tenant_id or cloud (az account show "
				    "--query tenantId prints the id)",
				    tenant);
	if (text_equal(code, "AADSTS700016"))
		return arena_printf(
			arena,
			"there is no application %s in tenant %s; correct credential.client_id or tenant_id "
			"(az ad app list --all --query \"[].{name:displayName,id:appId}\" lists them)",
			client, tenant);
	if (text_equal(code, "AADSTS7000112"))
		return arena_printf(
			arena,
			"application %s is disabled in tenant %s; enable it with: az ad sp update --id %s --set "
			"accountEnabled=true",
			client, tenant, client);
	if (text_equal(code, "AADSTS500011")) {
		const char *resource = quoted_after(message, "principal named ", ' ', arena);

		return arena_printf(arena,
				    "tenant %s does not know the service%s%s that the token is for; is it in another "
				    "cloud? Correct "
				    "the URLs under cloud, or cloud.resource_manager_audience",
				    tenant, resource ? " " : "", resource ? resource : "");
	}
	if (text_equal(code, "AADSTS53003"))
		return arena_printf(
			arena,
			"Conditional Access blocks application %s from this machine; exclude it from the policy, or "
			"add this machine's address to the policy's trusted locations",
			client);
	return remedy_for_assertion(login, code, message, arena);
}
