/* In which order credentials are tried, what ends the search, and what is remembered of it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/memory.h"
#include "base/text.h"
#include "transport/credential_chain.h"
#include "transport/credential_default.h"

enum { ANSWERS_MAX = 8 };

/* A credential that answers from the loop as it is told. */
struct fake {
	struct credential credential; /* first */
	uv_timer_t timer;
	const char *token;
	bool is_unavailable, never_answers;
	unsigned asked;
	int64_t probe_ms;
	char audience[64], claims[64]; /* of the last wish */
	struct {
		credential_answer_fn *on_answer;
		void *arg;
	} pending[ANSWERS_MAX];
	unsigned pending_count;
	bool is_closed;
};

struct heard {
	unsigned count;
	char token[64], message[1024];
	bool is_unavailable;
	enum fault_class class;
};

struct rig {
	uv_loop_t loop;
	struct credential *chain;
	struct fake fakes[3];
	struct heard answers[ANSWERS_MAX];
	bool is_closed;
};

static void keep(const char *text, char *ret, size_t size)
{
	ck_assert_uint_lt(strlen(text), size);
	snprintf(ret, size, "%s", text);
}

static void on_fake_timer(uv_timer_t *timer)
{
	struct fake *fake = timer->data;
	unsigned count = fake->pending_count;

	fake->pending_count = 0;
	for (unsigned i = 0; i < count; i++) {
		struct credential_answer answer = {
			.token = fake->token,
			.lifetime_s = 3600,
			.is_unavailable = fake->is_unavailable,
			.fault = {.class = FAULT_CREDENTIAL,
				  .message = fake->is_unavailable ? "nobody there" : "wrong secret"},
		};

		fake->pending[i].on_answer(fake->pending[i].arg, &answer);
	}
}

static void fake_acquire(struct credential *credential, const struct credential_wish *wish,
			 credential_answer_fn *on_answer, void *arg)
{
	struct fake *fake = (struct fake *)credential;

	ck_assert_uint_lt(fake->pending_count, ANSWERS_MAX);
	keep(wish->audience, fake->audience, sizeof(fake->audience));
	keep(wish->claims ? wish->claims : "none", fake->claims, sizeof(fake->claims));
	fake->pending[fake->pending_count].on_answer = on_answer;
	fake->pending[fake->pending_count++].arg = arg;
	fake->probe_ms = wish->probe_ms;
	fake->asked++;
	if (!fake->never_answers)
		uv_timer_start(&fake->timer, on_fake_timer, 0, 0);
}

static void on_fake_closed(uv_handle_t *handle)
{
	struct fake *fake = handle->data;

	fake->is_closed = true;
	fake->credential.on_closed(fake->credential.closed_arg);
}

static void fake_close(struct credential *credential)
{
	uv_close((uv_handle_t *)&((struct fake *)credential)->timer, on_fake_closed);
}

static const struct credential_operations fake_operations = {.acquire = fake_acquire, .close = fake_close};

static void rig_init(struct rig *rig)
{
	static const char *const names[] = {"first", "second", "third"};

	*rig = (struct rig){0};
	ck_assert_int_eq(uv_loop_init(&rig->loop), 0);
	rig->chain = credential_chain_new(&rig->loop, "Do something");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct fake *fake = &rig->fakes[i];

		fake->credential.operations = &fake_operations;
		uv_timer_init(&rig->loop, &fake->timer);
		fake->timer.data = fake;
		credential_chain_add(rig->chain, &(struct credential_chain_member){.name = names[i],
										   .credential = &fake->credential,
										   .probe_ms = i == 1 ? 1000 : 0});
	}
}

static void on_answer(void *arg, const struct credential_answer *answer)
{
	struct heard *heard = arg;

	heard->count++;
	heard->is_unavailable = answer->is_unavailable;
	heard->class = answer->fault.class;
	keep(answer->token ? answer->token : "", heard->token, sizeof(heard->token));
	keep(answer->token ? "" : answer->fault.message, heard->message, sizeof(heard->message));
}

static void ask(struct rig *rig, size_t n, const char *audience, const char *claims)
{
	char *own_audience = memory_copy_text(audience), *own_claims = memory_copy_text(claims);
	unsigned before = rig->answers[n].count;

	credential_acquire(rig->chain, &(struct credential_wish){.audience = own_audience, .claims = own_claims},
			   on_answer, &rig->answers[n]);
	ck_assert_msg(rig->answers[n].count == before, "answered from inside of the question");
	/* Nobody promised to keep them. */
	memset(own_audience, 'x', strlen(own_audience));
	free(own_audience);
	free(own_claims);
}

static void on_closed(void *arg)
{
	*(bool *)arg = true;
}

static void rig_done(struct rig *rig)
{
	credential_close(rig->chain, on_closed, &rig->is_closed);
	uv_run(&rig->loop, UV_RUN_DEFAULT);
	ck_assert(rig->is_closed);
	for (size_t i = 0; i < ARRAY_SIZE(rig->fakes); i++)
		ck_assert(rig->fakes[i].is_closed);
	ck_assert_int_eq(uv_loop_close(&rig->loop), 0);
}

START_TEST(what_is_not_there_is_passed_over_and_the_first_that_works_is_kept)
{
	struct rig rig;

	rig_init(&rig);
	rig.fakes[0].is_unavailable = true;
	rig.fakes[1].token = "from second";
	ask(&rig, 0, "arm", NULL);
	ask(&rig, 1, "graph", "{}");
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	ck_assert_str_eq(rig.answers[0].token, "from second");
	ck_assert_str_eq(rig.answers[1].token, "from second");
	/* One looked for all, and only it was a look. */
	ck_assert_uint_eq(rig.fakes[0].asked, 1);
	ck_assert_uint_eq(rig.fakes[1].asked, 2);
	ck_assert_int_eq(rig.fakes[1].probe_ms, 0);
	ck_assert_str_eq(rig.fakes[1].audience, "graph");
	ck_assert_str_eq(rig.fakes[1].claims, "{}");
	/* Whatever becomes of it later: it stays this one. */
	rig.fakes[0].is_unavailable = false;
	rig.fakes[0].token = "from first";
	rig.fakes[1].token = NULL;
	rig.fakes[1].is_unavailable = true;
	ask(&rig, 2, "arm", NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	ck_assert_str_eq(rig.answers[2].message, "nobody there");
	ck_assert_uint_eq(rig.fakes[0].asked, 1);
	rig_done(&rig);
}
END_TEST

START_TEST(what_is_there_and_refused_ends_the_search)
{
	struct rig rig;

	rig_init(&rig);
	rig.fakes[0].is_unavailable = true;
	rig.fakes[2].token = "somebody else's";
	ask(&rig, 0, "arm", NULL);
	ask(&rig, 1, "graph", NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	for (size_t n = 0; n < 2; n++) {
		ck_assert_uint_eq(rig.answers[n].count, 1);
		ck_assert(!rig.answers[n].is_unavailable);
		ck_assert_str_eq(rig.answers[n].message,
				 "wrong secret (this credential is the first of type default that is there: second)");
	}
	ck_assert_uint_eq(rig.fakes[2].asked, 0);
	/* It was only looked for, each time. */
	ck_assert_int_eq(rig.fakes[1].probe_ms, 1000);
	/* Put right, it is found from the beginning. */
	rig.fakes[0].is_unavailable = false;
	rig.fakes[0].token = "from first";
	ask(&rig, 2, "arm", NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	ck_assert_str_eq(rig.answers[2].token, "from first");
	rig_done(&rig);
}
END_TEST

START_TEST(when_none_is_there_each_says_why)
{
	struct rig rig;

	rig_init(&rig);
	for (size_t i = 0; i < 3; i++)
		rig.fakes[i].is_unavailable = true;
	credential_chain_add(rig.chain, &(struct credential_chain_member){.name = "fourth", .problem = "not set up"});
	for (size_t n = 0; n < 3; n++)
		ask(&rig, n, "arm", NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	for (size_t n = 0; n < 3; n++) {
		ck_assert_uint_eq(rig.answers[n].count, 1);
		ck_assert(rig.answers[n].is_unavailable);
		ck_assert_int_eq(rig.answers[n].class, FAULT_CREDENTIAL);
		ck_assert_str_eq(rig.answers[n].message,
				 "none of these credentials is there: (1) first: nobody there. (2) second: nobody "
				 "there. (3) third: nobody there. (4) fourth: not set up. Do something");
	}
	/* It was looked for once, on behalf of all. */
	ck_assert_uint_eq(rig.fakes[0].asked, 1);
	rig_done(&rig);
}
END_TEST

START_TEST(what_is_configured_wrongly_ends_the_search)
{
	struct rig rig;

	rig_init(&rig);
	for (size_t i = 0; i < 3; i++)
		rig.fakes[i].is_unavailable = true;
	credential_chain_add(rig.chain, &(struct credential_chain_member){
						.name = "fourth", .problem = "another tenant's", .is_wrong = true});
	credential_chain_add(rig.chain, &(struct credential_chain_member){.name = "fifth", .problem = "not set up"});
	for (size_t n = 0; n < 2; n++)
		ask(&rig, n, "arm", NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	for (size_t n = 0; n < 2; n++) {
		ck_assert_uint_eq(rig.answers[n].count, 1);
		ck_assert(!rig.answers[n].is_unavailable);
		ck_assert_int_eq(rig.answers[n].class, FAULT_CREDENTIAL);
		ck_assert_str_eq(rig.answers[n].message,
				 "another tenant's (this credential is the first of type default that is there: "
				 "fourth)");
	}
	rig_done(&rig);
}
END_TEST

START_TEST(it_can_be_closed_while_it_looks)
{
	struct rig rig;

	rig_init(&rig);
	rig.fakes[0].is_unavailable = rig.fakes[1].never_answers = true;
	ask(&rig, 0, "arm", NULL);
	ask(&rig, 1, "graph", NULL);
	uv_run(&rig.loop, UV_RUN_DEFAULT);
	ck_assert_uint_eq(rig.fakes[1].asked, 1);
	rig_done(&rig);
	ck_assert_uint_eq(rig.answers[0].count + rig.answers[1].count, 0);
}
END_TEST

static void expect_choice(const char *words, bool is_on_terminal, const char *expected)
{
	static const char *const names[] = {[CREDENTIAL_ENVIRONMENT] = " environment",
					    [CREDENTIAL_WORKLOAD_IDENTITY] = " workload",
					    [CREDENTIAL_MANAGED_IDENTITY] = " managed",
					    [CREDENTIAL_AZURE_CLI] = " cli"};
	struct credential_default_choice choice;
	struct arena arena = {0};
	const char *problem = credential_default_choose(words, is_on_terminal, &arena, &choice), *list = "";

	ck_assert_msg(!problem, "%s", problem);
	for (size_t i = 0; i < choice.count; i++)
		list = arena_printf(&arena, "%s%s", list, names[choice.types[i]]);
	ck_assert_str_eq(arena_printf(&arena, "%s%s", choice.is_single ? "only" : "", list), expected);
	arena_done(&arena);
}

START_TEST(the_order_is_that_of_the_sdks_for_production)
{
	expect_choice(NULL, false, " environment workload managed");
	expect_choice("", false, " environment workload managed");
	expect_choice(" \n", false, " environment workload managed");
	/* Only a person at a terminal means himself. */
	expect_choice(NULL, true, " environment workload managed cli");
	expect_choice("prod", true, " environment workload managed");
	expect_choice(" PROD ", true, " environment workload managed");
	expect_choice("dev", false, " cli");
	expect_choice("EnvironmentCredential", true, "only environment");
	expect_choice("workloadidentitycredential", true, "only workload");
	expect_choice("ManagedIdentityCredential", true, "only managed");
	expect_choice("AzureCliCredential", false, "only cli");
}
END_TEST

START_TEST(a_word_that_is_not_known_is_an_error)
{
	static const struct {
		const char *words, *part;
	} cases[] = {
		{"production", "\"production\", which nothing is called; allowed are prod, dev, EnvironmentCredential"},
		{"ManagedIdentity", "\"ManagedIdentity\", which nothing is called"},
		{"prod;dev", "\"prod;dev\""},
		{"AzurePowerShellCredential", "AzurePowerShellCredential, a credential that only the Azure SDKs have"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct credential_default_choice choice;
		struct arena arena = {0};
		const char *problem = credential_default_choose(cases[i].words, true, &arena, &choice);

		ck_assert_ptr_nonnull(problem);
		ck_assert_msg(strstr(problem, cases[i].part) != NULL, "%s", problem);
		arena_done(&arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("credential_chain");
	TCase *tcase = tcase_create("rules");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, what_is_not_there_is_passed_over_and_the_first_that_works_is_kept);
	tcase_add_test(tcase, what_is_there_and_refused_ends_the_search);
	tcase_add_test(tcase, when_none_is_there_each_says_why);
	tcase_add_test(tcase, what_is_configured_wrongly_ends_the_search);
	tcase_add_test(tcase, it_can_be_closed_while_it_looks);
	tcase_add_test(tcase, the_order_is_that_of_the_sdks_for_production);
	tcase_add_test(tcase, a_word_that_is_not_known_is_an_error);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
