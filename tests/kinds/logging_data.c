#include "logging_data.h"

void logging_data_init(struct rig *rig)
{
	rig_init(rig);
	rig->instance.logging.manage = true;
	script_says(&rig->script, METHOD_GET, RIG_SUBSCRIPTION WORKSPACES, 200,
		    "{\"value\":[" WORKSPACE(WORKSPACE_ID, CUSTOMER) "]}");
	script_says(&rig->script, METHOD_GET, TABLE, 200, WHOLE_TABLE);
	script_says(&rig->script, METHOD_GET, RULE_ID "?", 200, WHOLE_RULE);
	script_says(&rig->script, METHOD_GET, RULE_ID "/providers/", 200, "{\"value\":[]}");
	script_says(&rig->script, METHOD_PUT, "/roleAssignments/", 201, ASSIGNED);
}
