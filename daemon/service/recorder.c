#include "service/recorder.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "service/backup.h"
#include "service/holds.h"

/* A job has its own arena: that of the world belongs to the loop. */
struct record {
	struct disk_job job;
	const struct recorder *recorder;
	struct arena arena;
	int64_t now_unix_ms;
	int r;
	const char *message;
	/* A write: a copy, since the planner may go on to set flags of a node that waits. */
	struct pass_request *write;
	const struct node *node;
	struct node copy;
	const struct request *request;
	const char *refusal;
	/* A result. */
	struct response response;
};

static struct record *record_new(const struct recorder *recorder, const struct node *node)
{
	struct record *record = memory_new(sizeof(*record));

	record->recorder = recorder;
	record->now_unix_ms = clock_unix_ms();
	record->node = node;
	record->copy = *node;
	return record;
}

static void record_free(struct record *record)
{
	arena_done(&record->arena);
	free(record);
}

/* ---- before ---- */

static void record_on_write(struct disk_job *job)
{
	struct record *record = (struct record *)job;
	const struct recorder *recorder = record->recorder;

	record->r = recorder->ignores_holds
			    ? 0
			    : holds_check(recorder->directory, &record->arena, &record->copy, &record->message);
	if (record->r == 0 && record->refusal) {
		record->r = -EIO;
		record->message = record->refusal;
	}
	if (record->r == 0)
		record->r = backup_settings(recorder->directory, &record->arena, recorder->tenant, &record->copy,
					    record->now_unix_ms, &record->message);
	if (record->r == 0)
		record->r = audit_before_write(recorder->audit, &record->arena, recorder->tenant, &record->copy,
					       record->request, record->now_unix_ms, &record->message);
}

static void record_on_write_settled(struct disk_job *job)
{
	struct record *record = (struct record *)job;

	if (record->r == 0)
		record->r = audit_commit_write(record->recorder->audit, &record->arena, record->copy.name,
					       &record->message);
}

static void record_on_write_done(struct disk_job *job)
{
	struct record *record = (struct record *)job;
	const struct recorder *recorder = record->recorder;

	recorder->on_recorded(recorder->arg, record->write, record->node, record->request,
			      record->r < 0 ? record->message : NULL);
	record_free(record);
}

void recorder_before_write(const struct recorder *recorder, struct pass_request *write, const struct node *node,
			   const struct request *request, const char *refusal)
{
	struct record *record = record_new(recorder, node);

	record->job = (struct disk_job){
		.work = record_on_write, .settle = record_on_write_settled, .done = record_on_write_done};
	record->write = write;
	record->request = request;
	record->refusal = refusal;
	disk_do(recorder->disk, &record->job);
}

/* ---- after ---- */

static void record_on_result(struct disk_job *job)
{
	struct record *record = (struct record *)job;

	record->r = audit_after_write(record->recorder->audit, &record->arena, record->copy.name, &record->response,
				      record->now_unix_ms, &record->message);
}

static void record_on_result_settled(struct disk_job *job)
{
	struct record *record = (struct record *)job;

	if (record->r == 0)
		record->r = audit_commit_result(record->recorder->audit, &record->arena, &record->message);
}

static void record_on_result_done(struct disk_job *job)
{
	struct record *record = (struct record *)job;

	if (record->r < 0)
		record->recorder->on_problem(record->recorder->arg, record->message);
	record_free(record);
}

void recorder_after_write(const struct recorder *recorder, const struct node *node, const struct response *response)
{
	struct record *record = record_new(recorder, node);

	record->job = (struct disk_job){
		.work = record_on_result, .settle = record_on_result_settled, .done = record_on_result_done};
	record->response = *response;
	record->response.body = NULL;
	record->response.request_id = arena_copy_text(&record->arena, response->request_id);
	record->response.fault.code = arena_copy_text(&record->arena, response->fault.code);
	record->response.fault.message = arena_copy_text(&record->arena, response->fault.message);
	record->response.fault.request_id = arena_copy_text(&record->arena, response->fault.request_id);
	disk_do(recorder->disk, &record->job);
}
