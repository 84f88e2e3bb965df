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

/* What a type makes of a field. */
enum use { UNUSED, OPTIONAL, REQUIRED };

enum credential_field {
	FIELD_TYPE,
	FIELD_CLIENT_ID,
	FIELD_OBJECT_ID,
	FIELD_RESOURCE_ID,
	FIELD_CLIENT_SECRET_FILE,
	FIELD_CERTIFICATE_FILE,
	FIELD_CERTIFICATE_PASSWORD_FILE,
	FIELD_SEND_CERTIFICATE_CHAIN,
	FIELD_FEDERATED_TOKEN_FILE,
	FIELDS,
};

#define MEMBER(member) offsetof(struct desired_credential, member)

static const struct field fields[FIELDS] = {
	[FIELD_TYPE] = {"type", scalar_read_word, MEMBER(type), .words = types, .is_required = true},
	[FIELD_CLIENT_ID] = {"client_id", scalar_read_text, MEMBER(client_id), .complain = names_check_guid},
	[FIELD_OBJECT_ID] = {"object_id", scalar_read_text, MEMBER(object_id), .complain = names_check_guid},
	[FIELD_RESOURCE_ID] = {"resource_id", scalar_read_text, MEMBER(resource_id),
			       .complain = names_check_identity_id},
	[FIELD_CLIENT_SECRET_FILE] = {"client_secret_file", scalar_read_file, MEMBER(client_secret_file)},
	[FIELD_CERTIFICATE_FILE] = {"certificate_file", scalar_read_file, MEMBER(certificate_file)},
	[FIELD_CERTIFICATE_PASSWORD_FILE] = {"certificate_password_file", scalar_read_file,
					     MEMBER(certificate_password_file)},
	[FIELD_SEND_CERTIFICATE_CHAIN] = {"send_certificate_chain", scalar_read_boolean,
					  MEMBER(send_certificate_chain)},
	[FIELD_FEDERATED_TOKEN_FILE] = {"federated_token_file", scalar_read_file, MEMBER(federated_token_file)},
};

/* What is not listed would be ignored, so it is refused. */
static const enum use uses[][FIELDS] = {
	[CREDENTIAL_DEFAULT] = {[FIELD_CLIENT_ID] = OPTIONAL},
	[CREDENTIAL_ENVIRONMENT] = {UNUSED},
	[CREDENTIAL_MANAGED_IDENTITY] =
		{[FIELD_CLIENT_ID] = OPTIONAL, [FIELD_OBJECT_ID] = OPTIONAL, [FIELD_RESOURCE_ID] = OPTIONAL},
	[CREDENTIAL_WORKLOAD_IDENTITY] = {[FIELD_CLIENT_ID] = OPTIONAL, [FIELD_FEDERATED_TOKEN_FILE] = OPTIONAL},
	[CREDENTIAL_CLIENT_SECRET] = {[FIELD_CLIENT_ID] = REQUIRED, [FIELD_CLIENT_SECRET_FILE] = REQUIRED},
	[CREDENTIAL_CLIENT_CERTIFICATE] = {[FIELD_CLIENT_ID] = REQUIRED,
					   [FIELD_CERTIFICATE_FILE] = REQUIRED,
					   [FIELD_CERTIFICATE_PASSWORD_FILE] = OPTIONAL,
					   [FIELD_SEND_CERTIFICATE_CHAIN] = OPTIONAL},
	[CREDENTIAL_AZURE_CLI] = {UNUSED},
};

static void check_field(struct reader *reader, const struct tree_node *node, const struct tree_node *type, enum use use,
			const char *name)
{
	if (use == REQUIRED && !tree_get(node, name))
		reader_problem(reader, node, "credential type %s needs %s", type->text, name);
	if (use != UNUSED)
		return;
	for (size_t i = 0; i < node->count; i++)
		if (text_equal(node->entries[i].key, name))
			problems_add(reader->problems, node->entries[i].position,
				     "credential type %s does not use %s: remove it", type->text, name);
}

static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	const struct desired_credential *credential = target;
	const struct tree_node *type = tree_get(node, "type");

	/* The type was refused, or was not written: what it needs is not known. */
	if (!type || type->kind != TREE_SCALAR || !text_equal(type->text, types[credential->type]))
		return;
	for (size_t i = FIELD_TYPE + 1; i < FIELDS; i++)
		check_field(reader, node, type, uses[credential->type][i], fields[i].name);
	if (!!credential->client_id + !!credential->object_id + !!credential->resource_id > 1)
		reader_problem(reader, node,
			       "client_id, object_id and resource_id name the same identity in three ways: keep one");
}

const struct table table_credential = {.what = "credential", TABLE_FIELDS(fields), .check = check};
