#include "journal_mask.h"

#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/text.h"

/* Parts of names. What holds a public key or the name of a permission is not text and is left alone anyway. */
static const char *const secret_parts[] = {
	"client_secret", "client_assertion", "access_token",       "refresh_token",  "id_token",   "secretText",
	"LicenseKey",    "SharedKey",        "AccountKey",         "ApplicationKey", "Password",   "Pwd",
	"ClientSecret",  "ConnectionString", "InstrumentationKey", "ApiKey",         "PrivateKey",
};

bool journal_is_secret_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(secret_parts); i++)
		if (text_contains_fold(name, secret_parts[i]) && !text_equal_fold(name, "client_assertion_type"))
			return true;
	return false;
}

static bool is_secret_member(const cJSON *parent, const cJSON *member)
{
	if (!cJSON_IsString(member) || !member->string)
		return false;
	if (journal_is_secret_name(member->string))
		return true;
	/* {"name":"AppConfig:LicenseKey","value":"..."} as in siteConfig.appSettings. */
	if (text_equal_fold(member->string, "value")) {
		const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(parent, "name"));

		return name && journal_is_secret_name(name);
	}
	return false;
}

void journal_mask_json(cJSON *json)
{
	cJSON *member, *next;

	for (member = json ? json->child : NULL; member; member = next) {
		next = member->next;
		if (is_secret_member(json, member))
			cJSON_SetValuestring(member, JOURNAL_MASK);
		else if (cJSON_IsObject(member) || cJSON_IsArray(member))
			journal_mask_json(member);
	}
}

char *journal_mask_form(const char *form)
{
	struct buffer out;

	buffer_init(&out, strlen(form) * 4 + 64);
	while (*form) {
		size_t field = strcspn(form, "&"), name = strcspn(form, "=&");
		char copy[64] = "";

		memcpy(copy, form, name < sizeof(copy) ? name : sizeof(copy) - 1);
		if (out.length > 0)
			buffer_append_char(&out, '&');
		if (name < field && journal_is_secret_name(copy)) {
			buffer_append(&out, form, name + 1);
			buffer_append_text(&out, JOURNAL_MASK);
		} else {
			buffer_append(&out, form, field);
		}
		form += field + (form[field] == '&');
	}
	return buffer_steal(&out);
}
