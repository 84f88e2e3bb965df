#include "page/page_state.h"

#include "base/text.h"
#include "page/document.h"

static const struct {
	const char *word, *symbol, *class;
} states[PAGE_STATES] = {
	[PAGE_BLOCKED] = {"blocked", "\u2715", "bad"},
	[PAGE_PENDING] = {"not complete", "!", "warn"},
	[PAGE_UNKNOWN] = {"not looked at yet", "?", "unknown"},
	[PAGE_COMPLETE] = {"complete", "\u2713", "good"},
};

/* What only waits for the next pass, since this one has written as much as it may, needs nobody. */
static bool page_is_only_deferred(const cJSON *instance)
{
	const cJSON *condition;
	size_t deferred = 0;

	cJSON_ArrayForEach (condition, document_get(instance, "conditions")) {
		if (!document_is_true(condition, "blocking"))
			continue;
		if (!text_equal(document_text(condition, "reason"), "WriteDeferred"))
			return false;
		deferred++;
	}
	return deferred > 0;
}

enum page_state page_state_of(const cJSON *instance)
{
	if (!document_is_true(instance, "known"))
		return PAGE_UNKNOWN;
	if (!document_is_true(instance, "ready"))
		return page_is_only_deferred(instance) ? PAGE_PENDING : PAGE_BLOCKED;
	return document_is_true(instance, "in_sync") ? PAGE_COMPLETE : PAGE_PENDING;
}

const char *page_state_word(enum page_state state)
{
	return states[state].word;
}

const char *page_state_symbol(enum page_state state)
{
	return states[state].symbol;
}

const char *page_state_class(enum page_state state)
{
	return states[state].class;
}

const char *page_state_since(const cJSON *instance)
{
	return document_text(instance, page_state_of(instance) == PAGE_BLOCKED ? "ready_since" : "in_sync_since");
}

struct page_counts page_count(const cJSON *status)
{
	struct page_counts counts = {0};
	const cJSON *tenant, *instance;

	cJSON_ArrayForEach (tenant, document_get(status, "tenants")) {
		cJSON_ArrayForEach (instance, document_get(tenant, "instances")) {
			counts.all++;
			counts.of[page_state_of(instance)]++;
		}
	}
	return counts;
}

enum page_state page_state_worst(const struct page_counts *counts)
{
	for (enum page_state state = PAGE_BLOCKED; state < PAGE_COMPLETE; state++)
		if (counts->of[state])
			return state;
	return counts->all ? PAGE_COMPLETE : PAGE_UNKNOWN;
}

void page_headline(const struct page_counts *counts, struct buffer *ret)
{
	enum page_state worst = page_state_worst(counts);
	size_t count = counts->of[worst];

	if (!counts->all)
		buffer_append_text(ret, "No installation is configured");
	else if (counts->all == 1 && worst == PAGE_UNKNOWN)
		buffer_append_text(ret, "The installation has not been looked at yet");
	else if (counts->all == 1)
		buffer_printf(ret, "The installation is %s", states[worst].word);
	else if (worst == PAGE_UNKNOWN && count == counts->all)
		buffer_printf(ret, "The %zu installations have not been looked at yet", count);
	else if (count == counts->all)
		buffer_printf(ret, "All %zu installations are %s", count, states[worst].word);
	else
		buffer_printf(ret, "%zu of %zu installations %s %s", count, counts->all, count == 1 ? "is" : "are",
			      states[worst].word);
	/* What is less urgent, but not well either. */
	for (enum page_state state = worst + 1; state < PAGE_COMPLETE; state++)
		if (counts->of[state])
			buffer_printf(ret, ", %zu %s", counts->of[state], states[state].word);
}
