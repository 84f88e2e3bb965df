/* What is new from one pass to the next: each thing is said once. Reports are made by hand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "observe/news.h"

/* A report with one installation. */
struct scene {
	struct report report;
	struct report_tenant tenant;
	struct report_instance instance;
	struct report_change changes[8];
	struct report_condition conditions[8];
};

static void add_condition(struct scene *scene, size_t at, const char *type, const char *node, bool is_true,
			  bool is_blocking, const char *since)
{
	struct report_condition *condition = &scene->conditions[at];

	*condition = (struct report_condition){
		.type = type,
		.status = is_true ? "True" : "False",
		.reason = type,
		.message = "m",
		.since = since,
		.node = node,
		.is_blocking = is_blocking,
	};
	*scene->instance.conditions_tail = condition;
	scene->instance.conditions_tail = &condition->next;
}

/* "Pa Wb Bc Cd": planned at node a, written at b, blocked by c, a condition about d; "!": not Ready. */
static void set_scene(struct scene *scene, const char *text, const char *since)
{
	static const char *const nodes[] = {"a", "b", "c", "d"};
	size_t changes = 0, conditions = 0;
	bool is_ready = true;

	*scene = (struct scene){.tenant = {.name = "t"}, .instance = {.name = "i"}};
	scene->report.tenants = &scene->tenant;
	scene->tenant.instances = &scene->instance;
	scene->instance.changes_tail = &scene->instance.changes;
	scene->instance.conditions_tail = &scene->instance.conditions;
	for (const char *p = text; *p; p++) {
		const char *node = p[1] >= 'a' && p[1] <= 'd' ? nodes[p[1] - 'a'] : NULL;

		if (*p == '!')
			is_ready = false;
		if (*p == 'B' || *p == 'C')
			add_condition(scene, conditions++, *p == 'B' ? "Blocks" : "Tells", node, true, *p == 'B',
				      since);
		if (*p != 'P' && *p != 'W')
			continue;
		scene->changes[changes] = (struct report_change){
			.node = node, .kind = "kind", .target = node, .key = "key", .is_planned = *p == 'P'};
		*scene->instance.changes_tail = &scene->changes[changes];
		scene->instance.changes_tail = &scene->changes[changes++].next;
	}
	add_condition(scene, conditions, "Ready", NULL, is_ready, false, since);
}

static void note(void *arg, const struct news *news)
{
	buffer_printf(arg, "%s%s %s;", news_kind_name(news->kind), news->is_ours ? " by us" : "",
		      news->node ? news->node : news->condition);
}

static const struct {
	const char *before, *after, *news; /* BEFORE NULL: the first pass */
} cases[] = {
	{NULL, "", "condition-appeared Ready;"},
	{"", "", ""},
	{"", "Wa", "drift-found a;drift-healed by us a;"},
	{"", "WaWaWb", "drift-found a;drift-healed by us a;drift-found b;drift-healed by us b;"},
	{"", "Pa", "drift-found a;"},
	{"Pa", "Pa", ""},
	{"Pa", "Wa", "drift-healed by us a;"},
	{"Pa", "", "drift-healed a;"},
	{"Wa", "", ""},
	{"Wa", "Wa", "drift-found a;drift-healed by us a;"},
	/* Not looked at is not healed. */
	{"Pa!", "!", ""},
	{"", "Bc!", "blocked c;condition-changed Ready;"},
	{"Bc!", "Bc!", ""},
	{"Bc!", "", "condition-changed Ready;unblocked c;"},
	{"Bc!", "Bd!", "blocked d;unblocked c;"},
	{"", "Cd", "condition-appeared d;"},
	{"Cd", "", "condition-gone d;"},
	/* A partial write: what is left was found already. */
	{"", "WaPa", "drift-found a;drift-healed by us a;"},
};

START_TEST(each_thing_is_said_once)
{
	struct scene before, after;
	struct buffer told;

	buffer_init(&told, 4096);
	set_scene(&after, cases[_i].after, "later");
	if (cases[_i].before)
		set_scene(&before, cases[_i].before, "earlier");
	news_compare(cases[_i].before ? &before.report : NULL, &after.report, note, &told);
	ck_assert_msg(strcmp(told.data, cases[_i].news) == 0, "%s -> %s: %s instead of %s",
		      cases[_i].before ? cases[_i].before : "nothing", cases[_i].after, told.data, cases[_i].news);
	buffer_done(&told);
	arena_done(&after.report.arena);
}
END_TEST

START_TEST(since_is_kept_while_the_status_stays)
{
	struct scene before, after;
	struct buffer told;

	buffer_init(&told, 4096);
	set_scene(&before, "Bc!", "earlier");
	set_scene(&after, "BcBd!", "later");
	news_compare(&before.report, &after.report, note, &told);
	ck_assert_str_eq(after.conditions[0].since, "earlier");
	ck_assert_str_eq(after.conditions[1].since, "later");
	ck_assert_str_eq(after.conditions[2].since, "earlier");
	arena_done(&after.report.arena);
	set_scene(&after, "", "later");
	news_compare(&before.report, &after.report, note, &told);
	ck_assert_str_eq(after.conditions[0].since, "later");
	arena_done(&after.report.arena);
	buffer_done(&told);
}
END_TEST

static void note_keys(void *arg, const struct news *news)
{
	if (news->kind == NEWS_DRIFT_FOUND)
		buffer_append_text(arg, news->keys ? news->keys : "nothing");
}

START_TEST(drift_says_who_lacks_a_role)
{
	struct report_change role = {.node = "a", .kind = "k", .target = "Read on Graph", .action = ACTION_ASSIGN};
	struct scene after;
	struct buffer told;

	buffer_init(&told, 4096);
	set_scene(&after, "Pa", "now");
	role.is_planned = true;
	role.after = "app-scepman-cm";
	after.instance.changes = &role;
	news_compare(NULL, &after.report, note_keys, &told);
	ck_assert_str_eq(told.data, "app-scepman-cm");
	buffer_reset(&told);
	role.action = ACTION_CREATE;
	news_compare(NULL, &after.report, note_keys, &told);
	ck_assert_str_eq(told.data, "nothing");
	buffer_done(&told);
	arena_done(&after.report.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("news");
	TCase *tcase = tcase_create("news");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, each_thing_is_said_once, 0, ARRAY_SIZE(cases));
	tcase_add_test(tcase, drift_says_who_lacks_a_role);
	tcase_add_test(tcase, since_is_kept_while_the_status_stays);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
