/* A simulated web app: what GET /probe and GET / on its host say. */
#include "probe.h"

#include <stdarg.h>
#include <string.h>

#include "arm_web.h"
#include "base/text.h"
#include "call.h"
#include "routes.h"

void probe_miss(struct probe *probe, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	cJSON_AddItemToArray(probe->missing, cJSON_CreateString(arena_vprintf(probe->arena, format, ap)));
	va_end(ap);
}

/* NAME with "__" for each colon. */
static const char *with_underscores(struct arena *arena, const char *name)
{
	char *out = arena_alloc(arena, 2 * strlen(name) + 1), *p = out;

	for (; *name; name++) {
		if (*name == ':') {
			*p++ = '_';
			*p++ = '_';
		} else {
			*p++ = *name;
		}
	}
	return out;
}

static const char *find_setting(const cJSON *settings, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach (item, settings)
		if (text_equal_fold(item->string, name))
			return cJSON_GetStringValue(item);
	return NULL;
}

const char *probe_setting(const struct probe *probe, const char *name)
{
	const char *value = find_setting(probe->settings, with_underscores(probe->arena, name));

	/* A colon cannot be in the name of a Linux environment variable. */
	return value || probe->is_linux ? value : find_setting(probe->settings, name);
}

const char *probe_host(const struct probe *probe, const char *url)
{
	const char *host = url ? strstr(url, "://") : NULL;

	return host ? arena_copy_bytes(probe->arena, host + 3, strcspn(host + 3, ":/")) : NULL;
}

/* Its own identity, and those attached to it; a slot uses the attached ones only when it has none of its own
 * (domain.md 1.2). */
static void take_principals(struct probe *probe)
{
	const char *own = path_text(probe->site, "identity.principalId");
	const cJSON *item;

	if (own)
		probe->principals[probe->principal_count++] = own;
	if (own && text_has_suffix_fold(path_text(probe->site, "type"), "/slots"))
		return;
	cJSON_ArrayForEach (item, path_get(probe->site, "identity.userAssignedIdentities")) {
		const char *id = path_text(item, "principalId");

		if (id && probe->principal_count < ARRAY_SIZE(probe->principals))
			probe->principals[probe->principal_count++] = id;
	}
}

static const cJSON *find_site(struct call *call)
{
	const char *host = arena_copy_bytes(call->arena, call->request->host, strcspn(call->request->host, ":"));

	return state_find_host(call->state, host);
}

static struct probe begin(struct call *call, const cJSON *site)
{
	struct probe probe = {.state = call->state, .arena = call->arena, .site = site, .now_ms = call->now_ms};

	probe.settings = path_get(arm_web_config(call->state, site, "appsettings"), "properties");
	probe.is_linux = arm_web_is_linux(call->state, site);
	probe.missing = cJSON_CreateArray();
	take_principals(&probe);
	return probe;
}

static void get_probe(struct call *call)
{
	const cJSON *site = find_site(call);
	struct probe probe;
	cJSON *body;
	bool is_healthy;

	if (text_equal_fold(path_text(site, "properties.state"), "Stopped")) {
		call_answer_raw(call, 403, "text/html", "<h1>Error 403 - This web app is stopped.</h1>");
		return;
	}
	probe = begin(call, site);
	if (probe_setting(&probe, "AppConfig:SCEPman:URL")) {
		probe_certificate_master(&probe);
	} else if (probe_setting(&probe, "AppConfig:KeyVaultConfig:KeyVaultURL")) {
		probe_scepman(&probe);
	} else {
		cJSON_Delete(probe.missing);
		call_answer_raw(call, 404, "text/plain", "There is no such page in this web app.");
		return;
	}
	is_healthy = !cJSON_GetArraySize(probe.missing);
	body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "status", is_healthy ? "Healthy" : "Unhealthy");
	cJSON_AddItemToObject(body, "notConnected", probe.missing);
	call_answer(call, is_healthy ? 200 : 503, body);
}

/* The home page names product and version (domain.md 4.2). */
static void get_home(struct call *call)
{
	const cJSON *site = find_site(call), *package;
	struct probe probe = begin(call, site);
	const char *url = probe_setting(&probe, "WEBSITE_RUN_FROM_PACKAGE");

	cJSON_Delete(probe.missing);
	package = url ? cJSON_GetObjectItemCaseSensitive(call->state->packages, url) : NULL;
	if (package && !text_equal_fold(probe_setting(&probe, "AppConfig:AnonymousHomePageAccess"), "false"))
		call_answer_raw(call, 200, "text/html",
				arena_printf(call->arena, "<html><body><h1>%s</h1><p>Version %s</p></body></html>",
					     path_text(package, "product"), path_text(package, "version")));
	else
		call_answer_raw(call, package ? 401 : 503, "text/html", "<html><body></body></html>");
}

const struct sim_route probe_routes[] = {
	{"GET", "/probe", get_probe},
	{"GET", "/", get_home},
	{0},
};
