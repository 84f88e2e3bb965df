#include "arm_versions.h"

#include <string.h>

#include "base/text.h"
#include "path.h"
#include "state.h"

/*
 * Versions as the folders of the public azure-rest-api-specs repository and the providers' own lists name them (as of
 * 2026-08); among them all that az 2.45, az 2.74 and the current JavaScript SDKs send. The first entry whose prefix
 * fits wins, so children stand before their parents.
 */
static const struct {
	const char *prefix; /* of the type */
	const char *versions;
} supported[] = {
	{"Microsoft.Web", "2015-01-01,2015-02-01,2015-04-01,2015-05-01,2015-06-01,2015-07-01,2015-08-01,2016-03-01,"
			  "2016-08-01,2018-02-01,"
			  "2018-11-01,2019-08-01,2020-06-01,2020-09-01,2020-10-01,2020-12-01,2021-01-01,2021-01-15,"
			  "2021-02-01,2021-03-01,"
			  "2022-03-01,2022-09-01,2023-01-01,2023-12-01,2024-04-01,2024-11-01,2025-03-01,2025-05-01"},
	{"Microsoft.Storage",
	 "2015-05-01-preview,2015-06-15,2016-01-01,2016-05-01,2016-12-01,2017-06-01,2017-10-01,2018-02-01,"
	 "2018-03-01-preview,2018-07-01,2018-11-01,2019-04-01,2019-06-01,2020-08-01-preview,2021-01-01,2021-02-01,"
	 "2021-04-01,2021-05-01,2021-06-01,2021-08-01,2021-09-01,2022-05-01,2022-09-01,2023-01-01,2023-04-01,2023-05-"
	 "01,"
	 "2024-01-01,2025-01-01,2025-06-01,2025-08-01"},
	{"Microsoft.KeyVault",
	 "2015-06-01,2016-10-01,2018-02-14-preview,2018-02-14,2019-09-01,2020-04-01-preview,2021-04-01-preview,"
	 "2021-06-01-preview,2021-10-01,2021-11-01-preview,2022-02-01-preview,2022-07-01,2022-11-01,2023-02-01,"
	 "2023-07-01,2024-04-01-preview,2024-11-01,2024-12-01-preview,2025-05-01,2026-02-01"},
	{"Microsoft.Authorization/roleAssignments",
	 "2014-04-01-preview,2014-07-01-preview,2014-10-01-preview,2015-05-01-preview,2015-06-01,2015-07-01,2016-07-01,"
	 "2017-05-01,2017-09-01,2017-10-01-preview,2018-01-01-preview,2018-07-01,2018-09-01-preview,2018-12-01-preview,"
	 "2019-04-01-preview,2020-03-01-preview,2020-04-01-preview,2020-08-01-preview,2020-10-01-preview,"
	 "2021-04-01-preview,2022-01-01-preview,2022-04-01"},
	{"Microsoft.Authorization/roleDefinitions",
	 "2014-07-01-preview,2014-10-01-preview,2015-05-01-preview,2015-06-01,2015-07-01,2016-07-01,2017-05-01,2017-09-"
	 "01,"
	 "2018-01-01-preview,2018-07-01,2022-04-01,2022-05-01-preview,2023-07-01-preview"},
	{"Microsoft.Authorization/locks", "2015-01-01,2015-05-01-preview,2015-06-01,2016-09-01,2017-04-01,2020-05-01"},
	{"Microsoft.Authorization/permissions",
	 "2014-04-01-preview,2015-07-01,2018-01-01-preview,2018-07-01,2022-04-01,"
	 "2022-05-01-preview"},
	{"Microsoft.OperationalInsights",
	 "2015-03-20,2015-11-01-preview,2017-03-15-preview,2017-04-26-preview,2020-03-01-preview,2020-08-01,2020-10-01,"
	 "2021-06-01,2021-12-01-preview,2022-10-01,2023-01-01-preview,2023-09-01,2025-02-01,2025-07-01"},
	{"Microsoft.Insights/dataCollection",
	 "2019-11-01-preview,2021-04-01,2021-09-01-preview,2022-06-01,2023-03-11,2024-03-11"},
	{"Microsoft.Insights/eventtypes", "2014-04-01,2014-11-01,2015-04-01,2017-03-01-preview"},
	{"Microsoft.ManagedIdentity", "2015-08-31-preview,2018-11-30,2021-09-30-preview,2022-01-31-preview,2023-01-31,"
				      "2023-07-31-preview,2024-11-30"},
	{"Microsoft.Network", "2018-11-01,2019-11-01,2020-04-01,2020-05-01,2020-11-01,2021-02-01,2021-05-01,2021-08-01,"
			      "2022-01-01,2022-05-01,"
			      "2022-07-01,2022-09-01,2022-11-01,2023-02-01,2023-04-01,2023-05-01,2023-06-01,2023-09-01,"
			      "2023-11-01,2024-01-01,"
			      "2024-03-01,2024-05-01,2024-07-01,2024-10-01,2025-01-01"},
	{"Microsoft.ResourceGraph",
	 "2018-09-01-preview,2019-04-01,2020-04-01-preview,2020-09-01-preview,2021-03-01,2021-06-01-preview,2022-10-01,"
	 "2024-04-01"},
	{"",
	 "2014-01-01,2014-04-01,2014-04-01-preview,2015-01-01,2015-11-01,2016-02-01,2016-06-01,2016-07-01,2016-09-01,"
	 "2017-05-10,2018-01-01,2018-02-01,2018-05-01,2018-06-01,2018-07-01,2018-08-01,2019-03-01,2019-04-01,2019-05-"
	 "01,"
	 "2019-06-01,2019-07-01,2019-08-01,2019-09-01,2019-10-01,2019-11-01,2020-01-01,2020-05-01,2020-06-01,2020-07-"
	 "01,"
	 "2020-08-01,2020-09-01,2020-10-01,2021-01-01,2021-04-01,2022-01-01,2022-05-01,2022-06-01,2022-09-01,2022-12-"
	 "01,"
	 "2023-07-01,2024-03-01,2024-07-01,2024-11-01,2025-03-01,2025-04-01"},
};

static const char *versions_of(const char *type)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(supported) && !(type && text_has_prefix_fold(type, supported[i].prefix)))
		i++;
	return supported[i].versions;
}

/* LIST "a,b" as "a, b", in ARENA. */
static const char *spaced(struct arena *arena, const char *list)
{
	const char *out = "";

	while (*list) {
		size_t length = strcspn(list, ",");

		out = arena_printf(arena, "%s%s%.*s", out, *out ? ", " : "", (int)length, list);
		list += length + (list[length] == ',');
	}
	return out;
}

/* Where the call is about: the body says it, or what is there already. */
static const char *location_of(const struct call *call)
{
	const char *location = path_text(call->body, "location");

	if (!location)
		location = path_text(map_get(&call->state->resources, call->path), "location");
	return location ? location : "westeurope";
}

static void answer_unsupported(struct call *call, const char *type, const char *version, const char *versions)
{
	const char *slash = type ? strchr(type, '/') : NULL;

	if (!slash || text_has_prefix_fold(type, "Microsoft.Resources/"))
		call_answer_error(call, 400, "InvalidApiVersionParameter",
				  "The api-version '%s' is invalid. The supported versions are '%s'.", version,
				  spaced(call->arena, versions));
	else
		call_answer_error(
			call, 400, "NoRegisteredProviderFound",
			"No registered resource provider found for location '%s' and API version '%s' for type "
			"'%s'. The supported api-versions are '%s'. The supported locations are 'westeurope, "
			"northeurope, germanywestcentral, eastus, westus2'.",
			location_of(call), version, slash + 1, spaced(call->arena, versions));
}

bool arm_versions_admit(struct call *call, const char *type)
{
	const char *version = call_query(call, "api-version"), *versions = versions_of(type);

	if (text_is_empty(version)) {
		call_answer_error(call, 400, "MissingApiVersionParameter",
				  "The api-version query parameter (?api-version=) is required for all requests.");
		return false;
	}
	if (!text_list_contains_fold(versions, ',', version)) {
		answer_unsupported(call, type, version, versions);
		return false;
	}
	call->api_version = version;
	return true;
}

bool arm_version_is_at_least(const struct call *call, const char *wanted)
{
	return call->api_version && strncmp(call->api_version, wanted, strlen(wanted)) >= 0;
}
