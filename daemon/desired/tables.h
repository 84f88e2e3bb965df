/* The tables of the configuration's mappings, from the outermost inwards. Only desired/ and its tests include this. */
#pragma once

#include "desired/reader.h"

extern const struct table table_file, table_daemon, table_tenant, table_cloud, table_credential, table_instance,
	table_app_registrations, table_app_registration, table_certificate_master, table_role_assignment,
	table_api_client;

/* Field reader for a list of struct desired_role_assignment, in which none may stand twice. */
void assignment_read_list(struct reader *reader, const struct field *field, const struct tree_node *value,
			  void *target);
/* What only shows when all tenants are read: names that stand twice, sites and registrations that two instances claim.
 */
void unique_check(struct reader *reader, const struct desired *desired);
