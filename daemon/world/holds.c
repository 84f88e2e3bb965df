#include "world/holds.h"

#include "base/text.h"
#include "world/observed.h"

const struct hold *holds_find(const struct holds *holds, const char *tenant_id, const char *app_service,
			      const char *slot)
{
	for (size_t i = 0; holds && i < holds->count; i++) {
		const struct hold *hold = &holds->items[i];

		if (text_equal_fold(hold->tenant_id, tenant_id) && text_equal_fold(hold->app_service, app_service) &&
		    !hold->slot == !slot && (!slot || text_equal_fold(hold->slot, slot)))
			return hold;
	}
	return NULL;
}

const struct hold *holds_find_app(const struct holds *holds, const struct web_app *app)
{
	if (!holds || !holds->count || app->role != WEB_APP_SCEPMAN)
		return NULL;
	return holds_find(holds, app->installation->tenant->tenant_id, app->installation->desired->app_service,
			  app->is_slot ? app->label : NULL);
}
