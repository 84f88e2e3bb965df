/*
 * Collections: all pages, merged to one {"value": [...]}, or a fault; never a part of a list (product.md promise 1).
 * The cloud pages in three ways: nextLink (Resource Manager), @odata.nextLink (Graph), and $skipToken beside "data"
 * (Resource Graph, limits.md 3.3).
 */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/exchange_step.h"
#include "world/json.h"

static const char *text_at(const cJSON *json, const char *name)
{
	const cJSON *member = json_get(json, name);

	return cJSON_IsString(member) && member->valuestring[0] ? member->valuestring : NULL;
}

static struct exchange_move fail_pages(struct exchange *exchange, int status, const char *what)
{
	return exchange_fail(exchange, refusal_from_garbage(&exchange->context, status, what, &exchange->arena));
}

/* The body of a Resource Graph query for the page behind TOKEN. */
static const char *body_with_token(struct exchange *exchange, const char *token)
{
	cJSON *query =
		exchange->request.body ? json_parse(exchange->request.body, strlen(exchange->request.body)) : NULL;
	cJSON *options = cJSON_GetObjectItemCaseSensitive(query, "options");
	const char *text;

	if (!cJSON_IsObject(query)) {
		cJSON_Delete(query);
		return NULL;
	}
	if (!options)
		options = cJSON_AddObjectToObject(query, "options");
	cJSON_DeleteItemFromObjectCaseSensitive(options, "$skipToken");
	cJSON_AddStringToObject(options, "$skipToken", token);
	text = json_print(query, &exchange->arena);
	cJSON_Delete(query);
	return text;
}

static void take_items(struct exchange *exchange, cJSON *page)
{
	if (!exchange->items)
		exchange->items = cJSON_CreateArray();
	if (!exchange->items)
		memory_exhausted();
	for (cJSON *item = page->child; item;) {
		cJSON *next = item->next;

		cJSON_AddItemToArray(exchange->items, cJSON_DetachItemViaPointer(page, item));
		item = next;
	}
}

static struct exchange_move finish_pages(struct exchange *exchange, int status)
{
	cJSON *body = cJSON_CreateObject();

	if (!body)
		memory_exhausted();
	cJSON_AddItemToObject(body, "value", exchange->items);
	exchange->items = NULL;
	return exchange_finish(exchange, status, body);
}

static struct exchange_move next_page(struct exchange *exchange, int status, const cJSON *json)
{
	const char *link = text_at(json, "@odata.nextLink"), *name = "@odata.nextLink",
		   *token = text_at(json, "$skipToken");
	struct exchange_move move;
	const char *path;

	if (!link) {
		link = text_at(json, "nextLink");
		name = "nextLink";
	}
	if (!link && !token) {
		/* Resource Graph says when it dropped rows, and then there is no list to conclude from. */
		if (text_equal_fold(text_at(json, "resultTruncated"), "true"))
			return fail_pages(exchange, status, "a list that it says is cut off");
		return finish_pages(exchange, status);
	}
	if (++exchange->pages >= EXCHANGE_PAGES_MAX)
		return fail_pages(exchange, status, "a list of more than 1,000 pages");
	if (!link) {
		exchange->body = body_with_token(exchange, token);
		return exchange->body ? exchange_step(exchange)
				      : fail_pages(exchange, status, "a second page nobody asked for");
	}
	path = exchange_follow(exchange, name, link, &move);
	if (!path)
		return move;
	if (text_equal(path, exchange->target))
		return fail_pages(exchange, status, "a page that names itself as the next one");
	/* A link is asked with GET, whatever the first page was asked with. */
	exchange->target = path;
	exchange->request.method = METHOD_GET;
	exchange->body = NULL;
	return exchange_step(exchange);
}

bool exchange_pages_absorb(struct exchange *exchange, const struct reply *reply, cJSON *json,
			   struct exchange_move *ret_move)
{
	cJSON *page = cJSON_GetObjectItemCaseSensitive(json, "value");

	if (!page)
		page = cJSON_GetObjectItemCaseSensitive(json, "data");
	if (!cJSON_IsArray(page))
		return false;
	exchange->bytes += reply->body_length;
	take_items(exchange, page);
	*ret_move = exchange->bytes > EXCHANGE_PAGES_BYTES_MAX
			    ? fail_pages(exchange, reply->status, "a list of more than 64 MiB")
			    : next_page(exchange, reply->status, json);
	cJSON_Delete(json);
	return true;
}
