#include "transport/reply.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { CLAIMS_LENGTH_MAX = 8192, DAY_MS = 24 * 60 * 60 * 1000 };

/* A few services say the wait in milliseconds, by two names. */
static const struct {
	const char *name;
	enum reply_header header;
} header_names[] = {
	{"retry-after", REPLY_RETRY_AFTER},
	{"retry-after-ms", REPLY_RETRY_AFTER_MS},
	{"x-ms-retry-after-ms", REPLY_RETRY_AFTER_MS},
	{"location", REPLY_LOCATION},
	{"azure-asyncoperation", REPLY_ASYNC_OPERATION},
	{"www-authenticate", REPLY_CHALLENGE},
	{"date", REPLY_DATE},
	{"x-ms-request-id", REPLY_REQUEST_ID},
	{"request-id", REPLY_GRAPH_REQUEST_ID},
	{"x-ms-ratelimit-remaining-subscription-reads", REPLY_REMAINING_SUBSCRIPTION_READS},
	{"x-ms-ratelimit-remaining-subscription-writes", REPLY_REMAINING_SUBSCRIPTION_WRITES},
	{"x-ms-ratelimit-remaining-tenant-reads", REPLY_REMAINING_TENANT_READS},
	{"x-ms-ratelimit-remaining-tenant-writes", REPLY_REMAINING_TENANT_WRITES},
	{"x-ms-user-quota-remaining", REPLY_QUOTA_REMAINING},
	{"x-ms-user-quota-resets-after", REPLY_QUOTA_RESETS_AFTER},
};

enum reply_header reply_header_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(header_names); i++)
		if (strlen(header_names[i].name) == length && strncasecmp(header_names[i].name, name, length) == 0)
			return header_names[i].header;
	return REPLY_HEADERS;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; the year starts in March, so that the leap day is its last.
 */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = month > 2 ? month - 3 : month + 9;
	int64_t y = month > 2 ? year : year - 1;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * shifted + 2) / 5 + day - 1 - 719468;
}

bool reply_parse_date(const char *text, int64_t *ret_unix_s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int day, year, hour, minute, second, end = 0;
	char month[4];
	const char *found;

	if (strlen(text) != strlen("Sun, 06 Nov 1994 08:49:37 GMT"))
		return false;
	if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
		   &second, &end) != 6 ||
	    text[end] || !end)
		return false;
	found = strstr(months, month);
	if (!found || (found - months) % 3 || strlen(month) != 3 || day < 1 || day > 31 || year < 1970 || hour < 0 ||
	    hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	*ret_unix_s = days_from_civil(year, (found - months) / 3 + 1, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

int64_t reply_date_s(const struct reply *reply)
{
	int64_t date_s;

	return reply->headers[REPLY_DATE] && reply_parse_date(reply->headers[REPLY_DATE], &date_s) ? date_s : 0;
}

int64_t reply_retry_after_ms(const struct reply *reply)
{
	const char *text = reply->headers[REPLY_RETRY_AFTER];
	int64_t until_s, wait_ms, date_s;
	uint64_t number;

	if (reply->headers[REPLY_RETRY_AFTER_MS] && text_parse_uint64(reply->headers[REPLY_RETRY_AFTER_MS], &number))
		return number > DAY_MS ? DAY_MS : (int64_t)number;
	if (!text)
		return -1;
	if (text_parse_uint64(text, &number))
		return number > DAY_MS / 1000 ? DAY_MS : (int64_t)number * 1000;
	date_s = reply_date_s(reply);
	if (!date_s || !reply_parse_date(text, &until_s))
		return -1;
	wait_ms = (until_s - date_s) * 1000;
	if (wait_ms < 0)
		return 0;
	return wait_ms > DAY_MS ? DAY_MS : wait_ms;
}

const char *reply_request_id(const struct reply *reply)
{
	return reply->headers[REPLY_REQUEST_ID] ? reply->headers[REPLY_REQUEST_ID]
						: reply->headers[REPLY_GRAPH_REQUEST_ID];
}

const char *reply_claims(const struct reply *reply, struct arena *arena)
{
	unsigned char base64[CLAIMS_LENGTH_MAX], json[CLAIMS_LENGTH_MAX];
	const char *start = reply->headers[REPLY_CHALLENGE];
	size_t length, padded;
	int decoded;

	start = start ? strcasestr(start, "claims=\"") : NULL;
	if (!start)
		return NULL;
	start += strlen("claims=\"");
	length = strcspn(start, "\"");
	if (!start[length] || !length || length + 4 > sizeof(base64))
		return NULL;
	/* Both alphabets are seen, and padding is sometimes missing. */
	for (size_t i = 0; i < length; i++)
		base64[i] = (unsigned char)(start[i] == '-' ? '+' : start[i] == '_' ? '/' : start[i]);
	while (length && base64[length - 1] == '=')
		length--;
	for (padded = length; padded % 4; padded++)
		base64[padded] = '=';
	decoded = EVP_DecodeBlock(json, base64, (int)padded);
	if (decoded < 0 || decoded < (int)(padded - length) || memchr(json, 0, (size_t)decoded - (padded - length)))
		return NULL;
	return arena_copy_bytes(arena, (const char *)json, (size_t)decoded - (padded - length));
}
