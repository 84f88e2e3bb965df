/*
 * What the doctor is told by others: the payload of a token, and Azure's answers about permissions and role
 * assignments. The first byte says which. Whatever a token says, nothing of it moves a terminal's cursor.
 */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "doctor/allowance.h"
#include "doctor/claims.h"
#include "doctor/delegation.h"
#include "world/json.h"

static void look_at(const char *text)
{
	for (; text && *text; text++)
		if (*text < ' ' || *text > '~')
			abort();
}

static void look_at_claims(const char *token, struct arena *arena)
{
	struct claims claims;

	if (!claims_read(token, arena, &claims))
		return;
	look_at(claims.app_id);
	look_at(claims.object_id);
	look_at(claims.tenant_id);
	look_at(claims.user_name);
	look_at(claims.resource_id);
	for (size_t i = 0; i < claims.permission_count; i++)
		look_at(claims.permissions[i]);
	for (size_t i = 0; i < claims.person_role_count; i++)
		look_at(claims.person_roles[i]);
}

/* The payload as bytes, so that what is behind base64 is reached. */
static void read_payload(const uint8_t *data, size_t size, struct arena *arena)
{
	char *text = arena_alloc(arena, size * 2 + 8);

	EVP_EncodeBlock((unsigned char *)text, data, (int)size);
	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? 0 : *p;
	look_at_claims(arena_printf(arena, "e30.%s.c2ln", text), arena);
}

static void judge(const char *text, size_t size, struct arena *arena)
{
	static const char *const write[] = {"Microsoft.Authorization/roleAssignments/write", NULL};
	struct demand demand = {.is_wanted = true, .finding = FINDING_HAS, .actions = write, .roles = 31};
	cJSON *json = json_parse(text, size);
	struct allowances allowances;

	demand_judge_delegation(&demand, json, arena);
	if (demand.finding == FINDING_LACKS && !demand.missing)
		abort();
	if (json && allowances_read(json, arena, &allowances))
		demand_judge_azure(&demand, &allowances, arena);
	cJSON_Delete(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	const char *text;

	if (!size || size > 1 << 16)
		return 0;
	text = arena_copy_bytes(&arena, (const char *)data + 1, size - 1);
	if (data[0] == 'p')
		read_payload(data + 1, size - 1, &arena);
	else if (data[0] == 't')
		look_at_claims(text, &arena);
	else
		judge(text, size - 1, &arena);
	arena_done(&arena);
	return 0;
}
