#include <string.h>

#include "base/text.h"
#include "kinds/settings_task.h"

#define CERTIFICATE_MASTER_URL "AppConfig:CertMaster:URL"
#define DIRECT_CSR             "AppConfig:DirectCSRValidation:Enabled"

/* NAME as .NET reads it: with ':' for "__". */
static const char *plain_name(struct arena *arena, const char *name)
{
	char *plain = arena_copy_text(arena, name), *to = plain;

	for (; *name; name++) {
		bool is_colon = name[0] == '_' && name[1] == '_';

		*to++ = is_colon ? ':' : *name;
		name += is_colon;
	}
	*to = 0;
	return plain;
}

/* What is each site's own, or the platform's (domain.md 3.2), and who it is in Entra, for which there are rules. */
static bool is_of_one_site(const char *plain)
{
	static const char *const prefixes[] = {
		"AppConfig:AuthConfig:",
		"BackUp:",
		"WEBSITE_",
		"APPINSIGHTS",
		"APPLICATIONINSIGHTS",
		"XDT_",
		"DiagnosticServices",
		"SCM_",
		"FUNCTIONS_",
		"AzureWebJobs",
		"InstrumentationEngine",
		"SnapshotDebugger",
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_has_prefix_fold(plain, prefixes[i]))
			return true;
	return text_equal_fold(plain, "Update_Channel");
}

static bool is_shared(const struct desired_instance *clone, struct arena *arena, const char *plain)
{
	for (size_t i = 0; i < clone->shared_setting_count; i++)
		if (text_has_prefix_fold(plain, plain_name(arena, clone->shared_settings[i])))
			return !is_of_one_site(plain);
	return false;
}

/* The one Certificate Master of the CA; it may point at a clone, and submits its requests there, too. */
static void want_certificate_master_of(struct settings_task *task, const struct web_app *primary)
{
	const char *url = web_app_setting(primary, CERTIFICATE_MASTER_URL);

	if (text_is_empty(url))
		return;
	settings_want(task, CERTIFICATE_MASTER_URL, url, text_equal, "that of the installation it is a clone of");
	settings_want(task, DIRECT_CSR, "true", text_equal_fold,
		      "Certificate Master cannot request certificates without it");
}

void settings_want_shared(struct settings_task *task)
{
	const struct installation *installation = task->installation;
	const struct web_app *primary = installation->primary ? installation->primary->production : NULL;
	struct arena *arena = &task->world->arena;
	const struct settings *settings;

	if (!primary || !node_is_present(primary->settings) || !primary->settings->observed)
		return;
	settings = primary->settings->observed;
	for (size_t i = 0; i < settings->count; i++) {
		const char *plain = plain_name(arena, settings->items[i].name);

		if (is_shared(installation->desired, arena, plain))
			settings_want(task, plain, settings->items[i].value, text_equal,
				      "that of the installation it is a clone of");
	}
	want_certificate_master_of(task, primary);
}
