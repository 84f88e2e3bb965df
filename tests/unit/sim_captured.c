/* Replays requests that Microsoft's own clients were seen to send; the format stands at the head of the file of
 * requests. */
#include "sim_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/map.h"
#include "entra_jwt.h"

static const char *requests_path;
static struct map variables; /* name -> text */

static void keep(const char *name, const char *value)
{
	map_put(&variables, name, (char *)(uintptr_t)value);
}

/* TEXT with {name} replaced by what was kept. Braces of JSON stay: a name has only letters and is known. */
static const char *expand(const char *text)
{
	struct buffer buffer;
	const char *result;

	buffer_init(&buffer, 65536);
	while (*text) {
		size_t length =
			*text == '{' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;
		const char *value = NULL;

		if (length > 0 && text[1 + length] == '}')
			value = map_get(&variables, client_printf("%.*s", (int)length, text + 1));
		if (value)
			buffer_append_text(&buffer, value);
		else
			buffer_append_char(&buffer, *text);
		text += value ? length + 2 : 1;
	}
	result = client_printf("%s", buffer.data);
	buffer_done(&buffer);
	return result;
}

/* The value at PATH as text; "value.length" is the number of items. */
static const char *value_at(const char *path)
{
	const char *length = strstr(path, ".length");
	const cJSON *item = client_item(path);
	char *printed;
	const char *text;

	if (length)
		return client_printf("%d", client_count(client_printf("%.*s", (int)(length - path), path)));
	if (!item || cJSON_IsString(item))
		return item ? item->valuestring : "";
	printed = cJSON_PrintUnformatted(item);
	text = client_printf("%s", printed);
	free(printed);
	return text;
}

struct pending {
	const char *command, *method, *target, *body;
	int status;
};

static void send_pending(struct pending *pending)
{
	if (pending->method)
		ck_assert_msg(client_send(pending->method, pending->target, pending->body) == pending->status,
			      "%s\n%s %s: %d %s", pending->command, pending->method, pending->target,
			      client.response.status, client.response.body);
	pending->method = pending->body = NULL;
}

static void read_line(struct pending *pending, const char *line)
{
	char method[16], target[2048], path[128];
	int status, behind = 0;

	if (line[0] == '>') {
		pending->body = expand(line + 2);
		return;
	}
	send_pending(pending);
	if (line[0] == '*') {
		pending->command = line + 2;
	} else if (line[0] == '=') {
		ck_assert_int_eq(sscanf(line, "= %15s %127s", method, path), 2);
		keep(method, client_printf("%s", value_at(path)));
	} else if (line[0] == '?') {
		ck_assert_int_eq(sscanf(line, "? %127s %n", path, &behind), 1);
		ck_assert_msg(strcmp(value_at(path), expand(line + behind)) == 0, "%s\n%s is %s", pending->command,
			      path, value_at(path));
	} else if (line[0] != '#' && line[0] != 0) {
		ck_assert_msg(sscanf(line, "%15s %2047s => %d", method, target, &status) == 3, "%s", line);
		pending->method = client_printf("%s", method);
		pending->target = expand(target);
		pending->status = status;
	}
}

START_TEST(replay)
{
	FILE *file = fopen(requests_path, "r");
	struct pending pending = {0};
	char line[8192];

	ck_assert_ptr_nonnull(file);
	keep("tenant", TENANT_ID);
	keep("client", CLIENT_ID);
	keep("secret", CLIENT_SECRET);
	keep("graph", GRAPH_SP);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		read_line(&pending, client_printf("%s", line));
	}
	send_pending(&pending);
	fclose(file);
	map_done(&variables);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("captured requests");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	if (argc != 2) {
		fprintf(stderr, "usage: %s REQUESTS\n", argv[0]);
		return 2;
	}
	requests_path = argv[1];
	cJSON_Delete(entra_signing_key_json()); /* makes the key before the tests fork */
	tcase_add_checked_fixture(tcase, client_start, client_stop);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, replay);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
