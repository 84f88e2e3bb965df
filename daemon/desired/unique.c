#include "desired/tables.h"

#include "base/map.h"
#include "base/text.h"

struct holder {
	const struct desired_instance *instance;
	bool is_reported; /* for its app registrations: once is enough, though it has two of them */
};

/* Somebody says a name. */
struct claim {
	struct holder *holder;
	struct claim *previous;                       /* who said the same before */
	const char *subscription_id, *resource_group; /* of a site, as far as they are said */
};

struct registry {
	struct reader *reader;
	struct arena arena;
	struct map map; /* DIRECTORY/KIND/NAME to the newest claim; the kinds are ours, so keys cannot run together */
};

static void add_problem(struct reader *reader, struct source_position position, const char *format, ...) _printf_(3, 4);

static void add_problem(struct reader *reader, struct source_position position, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	problems_add_v(reader->problems, position, format, ap);
	va_end(ap);
}

/* Adds a claim of HOLDER and returns it. */
static struct claim *registry_claim(struct registry *registry, const char *directory, const char *kind,
				    const char *name, struct holder *holder)
{
	const char *key = arena_printf(&registry->arena, "%s/%s/%s", directory, kind, name);
	struct claim *claim = arena_new(&registry->arena, struct claim);

	claim->holder = holder;
	claim->previous = map_get(&registry->map, key);
	map_put(&registry->map, key, claim);
	return claim;
}

/* What is not said could be the same: only two different answers tell two things apart. */
static bool may_be_equal(const char *a, const char *b)
{
	return !a || !b || text_equal_fold(a, b);
}

/* Of Certificate Master too: two that write one site's settings would never end. */
static void check_site(struct registry *registry, const char *directory, struct holder *holder, const char *site,
		       const char *resource_group)
{
	struct claim *claim;

	if (!site)
		return;
	claim = registry_claim(registry, directory, "site", site, holder);
	claim->subscription_id = holder->instance->subscription_id;
	claim->resource_group = resource_group;
	for (const struct claim *other = claim->previous; other; other = other->previous) {
		/* An instance that is its own Certificate Master has been told so already. */
		if (other->holder == holder || !may_be_equal(claim->subscription_id, other->subscription_id) ||
		    !may_be_equal(claim->resource_group, other->resource_group))
			continue;
		add_problem(registry->reader, holder->instance->position,
			    "the instance names the same site (%s) as the one at line %u: remove one, or tell them "
			    "apart by "
			    "subscription_id and resource_group",
			    site, other->holder->instance->position.line);
		return;
	}
}

static void check_sites(struct registry *registry, const char *directory, struct holder *holder)
{
	const struct desired_instance *instance = holder->instance;
	const struct desired_certificate_master *master = &instance->certificate_master;

	check_site(registry, directory, holder, instance->app_service, instance->resource_group);
	check_site(registry, directory, holder, master->app_service,
		   master->resource_group ? master->resource_group : instance->resource_group);
}

static void report_sharing(struct registry *registry, struct holder *holder, const struct holder *other,
			   const char *name)
{
	if (holder->instance->shared_app_registrations || holder->is_reported)
		return;
	holder->is_reported = true;
	add_problem(registry->reader, holder->instance->position,
		    "the instance uses the same app registration (%s) as the one at line %u: give each its own under "
		    "app_registrations, or write shared: true there in both",
		    name, other->instance->position.line);
}

typedef const struct desired_app_registration *registration_of(const struct desired_instance *);

static const struct desired_app_registration *api_of(const struct desired_instance *instance)
{
	return &instance->scepman_api;
}

static const struct desired_app_registration *certificate_master_of(const struct desired_instance *instance)
{
	return instance->certificate_master.none ? NULL : &instance->certificate_master_app;
}

/* domain.md 4.4. The same name is the same registration, unless both are pinned to different ids. */
static void check_registration(struct registry *registry, const char *directory, struct holder *holder,
			       const char *kind, registration_of *get)
{
	const struct desired_app_registration *registration = get(holder->instance);
	const struct claim *claim;

	if (!registration || !registration->display_name)
		return;
	if (registration->app_id) {
		claim = registry_claim(registry, directory, "app id", registration->app_id, holder)->previous;
		if (claim) {
			report_sharing(registry, holder, claim->holder, registration->display_name);
			report_sharing(registry, claim->holder, holder, registration->display_name);
		}
	}
	claim = registry_claim(registry, directory, kind, registration->display_name, holder)->previous;
	for (; claim; claim = claim->previous) {
		if (!may_be_equal(registration->app_id, get(claim->holder->instance)->app_id))
			continue;
		report_sharing(registry, holder, claim->holder, registration->display_name);
		report_sharing(registry, claim->holder, holder, registration->display_name);
		return;
	}
}

static void check_instance_name(struct registry *registry, const struct desired_tenant *tenant, struct holder *holder)
{
	const char *tenant_line = arena_printf(&registry->arena, "%p", (const void *)tenant);
	const struct claim *claim;

	if (!holder->instance->name)
		return;
	claim = registry_claim(registry, tenant_line, "instance", holder->instance->name, holder)->previous;
	if (claim)
		add_problem(registry->reader, holder->instance->position,
			    "the instance has the same name (%s) as the one at line %u: give it another",
			    holder->instance->name, claim->holder->instance->position.line);
}

static void check_tenant_names(struct reader *reader, const struct desired *desired)
{
	struct map names = {0};

	for (size_t i = 0; i < desired->tenant_count; i++) {
		const struct desired_tenant *tenant = &desired->tenants[i], *first;

		if (!tenant->name)
			continue;
		first = map_get(&names, tenant->name);
		if (first)
			add_problem(reader, tenant->position,
				    "the tenant has the same name (%s) as the one at line %u: give it another",
				    tenant->name, first->position.line);
		else
			map_put(&names, tenant->name, (void *)tenant);
	}
	map_done(&names);
}

void unique_check(struct reader *reader, const struct desired *desired)
{
	struct registry registry = {.reader = reader};

	check_tenant_names(reader, desired);
	for (size_t i = 0; i < desired->tenant_count; i++) {
		const struct desired_tenant *tenant = &desired->tenants[i];
		/* Two entries may speak of one directory, with different credentials. */
		const char *directory = tenant->tenant_id ? tenant->tenant_id : tenant->name ? tenant->name : "";

		for (size_t j = 0; j < tenant->instance_count; j++) {
			struct holder *holder = arena_new(&registry.arena, struct holder);

			holder->instance = &tenant->instances[j];
			check_instance_name(&registry, tenant, holder);
			check_sites(&registry, directory, holder);
			if (holder->instance->clone_of)
				continue;
			check_registration(&registry, directory, holder, "api", api_of);
			check_registration(&registry, directory, holder, "certificate master", certificate_master_of);
		}
	}
	map_done(&registry.map);
	arena_done(&registry.arena);
}
