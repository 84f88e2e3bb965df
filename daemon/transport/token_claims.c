#include "transport/token_claims.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "world/json.h"

enum { PAYLOAD_MAX = 64 * 1024, TEXT_SHOWN_MAX = 400, WORDS_MAX = 512 };

/* The LENGTH characters of base64url at TEXT as JSON, or NULL. */
static cJSON *decode_payload(const char *text, size_t length)
{
	size_t padded = (length + 3) / 4 * 4;
	unsigned char *base64, *bytes;
	cJSON *json = NULL;
	int decoded;

	if (!length || length > PAYLOAD_MAX || length % 4 == 1)
		return NULL;
	base64 = memory_new(padded + 1);
	bytes = memory_new(padded + 1);
	memset(base64, '=', padded);
	for (size_t i = 0; i < length; i++)
		base64[i] = (unsigned char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
	decoded = EVP_DecodeBlock(bytes, base64, (int)padded);
	if (decoded >= (int)(padded - length))
		json = json_parse((const char *)bytes, (size_t)decoded - (padded - length));
	memory_wipe(base64, padded);
	memory_wipe(bytes, padded);
	free(base64);
	free(bytes);
	return json;
}

/* LENGTH bytes of TEXT as a person may be shown them: nothing that a terminal obeys, and not without end. */
static const char *clean(const char *text, size_t length, struct arena *arena)
{
	char *copy = arena_copy_bytes(arena, text, length < TEXT_SHOWN_MAX ? length : TEXT_SHOWN_MAX);

	for (char *p = copy; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return copy;
}

/* The first of NAMES (ended by NULL) that is a text and not empty. */
static const char *take_text(const cJSON *payload, const char *const *names, struct arena *arena)
{
	for (; *names; names++) {
		const cJSON *member = cJSON_GetObjectItemCaseSensitive(payload, *names);

		if (cJSON_IsString(member) && member->valuestring[0])
			return clean(member->valuestring, strlen(member->valuestring), arena);
	}
	return NULL;
}

static struct token_words take_list(const cJSON *list, struct arena *arena)
{
	int size = cJSON_GetArraySize(list);
	const char **words = arena_new_array(arena, (size_t)size, const char *);
	struct token_words ret = {.words = words};
	const cJSON *item;

	cJSON_ArrayForEach (item, list)
		if (cJSON_IsString(item) && ret.count < WORDS_MAX)
			words[ret.count++] = clean(item->valuestring, strlen(item->valuestring), arena);
	return ret;
}

/* Scopes stand in one text, with blanks between them. */
static struct token_words take_scopes(const cJSON *scopes, struct arena *arena)
{
	const char *text = cJSON_IsString(scopes) ? scopes->valuestring : "";
	const char **words = arena_new_array(arena, WORDS_MAX, const char *);
	struct token_words ret = {.words = words};

	while (ret.count < WORDS_MAX && *(text += strspn(text, " "))) {
		size_t length = strcspn(text, " ");

		words[ret.count++] = clean(text, length, arena);
		text += length;
	}
	return ret;
}

static struct token_claims take_claims(const cJSON *payload, struct arena *arena)
{
	static const char *const audience[] = {"aud", NULL}, *const tenant[] = {"tid", NULL},
				 *const app[] = {"appid", "azp", NULL}, *const object[] = {"oid", NULL},
				 *const type[] = {"idtyp", NULL}, *const resource[] = {"xms_mirid", NULL},
				 *const user[] = {"upn", "preferred_username", "unique_name", NULL};
	const cJSON *wids = cJSON_GetObjectItemCaseSensitive(payload, "wids"),
		    *expires = cJSON_GetObjectItemCaseSensitive(payload, "exp");

	return (struct token_claims){
		.audience = take_text(payload, audience, arena),
		.tenant_id = take_text(payload, tenant, arena),
		.app_id = take_text(payload, app, arena),
		.object_id = take_text(payload, object, arena),
		.identity_type = take_text(payload, type, arena),
		.user_name = take_text(payload, user, arena),
		.resource_id = take_text(payload, resource, arena),
		.expires_s = cJSON_IsNumber(expires) && expires->valuedouble > 0 && expires->valuedouble < 1e11
				     ? (int64_t)expires->valuedouble
				     : 0,
		.roles = take_list(cJSON_GetObjectItemCaseSensitive(payload, "roles"), arena),
		.scopes = take_scopes(cJSON_GetObjectItemCaseSensitive(payload, "scp"), arena),
		.wids = take_list(wids, arena),
		.has_wids = cJSON_IsArray(wids),
	};
}

int token_claims_read(const char *token, struct arena *arena, struct token_claims *ret)
{
	const char *start = strchr(token, '.'), *end = start ? strchr(start + 1, '.') : NULL;
	cJSON *payload = end ? decode_payload(start + 1, (size_t)(end - start - 1)) : NULL;
	int r = -EBADMSG;

	if (cJSON_IsObject(payload)) {
		*ret = take_claims(payload, arena);
		r = 0;
	}
	cJSON_Delete(payload);
	return r;
}

static size_t length_without_slashes(const char *url)
{
	size_t length = strlen(url);

	while (length && url[length - 1] == '/')
		length--;
	return length;
}

bool token_claims_are_for(const struct token_claims *claims, const char *audience)
{
	size_t length;

	if (!claims->audience || text_is_guid(claims->audience))
		return true;
	length = length_without_slashes(claims->audience);
	return length == length_without_slashes(audience) && strncasecmp(claims->audience, audience, length) == 0;
}
