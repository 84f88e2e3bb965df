#include "arm.h"

#include "base/buffer.h"
#include "base/text.h"

/* Large lists come in pages of this size. Azure's own sizes differ by provider and are larger (hundreds to a thousand);
 * a smaller one makes clients follow links in tenants of a size that tests have. */
enum { PAGE_SIZE = 100 };

/* The link to the page that begins at item FIRST: the call's own URL with another $skipToken. */
static const char *next_link(struct call *call, size_t first)
{
	struct buffer query;
	const char *link;

	buffer_init(&query, 8192);
	for (size_t i = 0; i < call->query_count; i++) {
		if (text_equal_fold(call->query[i].name, "$skiptoken"))
			continue;
		buffer_printf(&query, "%s%s=", query.length ? "&" : "?", call->query[i].name);
		buffer_append_url_encoded(&query, call->query[i].value);
	}
	link = arena_printf(call->arena, "%s%s%s&$skipToken=%zu", call_base_url(call), call->path, query.data, first);
	buffer_done(&query);
	return link;
}

static bool may_read(struct call *call, const cJSON *resource)
{
	return arm_may(call, arena_printf(call->arena, "%s/read", path_text(resource, "type")),
		       path_text(resource, "id"));
}

/* What the list lies in: the path up to "/providers", or the path without its last word. */
static const char *list_scope(struct call *call)
{
	struct arm_id id = arm_id_parse(call->arena, call->path);

	return id.parent && !id.is_child ? id.parent : arm_path_without(call, 1);
}

void arm_answer_list(struct call *call, const struct state_list *list, bool (*keep)(struct call *, const cJSON *),
		     arm_show show)
{
	cJSON *body = cJSON_CreateObject(), *value = cJSON_AddArrayToObject(body, "value");
	const char *token = call_query(call, "$skiptoken"), *top_text = call_query(call, "$top");
	const char *scope = list_scope(call);
	uint64_t first = 0, top = PAGE_SIZE;
	bool may_read_all;
	size_t i, shown = 0;

	if (token && !text_parse_uint64(token, &first)) {
		cJSON_Delete(body);
		call_answer_error(call, 400, "InvalidSkipToken", "The skip token '%s' is not valid.", token);
		return;
	}
	if (top_text && (!text_parse_uint64(top_text, &top) || top == 0))
		top = PAGE_SIZE;
	may_read_all = list->count &&
		       arm_may(call, arena_printf(call->arena, "%s/read", path_text(list->items[0], "type")), scope);
	for (i = first; i < list->count && shown < top && shown < 1000; i++) {
		cJSON *item;

		if ((keep && !keep(call, list->items[i])) || (!may_read_all && !may_read(call, list->items[i])))
			continue;
		item = show ? show(call, list->items[i]) : cJSON_Duplicate(list->items[i], true);
		cJSON_AddItemToArray(value, item);
		shown++;
	}
	if (i < list->count)
		cJSON_AddStringToObject(body, "nextLink", next_link(call, i));
	call_answer(call, 200, body);
}
