#include "transport/credential_default.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/credential_chain.h"

enum { PROBE_MS = 1000 };

static const struct {
	const char *sdk_name; /* NULL: nobody names it alone */
	const char *name;
	bool is_production;
} members[] = {
	[CREDENTIAL_ENVIRONMENT] = {"EnvironmentCredential", "environment", true},
	[CREDENTIAL_WORKLOAD_IDENTITY] = {"WorkloadIdentityCredential", "workload_identity", true},
	[CREDENTIAL_MANAGED_IDENTITY] = {"ManagedIdentityCredential", "managed_identity", true},
	[CREDENTIAL_AZURE_CLI] = {"AzureCliCredential", "azure_cli", false},
};

static const enum credential_type order[] = {CREDENTIAL_ENVIRONMENT, CREDENTIAL_WORKLOAD_IDENTITY,
					     CREDENTIAL_MANAGED_IDENTITY, CREDENTIAL_AZURE_CLI};

/* Words that one SDK or another understands. */
static const char others[] = "AzureDeveloperCliCredential|AzurePowerShellCredential|VisualStudioCredential|"
			     "VisualStudioCodeCredential|InteractiveBrowserCredential|BrokerCredential|"
			     "SharedTokenCacheCredential|DeviceCodeCredential";

#define ALLOWED                                                                                                        \
	"prod, dev, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential and "                 \
	"AzureCliCredential"

static void add(struct credential_default_choice *choice, enum credential_type type)
{
	choice->types[choice->count++] = type;
}

const char *credential_default_choose(const char *words, bool is_on_terminal, struct arena *arena,
				      struct credential_default_choice *ret)
{
	const char *start = words ? words + strspn(words, " \t") : "";
	size_t length = strlen(start);
	const char *word;
	bool is_production, is_development;

	while (length && strchr(" \t\r\n", start[length - 1]))
		length--;
	word = arena_copy_bytes(arena, start, length);
	is_production = !length || text_equal_fold(word, "prod");
	is_development = text_equal_fold(word, "dev") || (!length && is_on_terminal);
	*ret = (struct credential_default_choice){0};
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		bool is_named = text_equal_fold(word, members[order[i]].sdk_name);

		if (is_named || (members[order[i]].is_production ? is_production : is_development))
			add(ret, order[i]);
		ret->is_single |= is_named;
	}
	if (ret->count)
		return NULL;
	if (text_list_contains_fold(others, '|', word))
		return arena_printf(arena,
				    "AZURE_TOKEN_CREDENTIALS is %s, a credential that only the Azure SDKs have; here "
				    "there are " ALLOWED,
				    word);
	return arena_printf(
		arena, "AZURE_TOKEN_CREDENTIALS is \"%.64s\", which nothing is called; allowed are " ALLOWED, word);
}

static bool is_on_terminal(void)
{
	return isatty(STDIN_FILENO) || isatty(STDERR_FILENO);
}

/* What a configuration with this type and nothing else would hold; the variable is for those who have none. */
static struct desired_credential *make_desired(const struct desired_credential *desired, enum credential_type type,
					       struct arena *arena)
{
	struct desired_credential *member = arena_new(arena, struct desired_credential);
	const char *variable = getenv("AZURE_CLIENT_ID");

	*member = (struct desired_credential){.type = type};
	if (type == CREDENTIAL_WORKLOAD_IDENTITY)
		member->client_id = desired->client_id;
	if (type == CREDENTIAL_MANAGED_IDENTITY)
		member->client_id = desired->client_id        ? desired->client_id
				    : text_is_empty(variable) ? NULL
							      : arena_copy_text(arena, variable);
	return member;
}

static void add_member(struct credential *chain, const struct credential_context *context,
		       const struct desired_credential *desired, enum credential_type type, bool is_single)
{
	struct arena *arena = credential_chain_arena(chain);
	struct credential_chain_member member = {
		.name = members[type].name,
		.probe_ms = type == CREDENTIAL_MANAGED_IDENTITY && !is_single ? PROBE_MS : 0,
	};
	char *problem = NULL;
	int r = credential_new(context, make_desired(desired, type, arena), &member.credential, &problem);

	if (r < 0)
		member.problem = arena_copy_text(arena, problem);
	member.is_wrong = r == -EINVAL;
	free(problem);
	credential_chain_add(chain, &member);
}

int credential_default_new(const struct credential_context *context, const struct desired_credential *desired,
			   struct credential **ret, char **ret_problem)
{
	struct credential_default_choice choice;
	struct arena arena = {0};
	const char *problem =
		credential_default_choose(getenv("AZURE_TOKEN_CREDENTIALS"), is_on_terminal(), &arena, &choice);
	struct credential *chain;

	if (problem) {
		*ret_problem = memory_copy_text(problem);
		arena_done(&arena);
		return -EINVAL;
	}
	arena_done(&arena);
	chain = credential_chain_new(
		context->loop,
		"Give this machine a managed identity, or set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or "
		"AZURE_CLIENT_CERTIFICATE_PATH), or write in the configuration which credential.type is meant");
	for (size_t i = 0; i < choice.count; i++)
		add_member(chain, context, desired, choice.types[i], choice.is_single);
	*ret = chain;
	return 0;
}
