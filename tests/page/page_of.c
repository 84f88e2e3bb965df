/* The page of a status document: JSON on standard input, HTML on standard output. */
#include <stdio.h>

#include "base/attributes.h"
#include "page/page.h"

int main(void)
{
	static char text[64 << 20];
	size_t length = fread(text, 1, sizeof(text), stdin);
	cJSON *status = cJSON_ParseWithLength(text, length);
	struct buffer html;
	int r = 1;

	if (!status) {
		fprintf(stderr, "standard input is no JSON\n");
		return 2;
	}
	buffer_init(&html, PAGE_SIZE_MAX);
	page_render(status, &html);
	if (!html.overflowed && fwrite(html.data, 1, html.length, stdout) == html.length && fflush(stdout) == 0)
		r = 0;
	buffer_done(&html);
	cJSON_Delete(status);
	return r;
}
