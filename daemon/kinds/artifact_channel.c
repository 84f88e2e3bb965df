#include "kinds/artifact_channel.h"

#include <string.h>

#include "base/attributes.h"
#include "base/text.h"

#define MAIN     "https://raw.githubusercontent.com/scepman/install/master"
#define OTHER    "https://install.scepman.com"
#define DEFERRED "https://raw.githubusercontent.com/scepman/install/deferred"
#define SCEPMAN  "/dist/Artifacts"
#define MASTER   "/dist-certmaster/CertMaster-Artifacts"

/* Windows says "Intern", Linux "Internal". The main host comes before the other ones: artifact_source_url() takes the
 * first when the host that it is asked for has not got the channel. */
static const struct artifact_source artifact_sources[] = {
	{WEB_APP_SCEPMAN, false, CHANNEL_PROD, ARTIFACT_HOST_MAIN, MAIN SCEPMAN ".zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_BETA, ARTIFACT_HOST_MAIN, MAIN SCEPMAN "-Beta.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_INTERNAL, ARTIFACT_HOST_MAIN, MAIN SCEPMAN "-Intern.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_PROD, ARTIFACT_HOST_OTHER, OTHER SCEPMAN ".zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_BETA, ARTIFACT_HOST_OTHER, OTHER SCEPMAN "-Beta.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_INTERNAL, ARTIFACT_HOST_OTHER, OTHER SCEPMAN "-Intern.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_DEFERRED, ARTIFACT_HOST_DEFERRED, DEFERRED SCEPMAN ".zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_PROD, ARTIFACT_HOST_MAIN, MAIN SCEPMAN "-Linux.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_BETA, ARTIFACT_HOST_MAIN, MAIN SCEPMAN "-Linux-Beta.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_INTERNAL, ARTIFACT_HOST_MAIN, MAIN SCEPMAN "-Linux-Internal.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_PROD, ARTIFACT_HOST_OTHER, OTHER SCEPMAN "-Linux.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_BETA, ARTIFACT_HOST_OTHER, OTHER SCEPMAN "-Linux-Beta.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_INTERNAL, ARTIFACT_HOST_OTHER, OTHER SCEPMAN "-Linux-Internal.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_DEFERRED, ARTIFACT_HOST_DEFERRED, DEFERRED SCEPMAN "-Linux.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_PROD, ARTIFACT_HOST_MAIN, MAIN MASTER ".zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_BETA, ARTIFACT_HOST_MAIN, MAIN MASTER "-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_INTERNAL, ARTIFACT_HOST_MAIN, MAIN MASTER "-Intern.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_PROD, ARTIFACT_HOST_OTHER, OTHER MASTER ".zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_BETA, ARTIFACT_HOST_OTHER, OTHER MASTER "-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_INTERNAL, ARTIFACT_HOST_OTHER, OTHER MASTER "-Intern.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_DEFERRED, ARTIFACT_HOST_DEFERRED, DEFERRED MASTER ".zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_PROD, ARTIFACT_HOST_MAIN, MAIN MASTER "-Linux.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_BETA, ARTIFACT_HOST_MAIN, MAIN MASTER "-Linux-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_INTERNAL, ARTIFACT_HOST_MAIN, MAIN MASTER "-Linux-Internal.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_PROD, ARTIFACT_HOST_OTHER, OTHER MASTER "-Linux.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_BETA, ARTIFACT_HOST_OTHER, OTHER MASTER "-Linux-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_INTERNAL, ARTIFACT_HOST_OTHER, OTHER MASTER "-Linux-Internal.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_DEFERRED, ARTIFACT_HOST_DEFERRED, DEFERRED MASTER "-Linux.zip"},
};

const struct artifact_source *artifact_source_of(enum web_app_role role, const char *url)
{
	for (size_t i = 0; i < ARRAY_SIZE(artifact_sources); i++)
		if (artifact_sources[i].role == role && text_equal_fold(artifact_sources[i].url, url))
			return &artifact_sources[i];
	return NULL;
}

const char *artifact_source_url(enum web_app_role role, bool is_linux, enum update_channel channel,
				enum artifact_host host)
{
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(artifact_sources); i++) {
		const struct artifact_source *source = &artifact_sources[i];

		if (source->role != role || source->is_linux != is_linux || source->channel != channel)
			continue;
		if (source->host == host)
			return source->url;
		if (!first)
			first = source->url;
	}
	return first;
}

enum update_channel artifact_channel_of(enum web_app_role role, const char *url)
{
	const struct artifact_source *source = artifact_source_of(role, url);

	return source ? source->channel : CHANNEL_UNMANAGED;
}

const char *artifact_channel_url(enum web_app_role role, bool is_linux, enum update_channel channel)
{
	return artifact_source_url(role, is_linux, channel, ARTIFACT_HOST_MAIN);
}

static const char *const channel_names[] = {
	[CHANNEL_PROD] = "prod",
	[CHANNEL_BETA] = "beta",
	[CHANNEL_INTERNAL] = "internal",
	[CHANNEL_DEFERRED] = "deferred",
};

const char *artifact_channel_name(enum update_channel channel)
{
	return (size_t)channel < ARRAY_SIZE(channel_names) ? channel_names[channel] : NULL;
}

enum update_channel artifact_channel_parse(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(channel_names); i++)
		if (channel_names[i] && text_equal_fold(channel_names[i], word))
			return (enum update_channel)i;
	return CHANNEL_UNMANAGED;
}

bool artifact_url_is_dead(const char *url)
{
	return text_contains_fold(url, "/glueckkanja/gk-scepman/");
}

bool artifact_url_is_secret(const char *url)
{
	return url && strpbrk(url, "?@#");
}
