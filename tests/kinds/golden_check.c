#include "golden_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "golden_json.h"
#include "world/json.h"

static const char *text_of(const cJSON *json, const char *member)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
}

static const cJSON *expected(const struct golden_case *golden, const char *member)
{
	return cJSON_GetObjectItemCaseSensitive(golden->expect, member);
}

/* ---- writes ---- */

/* The names whose values differ between what was read and what was written; null: removed. */
static cJSON *settings_delta(const cJSON *write)
{
	const cJSON *before = json_get(write, "before/properties"), *after = json_get(write, "body/properties"), *item;
	cJSON *delta = cJSON_CreateObject();

	cJSON_ArrayForEach (item, after)
		if (!cJSON_Compare(item, cJSON_GetObjectItemCaseSensitive(before, item->string), true))
			cJSON_AddItemToObject(delta, item->string, cJSON_Duplicate(item, true));
	cJSON_ArrayForEach (item, before)
		if (!cJSON_GetObjectItemCaseSensitive(after, item->string))
			cJSON_AddNullToObject(delta, item->string);
	return delta;
}

static bool is_write_as_wanted(const cJSON *wanted, const cJSON *write, struct buffer *problem)
{
	const cJSON *settings = cJSON_GetObjectItemCaseSensitive(wanted, "settings");
	const cJSON *body = cJSON_GetObjectItemCaseSensitive(wanted, "body");
	bool is_match = true;

	if (settings) {
		cJSON *delta = settings_delta(write);

		is_match = golden_matches(settings, delta, "settings", problem);
		cJSON_Delete(delta);
	} else if (body) {
		is_match = golden_matches(body, cJSON_GetObjectItemCaseSensitive(write, "body"), "body", problem);
	} else {
		buffer_append_text(problem, "    the case says neither \"body\" nor \"settings\"\n");
		is_match = false;
	}
	return is_match;
}

static void check_writes(const cJSON *wanted, const cJSON *writes, struct buffer *problems)
{
	cJSON *left = cJSON_Duplicate(writes, true), *write;
	struct buffer problem;

	buffer_init(&problem, 1 << 20);
	cJSON_ArrayForEach (wanted, wanted) {
		bool is_found = false;

		buffer_reset(&problem);
		cJSON_ArrayForEach (write, left) {
			is_found = text_equal(text_of(write, "request"), text_of(wanted, "request")) &&
				   is_write_as_wanted(wanted, write, &problem);
			if (is_found)
				break;
		}
		if (is_found)
			cJSON_Delete(cJSON_DetachItemViaPointer(left, write));
		else
			buffer_printf(problems, "  not written as wanted: %s\n%s", text_of(wanted, "request"),
				      problem.data);
	}
	cJSON_ArrayForEach (write, left) {
		char *body = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(write, "body"));

		buffer_printf(problems, "  written, and not wanted: %s %.600s\n", text_of(write, "request"), body);
		free(body);
	}
	buffer_done(&problem);
	cJSON_Delete(left);
}

cJSON *golden_show_writes(const struct golden_cloud *cloud)
{
	cJSON *shown = cJSON_CreateArray(), *item;
	const cJSON *write;

	cJSON_ArrayForEach (write, cloud->writes) {
		item = cJSON_CreateObject();
		cJSON_AddStringToObject(item, "request", text_of(write, "request"));
		if (text_has_suffix_fold(text_of(write, "request"), "/config/appsettings"))
			cJSON_AddItemToObject(item, "settings", settings_delta(write));
		else
			cJSON_AddItemToObject(item, "body",
					      cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(write, "body"), true));
		cJSON_AddItemToArray(shown, item);
	}
	return shown;
}

/* WANTED are requests in their order; others may come between. */
static void check_order(const cJSON *wanted, const cJSON *requests, struct buffer *problems)
{
	const cJSON *next = wanted ? wanted->child : NULL, *request;

	cJSON_ArrayForEach (request, requests)
		if (next && text_equal(request->valuestring, next->valuestring))
			next = next->next;
	if (next)
		buffer_printf(problems, "  not asked in that order: %s\n", next->valuestring);
}

static void check_asked(const cJSON *parts, const cJSON *requests, bool is_wanted, struct buffer *problems)
{
	const cJSON *part, *request;

	cJSON_ArrayForEach (part, parts) {
		bool is_asked = false;

		cJSON_ArrayForEach (request, requests)
			is_asked = is_asked || strstr(request->valuestring, part->valuestring);
		if (is_asked != is_wanted)
			buffer_printf(problems, "  %s: %s\n", is_wanted ? "not asked" : "asked", part->valuestring);
	}
}

/* ---- what was said ---- */

static bool has_text(const cJSON *list, const char *text)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (text_equal(cJSON_GetStringValue(item), text))
			return true;
	return false;
}

/* The members NAME of all instances, in one list. */
static cJSON *of_all_instances(const cJSON *report, const char *name)
{
	cJSON *all = cJSON_CreateArray();
	const cJSON *tenant, *instance, *item;

	cJSON_ArrayForEach (tenant, json_get(report, "tenants"))
		cJSON_ArrayForEach (instance, json_get(tenant, "instances"))
			cJSON_ArrayForEach (item, json_get(instance, name))
				cJSON_AddItemToArray(all, cJSON_Duplicate(item, true));
	return all;
}

static void check_conditions(const cJSON *wanted, const cJSON *report, struct buffer *problems)
{
	cJSON *conditions = of_all_instances(report, "conditions"), *said = cJSON_CreateArray();
	const cJSON *item;

	cJSON_ArrayForEach (item, conditions) {
		const char *type = text_of(item, "type");

		if (text_equal(type, "Ready") || text_equal(type, "InSync"))
			continue;
		cJSON_AddItemToArray(said, cJSON_CreateString(text_of(item, "reason")));
		if (!has_text(wanted, text_of(item, "reason")))
			buffer_printf(problems, "  condition not wanted: %s: %s\n", text_of(item, "reason"),
				      text_of(item, "message"));
	}
	cJSON_ArrayForEach (item, wanted)
		if (!has_text(said, item->valuestring))
			buffer_printf(problems, "  condition not said: %s\n", item->valuestring);
	cJSON_Delete(said);
	cJSON_Delete(conditions);
}

/* Each of WANTED is matched by one of the report's items NAME. */
static void check_listed(const cJSON *wanted, const cJSON *report, const char *name, struct buffer *problems)
{
	cJSON *list = of_all_instances(report, name);
	struct buffer ignored;

	buffer_init(&ignored, 1 << 20);
	cJSON_ArrayForEach (wanted, wanted) {
		bool is_found = false;
		const cJSON *item;

		cJSON_ArrayForEach (item, list)
			is_found = is_found || golden_matches(wanted, item, "", &ignored);
		if (!is_found) {
			char *text = cJSON_PrintUnformatted(wanted), *all = cJSON_PrintUnformatted(list);

			buffer_printf(problems, "  not among %s: %s\n    of %.1500s\n", name, text, all);
			free(text);
			free(all);
		}
	}
	buffer_done(&ignored);
	cJSON_Delete(list);
}

static void check_said(const cJSON *parts, const char *text, bool is_wanted, struct buffer *problems)
{
	const cJSON *part;

	cJSON_ArrayForEach (part, parts)
		if ((strstr(text, part->valuestring) != NULL) != is_wanted)
			buffer_printf(problems, "  %s: %s\n    in:\n%s\n", is_wanted ? "not said" : "said",
				      part->valuestring, text);
}

void golden_check_expectations(const struct golden_case *golden, const struct golden_cloud *cloud,
			       const struct golden_outcome *outcome, struct buffer *problems)
{
	cJSON *report = json_parse(outcome->json, strlen(outcome->json));
	const cJSON *exit_status = expected(golden, "exit");

	check_writes(expected(golden, "writes"), cloud->writes, problems);
	check_order(expected(golden, "order"), cloud->requests, problems);
	check_asked(expected(golden, "asked"), cloud->requests, true, problems);
	check_asked(expected(golden, "not_asked"), cloud->requests, false, problems);
	check_conditions(expected(golden, "conditions"), report, problems);
	check_listed(expected(golden, "changes"), report, "actions", problems);
	check_listed(expected(golden, "withheld"), report, "withheld", problems);
	check_said(expected(golden, "says"), outcome->text, true, problems);
	check_said(expected(golden, "says_not"), outcome->text, false, problems);
	if (exit_status && (int)exit_status->valuedouble != outcome->exit_status)
		buffer_printf(problems, "  exit status %d, wanted %d\n", outcome->exit_status,
			      (int)exit_status->valuedouble);
	cJSON_Delete(report);
}

/* ---- what no case may break ---- */

/* domain.md 1.11, without the separator and its two spellings. */
static bool is_our_setting(const char *name)
{
	static const char *const ours[] = {
		"AuthConfig:ApplicationId",
		"AuthConfig:ApplicationKey", /* see check_keys() */
		"AuthConfig:HomeApplicationId",
		"AuthConfig:ManagedIdentityEnabledOnUnixTime",
		"AuthConfig:ManagedIdentityEnabledForWebsiteHostname",
		"AuthConfig:ManagedIdentityPermissionLevel",
		"AuthConfig:SCEPmanAPIScope",
		"AuthConfig:TenantId",
		"SCEPman:URL",
		"CertMaster:URL",
		"DirectCSRValidation:Enabled",
		"CertificateStorage:TableStorageEndpoint",
		"AzureStorage:TableStorageEndpoint",
		"LoggingConfig:DataCollectionEndpointUri",
		"LoggingConfig:RuleId",
		"LoggingConfig:WorkspaceId",
		"LoggingConfig:SharedKey",
	};
	struct arena arena = {0};
	char *plain = arena_copy_text(&arena, name), *to = plain;
	/* The two whose names are the same everywhere. */
	bool is_ours = text_equal_fold(name, "WEBSITE_RUN_FROM_PACKAGE") || text_equal_fold(name, "Update_Channel");

	for (const char *from = name; *from; from++) {
		*to++ = from[0] == '_' && from[1] == '_' ? ':' : *from;
		from += from[0] == '_' && from[1] == '_';
	}
	*to = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		is_ours = is_ours || text_equal_fold(plain, arena_printf(&arena, "AppConfig:%s", ours[i])) ||
			  text_equal_fold(plain, arena_printf(&arena, "BackUp:AppConfig:%s", ours[i]));
	arena_done(&arena);
	return is_ours;
}

/* Does a clone of the configuration take settings of that name over? */
static bool is_shared_setting(const struct desired *desired, const char *name)
{
	for (size_t i = 0; i < desired->tenants[0].instance_count; i++) {
		const struct desired_instance *instance = &desired->tenants[0].instances[i];

		for (size_t n = 0; n < instance->shared_setting_count; n++)
			if (text_has_prefix_fold(name, instance->shared_settings[n]))
				return true;
	}
	return false;
}

static void check_foreign_settings(const struct desired *desired, const cJSON *write, struct buffer *problems)
{
	cJSON *delta = settings_delta(write);
	const cJSON *item;

	cJSON_ArrayForEach (item, delta)
		if (cJSON_IsArray(json_get(write, "before/properties")) ||
		    (!is_our_setting(item->string) && !is_shared_setting(desired, item->string)))
			buffer_printf(problems, "  a foreign setting was changed: %s by %s\n", item->string,
				      text_of(write, "request"));
	cJSON_Delete(delta);
}

static bool has_key(const cJSON *settings, const char *key)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, settings)
		if (text_has_suffix_fold(item->string, "ApplicationKey") && text_equal(item->valuestring, key))
			return true;
	return false;
}

/* A key that was in the settings, or in their backup, is in one of the two after every write (domain.md 2.20). */
static void check_keys(const cJSON *write, struct buffer *problems)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, json_get(write, "before/properties"))
		if (text_has_suffix_fold(item->string, "ApplicationKey") && !text_is_empty(item->valuestring) &&
		    !has_key(json_get(write, "body/properties"), item->valuestring))
			buffer_printf(problems, "  the key in %s was lost by %s\n", item->string,
				      text_of(write, "request"));
}

static bool is_kept(const cJSON *item, const cJSON *list)
{
	const cJSON *other;

	cJSON_ArrayForEach (other, list)
		if (cJSON_Compare(item, other, true))
			return true;
	return false;
}

/* Whatever was an item of a list that is written is an item of it afterwards (promise 1 of product.md). */
static void check_lists(const cJSON *before, const cJSON *after, const char *request, struct buffer *problems)
{
	const cJSON *list, *item;

	cJSON_ArrayForEach (list, after) {
		const cJSON *was = list->string ? cJSON_GetObjectItemCaseSensitive(before, list->string) : NULL;

		if (cJSON_IsObject(list))
			check_lists(was, list, request, problems);
		if (!cJSON_IsArray(list) || !cJSON_IsArray(was))
			continue;
		cJSON_ArrayForEach (item, was)
			if (!is_kept(item, list))
				buffer_printf(problems, "  lost from %s by %s\n", list->string, request);
	}
}

void golden_check_writes(const struct desired *desired, const cJSON *writes, bool is_plan, struct buffer *problems)
{
	const cJSON *write, *other;

	cJSON_ArrayForEach (write, writes) {
		const char *request = text_of(write, "request");
		bool is_settings = text_has_suffix_fold(request, "/config/appsettings");

		if (is_plan)
			buffer_printf(problems, "  written in a plan: %s\n", request);
		if (is_settings && !cJSON_IsNull(json_get(write, "before")))
			check_foreign_settings(desired, write, problems);
		if (is_settings)
			check_keys(write, problems);
		for (other = write->next; is_settings && other; other = other->next)
			if (text_equal(request, text_of(other, "request")))
				buffer_printf(problems, "  written twice in a pass: %s\n", request);
		/* A rule is put right where it leads to another workspace or stream. */
		if (!is_settings && !strstr(request, "/dataCollectionRules/"))
			check_lists(cJSON_GetObjectItemCaseSensitive(write, "before"),
				    cJSON_GetObjectItemCaseSensitive(write, "body"), request, problems);
	}
}

void golden_check_secrets(const struct golden_outcome *outcome, struct buffer *problems)
{
	const char *const texts[] = {outcome->text, outcome->json, outcome->grants_text, outcome->grants_json};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (text_contains_fold(texts[i], "canary"))
			buffer_printf(problems, "  a setting's value is shown:\n%s\n", texts[i]);
}
