#include "graph_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "graph_internal.h"

enum { PATH_SIZE = 512 };

static int complain(char **ret_error, const char *path, const char *must)
{
	if (asprintf(ret_error, "%s: must be %s", path, must) < 0)
		memory_exhausted();
	return -EINVAL;
}

static int check_object(const struct graph_type *type, const cJSON *object, const char *path, char **ret_error);

/* One value of the type that KIND names, be it written alone or as Collection(KIND). */
static int check_item(const char *kind, const cJSON *value, const char *path, char **ret_error)
{
	const struct graph_type *complex = graph_find_type(kind);

	if (complex)
		return check_object(complex, value, path, ret_error);
	if (strstr(kind, "Edm.Boolean"))
		return cJSON_IsBool(value) ? 0 : complain(ret_error, path, "true or false");
	if (strstr(kind, "Edm.Int32"))
		return cJSON_IsNumber(value) ? 0 : complain(ret_error, path, "a number");
	if (strstr(kind, "Edm.Guid"))
		return text_is_guid(cJSON_GetStringValue(value)) ? 0 : complain(ret_error, path, "a GUID");
	if (strstr(kind, "Edm."))
		return cJSON_IsString(value) ? 0 : complain(ret_error, path, "a text");
	return 0;
}

static int check_value(const char *kind, const cJSON *value, const char *path, char **ret_error)
{
	const cJSON *item;
	int i = 0, r = 0;

	if (cJSON_IsNull(value))
		return 0;
	if (!text_has_prefix(kind, "Collection("))
		return check_item(kind, value, path, ret_error);
	if (!cJSON_IsArray(value))
		return complain(ret_error, path, "an array");
	cJSON_ArrayForEach (item, value) {
		char inner[PATH_SIZE];

		snprintf(inner, sizeof(inner), "%.*s[%d]", PATH_SIZE - 16, path, i++);
		r = check_item(kind, item, inner, ret_error);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What the state keeps with an object although Graph shows it as a relation. */
static const char *kind_of_relation(const char *name)
{
	static const char *const relations[][2] = {
		{"owners", "Collection(Edm.String)"},
		{"federatedIdentityCredentials", "Collection(graph.federatedIdentityCredential)"},
		{"tokensRevokedAt", "Edm.DateTimeOffset"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(relations); i++) {
		if (text_equal(relations[i][0], name))
			return relations[i][1];
	}
	return NULL;
}

static int check_object(const struct graph_type *type, const cJSON *object, const char *path, char **ret_error)
{
	const cJSON *member;
	int r = 0;

	if (!cJSON_IsObject(object))
		return complain(ret_error, path, "an object");
	cJSON_ArrayForEach (member, object) {
		const struct graph_property *property = graph_find_property(type, member->string);
		const char *kind = property ? property->type : kind_of_relation(member->string);
		char inner[PATH_SIZE];

		/* Most are null, and paths take their time. */
		if (!kind || cJSON_IsNull(member))
			continue;
		snprintf(inner, sizeof(inner), "%.*s.%.100s", PATH_SIZE - 128, path, member->string);
		r = check_value(kind, member, inner, ret_error);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The members by which objects refer to each other. */
static int check_references(enum directory_set set, const cJSON *object, const char *path, char **ret_error)
{
	static const struct {
		enum directory_set set;
		const char *name;
	} references[] = {
		{DIRECTORY_APPLICATIONS, "appId"},
		{DIRECTORY_SERVICE_PRINCIPALS, "appId"},
		{DIRECTORY_APP_ROLE_ASSIGNMENTS, "principalId"},
		{DIRECTORY_APP_ROLE_ASSIGNMENTS, "resourceId"},
		{DIRECTORY_APP_ROLE_ASSIGNMENTS, "appRoleId"},
		{DIRECTORY_OAUTH2_PERMISSION_GRANTS, "clientId"},
		{DIRECTORY_OAUTH2_PERMISSION_GRANTS, "resourceId"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(references); i++) {
		char inner[PATH_SIZE];

		if (references[i].set != set || text_is_guid(directory_text(object, references[i].name)))
			continue;
		snprintf(inner, sizeof(inner), "%.*s.%s", PATH_SIZE - 32, path, references[i].name);
		return complain(ret_error, inner, "a GUID");
	}
	return 0;
}

int graph_check_objects(enum directory_set set, const cJSON *objects, const char *where, char **ret_error)
{
	const struct graph_type *type = graph_type_of_set(set);
	const cJSON *object;
	int i = 0, r = 0;

	cJSON_ArrayForEach (object, objects) {
		char path[PATH_SIZE];

		snprintf(path, sizeof(path), "%.100s[%d]", where, i++);
		r = check_object(type, object, path, ret_error);
		if (r >= 0)
			r = check_references(set, object, path, ret_error);
		if (r < 0)
			return r;
	}
	return 0;
}
