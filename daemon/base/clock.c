#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t clock_read_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_unix_ms(void)
{
	return clock_read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return clock_read_ms(CLOCK_MONOTONIC);
}

int64_t clock_boot_ms(void)
{
	return clock_read_ms(CLOCK_BOOTTIME);
}

void clock_format_rfc3339(int64_t unix_ms, char ret[CLOCK_RFC3339_SIZE])
{
	int64_t rest_ms = unix_ms % 1000;
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm utc;
	char day[32];

	if (rest_ms < 0) {
		rest_ms += 1000;
		seconds--;
	}
	/* Past the year 9999 the form has no room; nothing of ours is that far away. */
	if (!gmtime_r(&seconds, &utc) || utc.tm_year > 8099 || utc.tm_year < -1900) {
		seconds = 0;
		gmtime_r(&seconds, &utc);
	}
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(ret, CLOCK_RFC3339_SIZE, "%.19s.%03uZ", day, (unsigned)rest_ms % 1000);
}

void clock_format_http_date(int64_t unix_ms, char ret[CLOCK_HTTP_DATE_SIZE])
{
	time_t seconds = (time_t)(unix_ms / 1000);
	struct tm utc = {0};

	gmtime_r(&seconds, &utc);
	/* The names of days and months are English as long as nobody sets a locale, which we never do. */
	if (!strftime(ret, CLOCK_HTTP_DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &utc))
		*ret = 0;
}
