/*
 * Which rights a tenant's configuration asks for (domain.md 4.13), and where: follows from the desired state, and from
 * what a plan pass has seen of the tenant. What it could not see is taken to lie in the installation's own resource
 * group, and the need says so. Pure.
 */
#pragma once

#include "doctor/demand.h"
#include "world/world.h"

/* On Microsoft Graph. */
void demands_of_graph(const struct world *world, struct demands *demands);
/* On Azure, for each installation that WORLD looks at. WORLD's arena must outlive DEMANDS. */
void demands_of_azure(struct world *world, struct demands *demands);
