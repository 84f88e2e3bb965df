#include "desired/cloud.h"

#include <string.h>

#include "base/text.h"
#include "desired/names.h"
#include "desired/tables.h"

/* domain.md 4.7; the names are those of "az cloud list". GCC High is AzureUSGovernment; DoD differs in Graph alone. */
static const struct desired_cloud clouds[] = {
	{"AzureCloud", "https://login.microsoftonline.com", "https://management.azure.com",
	 "https://graph.microsoft.com"},
	{"AzureUSGovernment", "https://login.microsoftonline.us", "https://management.usgovcloudapi.net",
	 "https://graph.microsoft.us"},
	{"AzureUSGovernmentDoD", "https://login.microsoftonline.us", "https://management.usgovcloudapi.net",
	 "https://dod-graph.microsoft.us"},
	{"AzureChinaCloud", "https://login.partner.microsoftonline.cn", "https://management.chinacloudapi.cn",
	 "https://microsoftgraph.chinacloudapi.cn"},
};

const char *const cloud_names[] = {"AzureCloud", "AzureUSGovernment", "AzureUSGovernmentDoD", "AzureChinaCloud", NULL};

const struct desired_cloud *cloud_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(clouds); i++)
		if (text_equal(clouds[i].name, name))
			return &clouds[i];
	return NULL;
}

static void read_url(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	const char *url = NULL;
	size_t length;

	scalar_read_text(reader, field, value, &url);
	if (!url)
		return;
	for (length = strlen(url); url[length - 1] == '/';)
		length--;
	*(const char **)target = arena_copy_bytes(reader->arena, url, length);
}

static void read_name(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	struct desired_cloud *cloud = target;
	const char *ca_file = cloud->ca_file;
	unsigned index = (unsigned)ARRAY_SIZE(clouds);

	scalar_read_word(reader, field, value, &index);
	if (index == ARRAY_SIZE(clouds))
		return;
	*cloud = clouds[index];
	cloud->ca_file = ca_file;
}

static const struct field fields[] = {
	{"name", read_name, 0, .words = cloud_names},
	{"authority", read_url, offsetof(struct desired_cloud, authority), .complain = names_check_https_url},
	{"resource_manager", read_url, offsetof(struct desired_cloud, resource_manager),
	 .complain = names_check_https_url},
	{"resource_manager_audience", scalar_read_text, offsetof(struct desired_cloud, resource_manager_audience),
	 .complain = names_check_https_url},
	{"graph", read_url, offsetof(struct desired_cloud, graph), .complain = names_check_https_url},
	{"web_apps", read_url, offsetof(struct desired_cloud, web_apps), .complain = names_check_https_url},
	{"ca_file", scalar_read_file, offsetof(struct desired_cloud, ca_file)},
};

/* Half a cloud of one's own and half of a known one would send tokens of the one to the other: all or nothing. */
static void check(struct reader *reader, const struct tree_node *node, void *target)
{
	static const char *const urls[] = {"authority", "resource_manager", "graph"};
	static const char audience[] = "resource_manager_audience";
	bool is_named = tree_get(node, "name");

	(void)target;
	if (is_named && tree_get(node, "web_apps"))
		reader_problem(reader, tree_get(node, "web_apps"),
			       "web apps of a named cloud are found by their host names: remove web_apps");
	if (is_named && tree_get(node, audience))
		reader_problem(reader, tree_get(node, audience),
			       "%s follows from the cloud's name: remove one of the two", audience);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		const struct tree_node *url = tree_get(node, urls[i]);

		if (is_named && url)
			reader_problem(reader, url, "%s follows from the cloud's name: remove one of the two", urls[i]);
		else if (!is_named && !url)
			reader_problem(reader, node,
				       "a cloud of one's own needs %s (or write name: AzureCloud instead)", urls[i]);
	}
}

static const struct desired_cloud custom = {.name = "custom"};

const struct table table_cloud = {
	.what = "cloud", TABLE_FIELDS(fields), .defaults = &custom, .size = sizeof(custom), .check = check};

void cloud_read(struct reader *reader, const struct field *field, const struct tree_node *value, void *target)
{
	if (value->kind == TREE_MAPPING)
		reader_read_table(reader, &table_cloud, value, target);
	else if (value->kind == TREE_SEQUENCE)
		reader_problem(reader, value,
			       "cloud must be the name of a cloud or a mapping (key: value), not a list");
	else
		read_name(reader, field, value, target);
}
