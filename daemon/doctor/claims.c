#include "doctor/claims.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "world/json.h"

enum { CLAIMS_PAYLOAD_MAX = 64 * 1024, CLAIMS_TEXT_MAX = 400, CLAIMS_LIST_MAX = 512 };

/* The bytes of base64url TEXT of LENGTH, to be freed; NULL: it is none. */
static char *claims_decode(const char *text, size_t length, size_t *ret_length)
{
	size_t padded = (length + 3) / 4 * 4;
	unsigned char *base64, *bytes;
	int decoded;

	if (!length || length > CLAIMS_PAYLOAD_MAX || length % 4 == 1)
		return NULL;
	base64 = memory_new(padded + 1);
	bytes = memory_new(padded + 1);
	memset(base64, '=', padded);
	for (size_t i = 0; i < length; i++)
		base64[i] = (unsigned char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
	decoded = EVP_DecodeBlock(bytes, base64, (int)padded);
	free(base64);
	if (decoded < 0) {
		free(bytes);
		return NULL;
	}
	*ret_length = (size_t)decoded - (padded - length);
	return (char *)bytes;
}

/* What a person is shown of TEXT: nothing that a terminal would obey, and not without end. */
static const char *claims_clean(const char *text, struct arena *arena)
{
	size_t length = strlen(text);
	char *clean;

	if (length > CLAIMS_TEXT_MAX)
		length = CLAIMS_TEXT_MAX;
	clean = arena_copy_bytes(arena, text, length);
	for (char *p = clean; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return clean;
}

static const char *claims_text(const cJSON *payload, const char *name, struct arena *arena)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(payload, name);

	return cJSON_IsString(item) && item->valuestring[0] ? claims_clean(item->valuestring, arena) : NULL;
}

static const char *const *claims_list(const cJSON *array, struct arena *arena, size_t *ret_count)
{
	const char **list = arena_new_array(arena, CLAIMS_LIST_MAX, const char *);
	const cJSON *item;
	size_t count = 0;

	cJSON_ArrayForEach (item, array)
		if (cJSON_IsString(item) && count < CLAIMS_LIST_MAX)
			list[count++] = claims_clean(item->valuestring, arena);
	*ret_count = count;
	return list;
}

/* Scopes stand in one string, with blanks between them. */
static const char *const *claims_words(const char *text, struct arena *arena, size_t *ret_count)
{
	const char **list = arena_new_array(arena, CLAIMS_LIST_MAX, const char *);
	size_t count = 0;

	while (count < CLAIMS_LIST_MAX && *(text += strspn(text, " "))) {
		size_t length = strcspn(text, " ");

		list[count++] = claims_clean(arena_copy_bytes(arena, text, length), arena);
		text += length;
	}
	*ret_count = count;
	return list;
}

static enum identity_type claims_type(const struct claims *claims, const char *kind, const char *scopes)
{
	if (claims->resource_id)
		return IDENTITY_MANAGED;
	if (text_equal(kind, "app"))
		return IDENTITY_APPLICATION;
	/* Only a person is represented by a program; idtyp is an optional claim. */
	if (text_equal(kind, "user") || scopes || claims->user_name)
		return IDENTITY_PERSON;
	return claims->app_id ? IDENTITY_APPLICATION : IDENTITY_UNKNOWN;
}

static void claims_take(const cJSON *payload, struct arena *arena, struct claims *ret)
{
	const cJSON *scopes = cJSON_GetObjectItemCaseSensitive(payload, "scp");
	const cJSON *roles = cJSON_GetObjectItemCaseSensitive(payload, "wids");
	const cJSON *expires = cJSON_GetObjectItemCaseSensitive(payload, "exp");
	const char *names[] = {"upn", "preferred_username", "unique_name"};

	ret->app_id = claims_text(payload, "appid", arena);
	if (!ret->app_id)
		ret->app_id = claims_text(payload, "azp", arena);
	ret->object_id = claims_text(payload, "oid", arena);
	ret->tenant_id = claims_text(payload, "tid", arena);
	ret->resource_id = claims_text(payload, "xms_mirid", arena);
	for (size_t i = 0; i < ARRAY_SIZE(names) && !ret->user_name; i++)
		ret->user_name = claims_text(payload, names[i], arena);
	ret->type = claims_type(ret, claims_text(payload, "idtyp", arena),
				cJSON_IsString(scopes) ? scopes->valuestring : NULL);
	if (ret->type == IDENTITY_PERSON)
		ret->permissions =
			claims_words(cJSON_IsString(scopes) ? scopes->valuestring : "", arena, &ret->permission_count);
	else
		ret->permissions =
			claims_list(cJSON_GetObjectItemCaseSensitive(payload, "roles"), arena, &ret->permission_count);
	ret->has_person_roles = cJSON_IsArray(roles);
	ret->person_roles = claims_list(roles, arena, &ret->person_role_count);
	if (cJSON_IsNumber(expires) && expires->valuedouble > 0 && expires->valuedouble < 1e11)
		ret->expires_s = (int64_t)expires->valuedouble;
}

bool claims_read(const char *token, struct arena *arena, struct claims *ret)
{
	const char *start = strchr(token, '.'), *end = start ? strchr(start + 1, '.') : NULL;
	struct claims claims = {0};
	cJSON *payload;
	size_t length;
	char *text;

	if (!end)
		return false;
	text = claims_decode(start + 1, (size_t)(end - start - 1), &length);
	if (!text)
		return false;
	payload = json_parse(text, length);
	memory_wipe(text, length);
	free(text);
	if (!cJSON_IsObject(payload)) {
		cJSON_Delete(payload);
		return false;
	}
	claims_take(payload, arena, &claims);
	cJSON_Delete(payload);
	*ret = claims;
	return true;
}

const char *identity_type_name(enum identity_type type)
{
	switch (type) {
	case IDENTITY_UNKNOWN:
		return "unknown";
	case IDENTITY_APPLICATION:
		return "application";
	case IDENTITY_MANAGED:
		return "managed_identity";
	case IDENTITY_PERSON:
		return "user";
	}
	return "unknown";
}
