#include "doctor/demand.h"

void demands_init(struct demands *demands, struct arena *arena)
{
	*demands = (struct demands){.arena = arena};
	demands->tail = &demands->first;
}

struct demand *demands_add(struct demands *demands, const struct demand *demand)
{
	struct demand *copy = arena_new(demands->arena, struct demand);

	*copy = *demand;
	copy->next = NULL;
	copy->finding = demand->is_wanted ? FINDING_UNKNOWN : FINDING_NOT_NEEDED;
	*demands->tail = copy;
	demands->tail = &copy->next;
	return copy;
}

void demand_judge_azure(struct demand *demand, const struct allowances *allowances, struct arena *arena)
{
	size_t count = 0, missing = 0;
	const char **list;

	if (!demand->is_wanted || !allowances)
		return;
	while (demand->actions[count])
		count++;
	list = arena_new_array(arena, count + 1, const char *);
	for (size_t i = 0; i < count; i++)
		if (!allowances_give(allowances, demand->actions[i]))
			list[missing++] = demand->actions[i];
	demand->finding = missing ? FINDING_LACKS : FINDING_HAS;
	if (missing)
		demand->missing = list;
}

const char *finding_name(enum finding finding)
{
	switch (finding) {
	case FINDING_HAS:
		return "has";
	case FINDING_LACKS:
		return "lacks";
	case FINDING_NOT_NEEDED:
		return "not_needed";
	case FINDING_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}
