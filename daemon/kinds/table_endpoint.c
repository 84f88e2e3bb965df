#include "kinds/table_endpoint.h"

#include <string.h>

#include "base/text.h"

static size_t table_endpoint_length(const char *endpoint)
{
	size_t length = strlen(endpoint);

	while (length && endpoint[length - 1] == '/')
		length--;
	return length;
}

bool table_endpoint_equal(const char *a, const char *b)
{
	size_t length;

	if (!a || !b)
		return false;
	length = table_endpoint_length(a);
	return length == table_endpoint_length(b) && strncasecmp(a, b, length) == 0;
}

/* A web app that does not exist yet, or will not, has no settings. */
static bool web_app_is_new(const struct web_app *app)
{
	return app->site->is_assumed || app->site->was_created ||
	       (app->is_slot && app->site->knowledge == KNOWLEDGE_ABSENT);
}

/* What failed by accident, and what cannot be as it was read. */
static bool may_be_read_later(const struct node *settings)
{
	return settings->outcome == OUTCOME_FAILED ? fault_is_retryable(&settings->fault)
						   : settings->condition.reason == REASON_READ_INCONSISTENT;
}

static void table_endpoint_take(struct arena *arena, struct table_endpoint_claims *claims, const struct web_app *app)
{
	const char *endpoint =
		web_app_setting(app, app->role == WEB_APP_SCEPMAN ? "AppConfig:CertificateStorage:TableStorageEndpoint"
								  : "AppConfig:AzureStorage:TableStorageEndpoint");

	if (!node_is_present(app->settings) && !web_app_is_new(app)) {
		claims->unread =
			claims->unread ? arena_printf(arena, "%s, %s", claims->unread, app->label) : app->label;
		claims->may_be_read_later |= may_be_read_later(app->settings);
	}
	if (text_is_empty(endpoint))
		return;
	if (!claims->endpoint) {
		claims->endpoint = endpoint;
		claims->by = app;
	} else if (!claims->other && !table_endpoint_equal(endpoint, claims->endpoint) &&
		   !(app->is_slot && app->is_observed_only)) {
		claims->other = endpoint;
		claims->other_by = app;
	}
}

static void table_endpoint_take_slots(struct arena *arena, struct table_endpoint_claims *claims,
				      const struct installation *installation, bool is_observed_only)
{
	for (const struct web_app *app = installation->slot_apps; app; app = app->next)
		if (app->is_observed_only == is_observed_only)
			table_endpoint_take(arena, claims, app);
}

/* Which web app is Certificate Master is not known: it may be one that could not be read, or one of several. */
static const char *table_endpoint_doubt(struct arena *arena, const struct installation *installation)
{
	const struct node *choice = installation->certificate_master_choice;
	const char *unread = NULL;

	if (choice && choice->condition.reason != REASON_CERTIFICATE_MASTER_MISSING)
		return "Certificate Master, of which it is not known which web app it is,";
	for (const struct web_app *app = installation->candidates; app; app = app->next)
		if (!node_is_present(app->settings))
			unread = unread ? arena_printf(arena, "%s, %s", unread, app->label) : app->label;
	return unread;
}

struct table_endpoint_claims table_endpoint_collect(struct arena *arena, const struct installation *installation)
{
	struct table_endpoint_claims claims = {0};

	table_endpoint_take(arena, &claims, installation->production);
	if (installation->certificate_master)
		table_endpoint_take(arena, &claims, installation->certificate_master);
	else
		claims.unread = table_endpoint_doubt(arena, installation);
	table_endpoint_take_slots(arena, &claims, installation, false);
	table_endpoint_take_slots(arena, &claims, installation, true);
	if (!node_is_present(installation->slots))
		claims.unread = "the deployment slots";
	return claims;
}
