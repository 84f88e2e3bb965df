#include "service/selection.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "desired/names.h"

static int selection_refuse(char **ret_problem, const char *format, ...) _printf_(2, 3);

static int selection_refuse(char **ret_problem, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_problem, format, ap) < 0)
		memory_exhausted();
	va_end(ap);
	return -ESRCH;
}

int selection_check(const struct desired *desired, const char *const *options, size_t count, char **ret_problem)
{
	for (size_t i = 0; i < count; i++) {
		size_t hits = 0;

		for (size_t t = 0; t < desired->tenant_count; t++) {
			const struct desired_tenant *tenant = &desired->tenants[t];

			for (size_t n = 0; n < tenant->instance_count; n++)
				hits += names_mean(options[i], tenant->name, tenant->instances[n].name);
		}
		if (!hits)
			return selection_refuse(ret_problem, "the configuration has no installation \"%s\"",
						options[i]);
		if (hits > 1)
			return selection_refuse(ret_problem,
						"%zu tenants have an installation \"%s\"; say which one as TENANT/NAME",
						hits, options[i]);
	}
	return 0;
}

size_t selection_of_tenant(const struct desired_tenant *tenant, const char *const *options, size_t count,
			   const char **ret, size_t maximum)
{
	size_t selected = 0;

	for (size_t n = 0; n < tenant->instance_count; n++)
		for (size_t i = 0; i < count; i++)
			if (selected < maximum && names_mean(options[i], tenant->name, tenant->instances[n].name))
				ret[selected++] = tenant->instances[n].name;
	return selected;
}
