#include "observe/pass_record.h"

const char *pass_result_name(enum pass_result result)
{
	switch (result) {
	case PASS_IN_SYNC:
		return "in-sync";
	case PASS_DRIFT:
		return "drift";
	case PASS_BLOCKED:
		return "blocked";
	case PASS_FAILED:
		return "failed";
	case PASS_INTERRUPTED:
		return "interrupted";
	}
	return "unknown";
}

void pass_record_judge(struct pass_record *record, const struct report *report)
{
	const struct report_summary summary = report_summarise(report);

	record->drift = (unsigned)(summary.add + summary.change + summary.remove);
	record->blocked = (unsigned)summary.blocked;
	if (report_is_failure(report))
		record->result = PASS_FAILED;
	else if (summary.blocked)
		record->result = PASS_BLOCKED;
	else
		record->result = report_is_in_sync(report) ? PASS_IN_SYNC : PASS_DRIFT;
}
