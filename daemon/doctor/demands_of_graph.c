#include "doctor/graph_permission.h"
#include "doctor/demands_of.h"

/* What the installations of a tenant ask for together. */
struct wishes {
	bool has_certificate_master, has_writes, names_groups, names_users, lacks_consent, is_seen;
};

static void look_at_principals(struct wishes *wishes, const struct desired_role_assignment *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		wishes->names_groups |= items[i].principal.type == PRINCIPAL_GROUP;
		wishes->names_users |= items[i].principal.type == PRINCIPAL_USER;
	}
}

static struct wishes wishes_of(const struct world *world)
{
	struct wishes wishes = {0};

	for (size_t i = 0; i < world->installation_count; i++) {
		const struct installation *installation = &world->installations[i];
		const struct desired_instance *desired = installation->desired;

		if (installation->is_bystander)
			continue;
		wishes.has_writes |= !desired->hold && world->tenant->mode != MODE_PLAN;
		look_at_principals(&wishes, desired->api_clients, desired->api_client_count);
		if (desired->certificate_master.none)
			continue;
		wishes.has_certificate_master = true;
		look_at_principals(&wishes, desired->certificate_master.role_assignments,
				   desired->certificate_master.role_assignment_count);
		if (!installation->consent || installation->consent->outcome != OUTCOME_IN_SYNC)
			wishes.lacks_consent = true;
	}
	return wishes;
}

static void add(struct demands *demands, enum graph_right right, const char *purpose, const char *why_not)
{
	demands_add(demands, &(struct demand){
				     .authority = AUTHORITY_GRAPH,
				     .purpose = purpose,
				     .is_wanted = !why_not,
				     .remark = why_not,
				     .permission = graph_permission(right),
			     });
}

/* A group or user is looked up whether it is given by its name or its object id. */
void demands_of_graph(const struct world *world, struct demands *demands)
{
	const struct wishes wishes = wishes_of(world);
	const char *no_master = wishes.has_certificate_master ? NULL : "there is no Certificate Master";
	const char *no_write = wishes.has_writes                  ? NULL
			       : world->tenant->mode == MODE_PLAN ? "mode: plan"
								  : "hold: true";
	const char *report = world->tenant->entra_grants == POLICY_REPORT
				     ? "entra_grants: report; roles of your own registrations are left to you as well"
				     : NULL;
	const char *consent = report && !no_write     ? "entra_grants: report"
			      : no_write              ? no_write
			      : no_master             ? no_master
			      : !wishes.lacks_consent ? "the consent is there; needed again only if it is taken away"
						      : NULL;

	add(demands, GRAPH_READ_APPLICATIONS, "look at app registrations and service principals", NULL);
	add(demands, GRAPH_READ_CONSENTS, "look at the consent for Certificate Master", no_master);
	if (wishes.names_groups)
		add(demands, GRAPH_READ_GROUPS, "look up the groups that the configuration names", NULL);
	if (wishes.names_users)
		add(demands, GRAPH_READ_USERS, "look up the users that the configuration names", NULL);
	add(demands, GRAPH_WRITE_APPLICATIONS, "create and correct the app registrations", no_write);
	add(demands, GRAPH_ASSIGN_ROLES, "give roles to SCEPman, Certificate Master and others",
	    no_write ? no_write : report);
	add(demands, GRAPH_WRITE_CONSENTS, "consent to User.Read for Certificate Master", consent);
}
