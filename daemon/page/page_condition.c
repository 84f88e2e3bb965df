#include "page/page_condition.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "page/document.h"
#include "page/page_html.h"
#include "page/page_state.h"

/* Where the message is the cloud's and says what, but not what to do. All others say it themselves. */
static const struct {
	const char *reason, *advice;
} advices[] = {
	{"InsufficientPrivileges",
	 "Give the daemon's identity the right that is named, or have an administrator run the command; the next pass "
	 "goes on by itself."},
	{"CredentialRejected",
	 "Renew the credential of this tenant, or correct the file that the configuration names for it. SCEPman itself "
	 "goes on working; only its supervision stands still."},
	{"CloudUnreachable", "Look at the network, the proxy and the name resolution of this machine. Nothing was "
			     "changed; the daemon tries "
			     "again by itself."},
	{"CloudRefused", "Nothing was changed by the refused request. The daemon tries again with the next pass; if it "
			 "stays, the request id helps Microsoft's support."},
	{"WriteConflict",
	 "Somebody else changed it at the same time. The next pass reads it anew; if it stays, find out "
	 "who else writes there."},
	{"ReadInconsistent",
	 "The cloud's answers contradict each other, so nothing was written. This mostly passes with "
	 "the next pass."},
	{"WriteHeldBack", "Nothing is written as long as the daemon cannot keep its backup and audit trail: see to the "
			  "state directory and its disk."},
};

static const char *page_advice(const char *reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(advices); i++)
		if (text_equal(advices[i].reason, reason))
			return advices[i].advice;
	return NULL;
}

/* Where the command begins with which a message ends ("…, or run: az role assignment …"); its end when there is none.
 */
static const char *page_command_of(const char *message)
{
	const char *found = NULL, *at = message;

	while ((at = strstr(at, ": az "))) {
		at += 2;
		found = at;
	}
	return found ? found : message + strlen(message);
}

static void page_message(const char *message, struct buffer *ret)
{
	const char *command = page_command_of(message);
	char *sentence = strndup(message, (size_t)(command - message));

	if (!sentence)
		memory_exhausted();
	buffer_append_text(ret, "<p>");
	html_prose(ret, sentence);
	buffer_append_text(ret, "</p>");
	free(sentence);
	if (*command)
		html_format(ret, "<pre><code>%s</code></pre>", command);
}

static bool page_is_said_by_the_card(const cJSON *condition)
{
	const char *type = document_text(condition, "type");

	return text_equal(type, "Ready") || text_equal(type, "InSync");
}

static void page_condition(const cJSON *condition, struct buffer *ret)
{
	const char *reason = document_text(condition, "reason"), *advice = page_advice(reason);

	html_format(ret, "<li><p><b class=\"reason\">%s</b> <span class=\"quiet\">since ", reason);
	html_time(ret, document_text(condition, "since"));
	buffer_append_text(ret, " UTC</span></p>");
	page_message(document_text(condition, "message"), ret);
	if (advice)
		html_format(ret, "<p><b>What to do:</b> %s</p>", advice);
	buffer_append_text(ret, "</li>");
}

void page_conditions(const cJSON *instance, struct buffer *ret)
{
	const cJSON *condition;
	bool has_begun = false;

	cJSON_ArrayForEach (condition, document_get(instance, "conditions")) {
		if (page_is_said_by_the_card(condition))
			continue;
		if (!has_begun)
			html_format(ret, "<h4>%s</h4><ul class=\"conditions\">",
				    page_state_of(instance) == PAGE_BLOCKED ? "What is blocked, and what to do"
									    : "What to know");
		has_begun = true;
		page_condition(condition, ret);
	}
	if (has_begun)
		buffer_append_text(ret, "</ul>");
}
