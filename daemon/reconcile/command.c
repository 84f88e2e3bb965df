#include "reconcile/command.h"

#include "base/buffer.h"
#include "base/text.h"

/* 'TEXT' for a POSIX shell: everything is literal in single quotes but the single quote itself. */
static void command_add_quoted(struct buffer *buffer, const char *text)
{
	buffer_append_char(buffer, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buffer_append_text(buffer, "'\\''");
		else
			buffer_append_char(buffer, *text);
	}
	buffer_append_char(buffer, '\'');
}

static const char *command_base_url(const struct desired_cloud *cloud, enum service service)
{
	switch (service) {
	case SERVICE_RESOURCE_MANAGER:
		return cloud->resource_manager;
	case SERVICE_GRAPH:
		return cloud->graph;
	case SERVICE_SITE:
		return NULL;
	}
	return NULL;
}

/* Does NODE hang on something that does not exist yet? Its request would have holes where ids belong. */
static bool command_has_holes(const struct node *node)
{
	for (size_t i = 0; i < node->need_count; i++)
		if (node->needs[i].need != NEED_TRIED && node->needs[i].node->is_assumed)
			return true;
	return node->is_assumed;
}

const char *command_az_rest(struct arena *arena, const struct command *command, bool create_if_missing)
{
	struct buffer buffer;
	const char *text;

	buffer_init(&buffer, 1 << 20);
	buffer_printf(&buffer, "az rest --method %s --url ", command->method);
	command_add_quoted(&buffer, command->url);
	if (create_if_missing)
		buffer_append_text(&buffer, " --headers Prefer=create-if-missing Content-Type=application/json");
	else if (command->body)
		buffer_append_text(&buffer, " --headers Content-Type=application/json");
	if (command->body) {
		buffer_append_text(&buffer, " --body ");
		command_add_quoted(&buffer, command->body);
	}
	text = arena_copy_text(arena, buffer.data);
	buffer_done(&buffer);
	return text;
}

bool command_of_write(struct world *world, const struct node *node, struct arena *arena, struct command *ret)
{
	struct request request = {0};
	const char *base;

	if (!node->kind->write || node->kind->hide_secrets || command_has_holes(node))
		return false;
	node->kind->write(world, node, &world->arena, &request);
	base = command_base_url(&world->tenant->cloud, request.service);
	if (!base)
		return false;
	*ret = (struct command){
		.method = method_name(request.method),
		.url = arena_printf(arena, "%s%s", base, request.path),
		.body = arena_copy_text(arena, request.body),
	};
	ret->text = command_az_rest(arena, ret, request.create_if_missing);
	return true;
}
