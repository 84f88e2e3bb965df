/*
 * What role assignments add up to at one scope: the answer of …/Microsoft.Authorization/permissions, and whether it
 * gives an action. Pure. Source: Azure RBAC, "Understand Azure role definitions": a definition gives its actions
 * without its notActions, and assignments add up; a star stands for any text, slashes too; ASCII case does not matter.
 */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attributes.h"

struct allowance {
	const char *const *actions, *const *not_actions;
	size_t action_count, not_action_count;
};

struct allowances {
	const struct allowance *items;
	size_t count;
};

/* BODY is {"value": [{"actions": [], "notActions": []}]}, all pages in one. False: it is not. */
bool allowances_read(const cJSON *body, struct arena *arena, struct allowances *ret) _must_check_;
bool allowances_give(const struct allowances *allowances, const char *action);
