#include "doctor/doctor_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <uv.h>

#include "base/memory.h"
#include "doctor/examine.h"
#include "doctor/own_files.h"
#include "service/selection.h"

enum { DOCTOR_WELL = 0, DOCTOR_FAILED = 1, DOCTOR_LACKS = 3, DOCTOR_OUTPUT_MAX = 64 << 20 };

struct doctor {
	const struct options *options;
	const struct desired *desired;
	struct arena arena;
	struct examination **examinations;
	const struct diagnosis **diagnoses;
	size_t count;
};

static void doctor_examine(struct doctor *doctor, uv_loop_t *loop, const struct desired_tenant *tenant)
{
	const char **only = arena_new_array(&doctor->arena, tenant->instance_count + 1, const char *);
	size_t count = selection_of_tenant(tenant, doctor->options->instances, doctor->options->instance_count, only,
					   tenant->instance_count);

	if (doctor->options->instance_count && !count)
		return;
	doctor->examinations[doctor->count++] = examination_new(loop, &(struct examination_options){
									      .tenant = tenant,
									      .daemon = &doctor->desired->daemon,
									      .only = count ? only : NULL,
									      .only_count = count,
								      });
}

static void doctor_print(const struct doctor *doctor)
{
	struct notes local = {0};
	struct arena arena = {0};
	struct buffer buffer;

	own_files_look(doctor->desired, &local, &arena);
	buffer_init(&buffer, DOCTOR_OUTPUT_MAX);
	if (doctor->options->output == OUTPUT_JSON)
		diagnosis_json(doctor->diagnoses, doctor->count, &local, &buffer);
	else
		diagnosis_text(doctor->diagnoses, doctor->count, &local, options_has_colour(doctor->options, stdout),
			       &buffer);
	fwrite(buffer.data, 1, buffer.length, stdout);
	buffer_done(&buffer);
	arena_done(&arena);
}

static int doctor_status(const struct doctor *doctor)
{
	int status = DOCTOR_WELL;

	for (size_t i = 0; i < doctor->count; i++) {
		if (doctor->diagnoses[i]->has_failed)
			return DOCTOR_FAILED;
		if (diagnosis_count(doctor->diagnoses[i], FINDING_LACKS) +
		    diagnosis_count(doctor->diagnoses[i], FINDING_UNKNOWN))
			status = DOCTOR_LACKS;
	}
	return status;
}

int doctor_command(const struct options *options, const struct desired *desired)
{
	struct doctor doctor = {.options = options, .desired = desired};
	char *problem = NULL;
	uv_loop_t loop;
	int status;

	if (selection_check(desired, options->instances, options->instance_count, &problem) < 0) {
		fprintf(stderr, "scepmand: %s\n", problem);
		free(problem);
		return EX_USAGE;
	}
	if (uv_loop_init(&loop) < 0)
		memory_exhausted();
	doctor.examinations = arena_new_array(&doctor.arena, desired->tenant_count, struct examination *);
	for (size_t i = 0; i < desired->tenant_count; i++)
		doctor_examine(&doctor, &loop, &desired->tenants[i]);
	uv_run(&loop, UV_RUN_DEFAULT);
	doctor.diagnoses = arena_new_array(&doctor.arena, doctor.count + 1, const struct diagnosis *);
	for (size_t i = 0; i < doctor.count; i++)
		doctor.diagnoses[i] = examination_diagnosis(doctor.examinations[i]);
	doctor_print(&doctor);
	status = doctor_status(&doctor);
	for (size_t i = 0; i < doctor.count; i++)
		examination_free(doctor.examinations[i]);
	arena_done(&doctor.arena);
	uv_loop_close(&loop);
	return status;
}
