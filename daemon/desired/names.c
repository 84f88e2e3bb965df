#include "desired/names.h"

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>

#include "base/text.h"

#define LOWER      "abcdefghijklmnopqrstuvwxyz"
#define UPPER      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS     "0123456789"
#define ALNUM      LOWER UPPER DIGITS
#define HYPHENATED ALNUM "-"

static bool is_made_of(const char *text, const char *characters, size_t minimum, size_t maximum)
{
	size_t length = strlen(text);

	return length >= minimum && length <= maximum && strspn(text, characters) == length;
}

static bool is_hyphenated(const char *text, size_t minimum, size_t maximum)
{
	return is_made_of(text, HYPHENATED, minimum, maximum) && *text != '-' && text[strlen(text) - 1] != '-';
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static bool has_blank_edge(const char *text)
{
	return *text == ' ' || (*text && text[strlen(text) - 1] == ' ');
}

const char *names_check_guid(const char *text)
{
	return text_is_guid(text) ? NULL : "must be a GUID (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx, hexadecimal)";
}

const char *names_check_site(const char *text)
{
	return is_hyphenated(text, 2, 60) ? NULL
					  : "must be the name of an app service: 2 to 60 letters, digits and hyphens, "
					    "no hyphen at either end";
}

const char *names_check_slot(const char *text)
{
	if (text_equal_fold(text, "production"))
		return "cannot be production: what happens to that is said by production_slot";
	return is_hyphenated(text, 1, 59)
		       ? NULL
		       : "must be a name of 1 to 59 letters, digits and hyphens, no hyphen at either end";
}

const char *names_check_resource_group(const char *text)
{
	bool is_valid = *text && text[strlen(text) - 1] != '.' && count_characters(text) <= 90;

	/* Azure allows letters of every script, so what is not ASCII is left to it. */
	for (const char *c = text; *c && is_valid; c++)
		is_valid = (unsigned char)*c >= 0x80 || strchr(ALNUM "-_.()", *c);
	return is_valid ? NULL
			: "must be the name of a resource group: at most 90 letters, digits and -_.(), no dot at the "
			  "end";
}

const char *names_check_storage_account(const char *text)
{
	return is_made_of(text, LOWER DIGITS, 3, 24) ? NULL : "must be 3 to 24 lower-case letters and digits";
}

/* Moves *TEXT behind PREFIX (any case) and the segment after it; the segment is copied. False when they are not there.
 */
static bool take_segment(const char **text, const char *prefix, char *segment, size_t size)
{
	const char *start = *text + strlen(prefix);
	size_t length;

	if (!text_has_prefix_fold(*text, prefix))
		return false;
	length = strcspn(start, "/");
	if (!length || length >= size)
		return false;
	memcpy(segment, start, length);
	segment[length] = '\0';
	*text = start + length;
	return true;
}

const char *names_check_workspace_id(const char *text)
{
	char subscription[64], group[512], name[64];

	if (take_segment(&text, "/subscriptions/", subscription, sizeof(subscription)) && text_is_guid(subscription) &&
	    take_segment(&text, "/resourceGroups/", group, sizeof(group)) && !names_check_resource_group(group) &&
	    take_segment(&text, "/providers/Microsoft.OperationalInsights/workspaces/", name, sizeof(name)) && !*text &&
	    is_hyphenated(name, 4, 63))
		return NULL;
	return "must be the resource id of a Log Analytics workspace: "
	       "/subscriptions/GUID/resourceGroups/NAME/providers/"
	       "Microsoft.OperationalInsights/workspaces/NAME";
}

const char *names_check_identity_id(const char *text)
{
	char subscription[64], group[512], name[256];

	if (take_segment(&text, "/subscriptions/", subscription, sizeof(subscription)) && text_is_guid(subscription) &&
	    take_segment(&text, "/resourceGroups/", group, sizeof(group)) && !names_check_resource_group(group) &&
	    take_segment(&text, "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/", name, sizeof(name)) &&
	    !*text && is_made_of(name, HYPHENATED "_", 3, 128))
		return NULL;
	return "must be the resource id of a managed identity: /subscriptions/GUID/resourceGroups/NAME/providers/"
	       "Microsoft.ManagedIdentity/userAssignedIdentities/NAME";
}

const char *names_check_label(const char *text)
{
	return count_characters(text) <= 64 && !strchr(text, '/') && !has_blank_edge(text)
		       ? NULL
		       : "must be at most 64 characters without a slash and without blanks at the ends";
}

const char *names_check_display_name(const char *text)
{
	return count_characters(text) <= 120 && !has_blank_edge(text)
		       ? NULL
		       : "must be a display name: at most 120 characters without blanks at the ends";
}

const char *names_check_principal(const char *text)
{
	return count_characters(text) <= 256 && !has_blank_edge(text)
		       ? NULL
		       : "must be an object id or a unique name: at most 256 characters without blanks at the ends";
}

const char *names_check_dotnet_version(const char *text)
{
	size_t major = strspn(text, DIGITS);

	return major >= 1 && major <= 2 && *text != '0' && text[major] == '.' &&
			       is_made_of(text + major + 1, DIGITS, 1, 1)
		       ? NULL
		       : "must be a .NET version such as \"10.0\"";
}

const char *names_check_absolute_path(const char *text)
{
	return *text == '/' && strlen(text) < PATH_MAX ? NULL : "must be an absolute path";
}

bool names_is_host(const char *text, unsigned long length)
{
	return length >= 1 && length <= 253 && strspn(text, HYPHENATED ".") >= length && *text != '-' && *text != '.' &&
	       text[length - 1] != '-' && !memmem(text, length, "..", 2);
}

/* "host", "host:port", "[v6]" or "[v6]:port", LENGTH bytes. */
static bool is_authority(const char *text, size_t length)
{
	const char *end = text + length, *host_end;
	unsigned long port = 0;

	if (*text == '[') {
		char address[INET6_ADDRSTRLEN] = "";
		struct in6_addr ignored;

		host_end = memchr(text, ']', length);
		if (!host_end || (size_t)(host_end - text - 1) >= sizeof(address))
			return false;
		memcpy(address, text + 1, (size_t)(host_end - text - 1));
		if (inet_pton(AF_INET6, address, &ignored) != 1)
			return false;
		host_end++;
	} else {
		host_end = memchr(text, ':', length);
		host_end = host_end ? host_end : end;
		if (!names_is_host(text, (size_t)(host_end - text)))
			return false;
	}
	if (host_end == end)
		return true;
	if (*host_end != ':' || host_end + 1 == end || end - host_end > 6)
		return false;
	for (const char *c = host_end + 1; c < end; c++) {
		if (*c < '0' || *c > '9')
			return false;
		port = port * 10 + (unsigned long)(*c - '0');
	}
	return port >= 1 && port <= 65535;
}

const char *names_check_https_url(const char *text)
{
	const char *authority = text + strlen("https://");

	if (text_has_prefix_fold(text, "http://"))
		return "must begin with https://: http can be read and changed on its way";
	if (!text_has_prefix(text, "https://") || strlen(text) > 2000)
		return "must be a URL that begins with https://";
	if (memchr(authority, '@', strcspn(authority, "/?#")))
		return "must hold no user name: sign-in is said under credential";
	if (strpbrk(text, "?#"))
		return "must be a URL without ? and #";
	if (!is_authority(authority, strcspn(authority, "/")) || strpbrk(text, " \\\"<>^`{|}"))
		return "must be a URL such as https://management.azure.com";
	return NULL;
}

bool names_mean(const char *name, const char *tenant, const char *instance)
{
	if (text_equal(name, instance))
		return true;
	return text_has_prefix(name, tenant) && name[strlen(tenant)] == '/' &&
	       text_equal(name + strlen(tenant) + 1, instance);
}
