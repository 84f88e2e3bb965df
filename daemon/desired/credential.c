#include "desired/tables.h"

#include "base/text.h"
#include "desired/names.h"
#include "desired/scalar.h"

static const char *const types[] = {
	[CREDENTIAL_DEFAULT] = "default",
	[CREDENTIAL_ENVIRONMENT] = "environment",
	[CREDENTIAL_MANAGED_IDENTITY] = "managed_identity",
	[CREDENTIAL_WORKLOAD_IDENTITY] = "workload_identity",
	[CREDENTIAL_CLIENT_SECRET] = "client_secret",
	[CREDENTIAL_CLIENT_CERTIFICATE] = "client_certificate",
	[CREDENTIAL_AZURE_CLI] = "azure_cli",
	NULL,
};

static const struct field fields[] = {
	{"type", scalar_read_word, offsetof(struct desired_credential, type), .words = types, .is_required = true},
	{"client_id", scalar_read_text, offsetof(struct desired_credential, client_id), .complain = names_check_guid},
	{"client_secret_file", scalar_read_file, offsetof(struct desired_credential, client_secret_file)},
	{"certificate_file", scalar_read_file, offsetof(struct desired_credential, certificate_file)},
	{"certificate_password_file", scalar_read_file, offsetof(struct desired_credential, certificate_password_file)},
	{"federated_token_file", scalar_read_file, offsetof(struct desired_credential, federated_token_file)},
};

/* What a type that this version supports must be given; whatever else is given would be ignored, so it is refused. */
static const char *const *needs_of(enum credential_type type)
{
	static const char *const client_secret[] = {"client_id", "client_secret_file", NULL};
	static const char *const nothing[] = {NULL};

	switch (type) {
	case CREDENTIAL_CLIENT_SECRET:
		return client_secret;
	case CREDENTIAL_AZURE_CLI:
		return nothing;
	case CREDENTIAL_DEFAULT:
	case CREDENTIAL_ENVIRONMENT:
	case CREDENTIAL_MANAGED_IDENTITY:
	case CREDENTIAL_WORKLOAD_IDENTITY:
	case CREDENTIAL_CLIENT_CERTIFICATE:
		return NULL;
	}
	return NULL;
}

static bool is_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (text_equal(*names, name))
			return true;
	return false;
}

static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct desired_credential *credential = target;
	const struct tree_node *type = tree_get(node, "type");
	const char *const *needs = needs_of(credential->type);

	/* The type was refused, or was not written: what it needs is not known. */
	if (!type || type->kind != TREE_SCALAR || !text_equal(type->text, types[credential->type]))
		return;
	if (!needs) {
		reader_problem(reader, type,
			       "credential type \"%s\" is not supported by this version (it comes with a later one); "
			       "supported: client_secret, azure_cli",
			       type->text);
		return;
	}
	for (size_t i = 0; needs[i]; i++)
		if (!tree_get(node, needs[i]))
			reader_problem(reader, node, "credential type %s needs %s", type->text, needs[i]);
	for (size_t i = 0; i < node->count; i++)
		for (size_t j = 1; j < ARRAY_SIZE(fields); j++)
			if (text_equal(node->entries[i].key, fields[j].name) && !is_in(needs, fields[j].name))
				problems_add(reader->problems, node->entries[i].position,
					     "credential type %s does not use %s: remove it", type->text,
					     fields[j].name);
}

const struct table table_credential = {.what = "credential", TABLE_FIELDS(fields), .check = check};
