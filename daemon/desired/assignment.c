/* Who may do what: Certificate Master's people (role_assignments) and the clients of the API (api_clients). */
#include "desired/tables.h"

#include "base/text.h"
#include "desired/names.h"
#include "desired/scalar.h"

/* domain.md 1.4. The daemon creates exactly these on the registration, so another one could never be assigned. */
static const char *const certificate_master_roles[] = {
	"Admin.Full",
	"Manage.All",
	"Manage.All.Read",
	"Manage.Storage",
	"Manage.Storage.Read",
	"Manage.Intune",
	"Manage.Intune.Read",
	"Request.All",
	"Request.Client",
	"Request.User",
	"Request.CodeSigning",
	"Request.SubCa",
	"Request.Server",
	"Request.All.Csr",
	"Request.All.Form",
	"Request.Client.Csr",
	"Request.Client.Form",
	"Request.User.Csr",
	"Request.User.Form",
	"Request.CodeSigning.Csr",
	"Request.CodeSigning.Form",
	"Request.SubCa.Csr",
	"Request.SubCa.Form",
	"Request.Server.Csr",
	"Request.Server.Form",
	NULL,
};

/* domain.md 1.3: the roles of SCEPman-api that an application can hold; the last two bypass the storage (3.3). */
static const char *const api_roles[] = {"CSR.Request.Db", "Manage.All", "CSR.Request", "CSR.Request.Direct", NULL};
enum { API_ROLE_FIRST_UNSAFE = 2 };

static void read_role(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	size_t best = SIZE_MAX, nearest = 0;
	const char *text = scalar_get_text(reader, field->name, value);

	for (size_t i = 0; text && field->words[i]; i++) {
		size_t distance = text_distance(field->words[i], text);

		if (text_equal(field->words[i], text)) {
			*(const char **)target = field->words[i];
			return;
		}
		if (distance < best) {
			best = distance;
			nearest = i;
		}
	}
	if (text && best <= 3)
		reader_problem(reader, value, "unknown role %s; did you mean \"%s\"?",
			       problems_quote(reader->problems, text), field->words[nearest]);
	else if (text)
		reader_problem(reader, value, "unknown role %s; write %s", problems_quote(reader->problems, text),
			       scalar_list_words(reader, field->words));
}

void assignment_read_list(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const struct desired_role_assignment *const *assignments = target;
	const char **texts;

	reader_read_list(reader, field, value, target);
	if (value->kind != TREE_SEQUENCE)
		return;
	texts = arena_new_array(reader->arena, value->count, const char *);
	for (size_t i = 0; i < value->count; i++) {
		const struct desired_role_assignment *assignment = &(*assignments)[i];

		if (assignment->role && assignment->principal.name_or_id)
			texts[i] = arena_printf(reader->arena, "%s: %s", assignment->role,
						assignment->principal.name_or_id);
	}
	reader_check_unique(reader, field->name, value, texts);
}

/* All three kinds of principal go to one place; check() tells which it was. */
enum { NAME = offsetof(struct desired_role_assignment, principal.name_or_id) };

static const struct field role_assignment_fields[] = {
	{"role", read_role, offsetof(struct desired_role_assignment, role), .words = certificate_master_roles,
	 .is_required = true},
	{"group", scalar_read_text, NAME, .complain = names_check_principal},
	{"user", scalar_read_text, NAME, .complain = names_check_principal},
	{"service_principal", scalar_read_text, NAME, .complain = names_check_principal},
};

static void check_role_assignment(struct reader *reader, const struct tree_node *node, void *target)
{
	static const char *const keys[] = {
		[PRINCIPAL_GROUP] = "group",
		[PRINCIPAL_USER] = "user",
		[PRINCIPAL_SERVICE_PRINCIPAL] = "service_principal",
	};
	struct desired_role_assignment *assignment = target;
	unsigned found = 0;

	assignment->position = node->position;
	for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
		if (tree_get(node, keys[i])) {
			assignment->principal.type = i;
			found++;
		}
	if (found != 1)
		reader_problem(reader, node,
			       "a role assignment needs exactly one of group, user and service_principal");
}

const struct table table_role_assignment = {
	.what = "a role assignment", TABLE_FIELDS(role_assignment_fields), .check = check_role_assignment};

static const struct field api_client_fields[] = {
	{"service_principal", scalar_read_text, NAME, .complain = names_check_principal, .is_required = true},
	{"role", read_role, offsetof(struct desired_role_assignment, role), .words = api_roles, .is_required = true},
	{"unsafe", scalar_read_boolean, offsetof(struct desired_role_assignment, unsafe)},
};

static void check_api_client(struct reader *reader, const struct tree_node *node, void *target)
{
	struct desired_role_assignment *client = target;
	bool is_unsafe = false;

	client->position = node->position;
	client->principal.type = PRINCIPAL_SERVICE_PRINCIPAL;
	for (size_t i = API_ROLE_FIRST_UNSAFE; api_roles[i]; i++)
		is_unsafe |= text_equal(client->role, api_roles[i]);
	if (is_unsafe && !client->unsafe)
		reader_problem(
			reader, tree_get(node, "role"),
			"role %s lets the client receive certificates that are stored nowhere; write CSR.Request.Db, "
			"or add unsafe: true",
			client->role);
}

const struct table table_api_client = {
	.what = "an API client", TABLE_FIELDS(api_client_fields), .check = check_api_client};
