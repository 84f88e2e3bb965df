#include "kinds/artifact_channel.h"

#include "base/attributes.h"
#include "base/text.h"

#define MAIN     "https://raw.githubusercontent.com/scepman/install/master"
#define OTHER    "https://install.scepman.com"
#define DEFERRED "https://raw.githubusercontent.com/scepman/install/deferred"
#define SCEPMAN  "/dist/Artifacts"
#define MASTER   "/dist-certmaster/CertMaster-Artifacts"

/* Windows says "Intern", Linux "Internal". The main host comes before the other one: artifact_channel_url() takes the
 * first. */
static const struct {
	enum web_app_role role;
	bool is_linux;
	enum update_channel channel;
	const char *url;
} artifact_channels[] = {
	{WEB_APP_SCEPMAN, false, CHANNEL_PROD, MAIN SCEPMAN ".zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_BETA, MAIN SCEPMAN "-Beta.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_INTERNAL, MAIN SCEPMAN "-Intern.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_PROD, OTHER SCEPMAN ".zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_BETA, OTHER SCEPMAN "-Beta.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_INTERNAL, OTHER SCEPMAN "-Intern.zip"},
	{WEB_APP_SCEPMAN, false, CHANNEL_DEFERRED, DEFERRED SCEPMAN ".zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_PROD, MAIN SCEPMAN "-Linux.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_BETA, MAIN SCEPMAN "-Linux-Beta.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_INTERNAL, MAIN SCEPMAN "-Linux-Internal.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_PROD, OTHER SCEPMAN "-Linux.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_BETA, OTHER SCEPMAN "-Linux-Beta.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_INTERNAL, OTHER SCEPMAN "-Linux-Internal.zip"},
	{WEB_APP_SCEPMAN, true, CHANNEL_DEFERRED, DEFERRED SCEPMAN "-Linux.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_PROD, MAIN MASTER ".zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_BETA, MAIN MASTER "-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_INTERNAL, MAIN MASTER "-Intern.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_PROD, OTHER MASTER ".zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_BETA, OTHER MASTER "-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_INTERNAL, OTHER MASTER "-Intern.zip"},
	{WEB_APP_CERTIFICATE_MASTER, false, CHANNEL_DEFERRED, DEFERRED MASTER ".zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_PROD, MAIN MASTER "-Linux.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_BETA, MAIN MASTER "-Linux-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_INTERNAL, MAIN MASTER "-Linux-Internal.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_PROD, OTHER MASTER "-Linux.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_BETA, OTHER MASTER "-Linux-Beta.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_INTERNAL, OTHER MASTER "-Linux-Internal.zip"},
	{WEB_APP_CERTIFICATE_MASTER, true, CHANNEL_DEFERRED, DEFERRED MASTER "-Linux.zip"},
};

enum update_channel artifact_channel_of(enum web_app_role role, const char *url)
{
	for (size_t i = 0; i < ARRAY_SIZE(artifact_channels); i++)
		if (artifact_channels[i].role == role && text_equal_fold(artifact_channels[i].url, url))
			return artifact_channels[i].channel;
	return CHANNEL_UNMANAGED;
}

const char *artifact_channel_url(enum web_app_role role, bool is_linux, enum update_channel channel)
{
	for (size_t i = 0; i < ARRAY_SIZE(artifact_channels); i++)
		if (artifact_channels[i].role == role && artifact_channels[i].is_linux == is_linux &&
		    artifact_channels[i].channel == channel)
			return artifact_channels[i].url;
	return NULL;
}
