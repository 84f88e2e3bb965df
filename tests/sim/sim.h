/*
 * The simulated tenant as a function: one request in, one response out, over a state, without I/O and without a clock.
 * The TLS front (front.c) and the in-process transport of the torture tests both stand on this header and on nothing
 * else.
 *
 * Deterministic: the same state, seed, and sequence of (request, time) gives the same responses, ids included.
 * Shares no code with daemon/ but base/, so that a mistake cannot hide on both sides.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct sim;

struct sim_header {
	const char *name, *value;
};

struct sim_request {
	const char *method; /* upper case */
	const char *host;   /* the Host header, without regard to how the connection came about; NULL: unknown */
	const char *target; /* path and query as on the wire: "/subscriptions?api-version=2022-12-01" */
	const struct sim_header *headers;
	size_t header_count;
	const char *body; /* NULL: none */
	size_t body_length;
};

/* What becomes of the connection: faults may break it. */
enum sim_fate {
	SIM_ANSWER,   /* send the response */
	SIM_DROP,     /* close the connection without a byte */
	SIM_TRUNCATE, /* send the headers with the full length, then half of the body, then close */
};

struct sim_response {
	int status;
	struct sim_header *headers; /* ends at header_count; owned by the response */
	size_t header_count;
	char *body; /* owned; zero-terminated behind body_length */
	size_t body_length;
	int64_t delay_ms; /* how long to hold it back */
	enum sim_fate fate;
};

struct sim_options {
	uint64_t seed;
	bool realistic_throttle;
	bool realistic_lag;
	int64_t latency_ms;   /* each answer but those of the control interface is held back for so long */
	const char *base_url; /* how the ARM, Graph and login endpoints name themselves in links:
				 "https://localhost:1234" */
};

/* An empty tenant. Never NULL. */
struct sim *sim_new(const struct sim_options *options) _must_check_;
void sim_free(struct sim *sim);

/* Replaces the whole tenant by STATE_JSON (the form of GET /_sim/state, or a scenario). 0, or -EINVAL with *RET_ERROR
 * set to a sentence (to be freed); then the old tenant is still there. */
int sim_load(struct sim *sim, const char *state_json, size_t length, char **ret_error) _must_check_;
/* A scenario by its name ("fresh", "many:100"), -ENOENT when there is none of that name. */
int sim_load_scenario(struct sim *sim, const char *name, char **ret_error) _must_check_;

/* Answers REQUEST at NOW_MS (Unix time; may be virtual, never runs backwards). RET is to be released with
 * sim_response_done(). */
void sim_handle(struct sim *sim, const struct sim_request *request, int64_t now_ms, struct sim_response *ret);
void sim_response_done(struct sim_response *response);

/* Every further line of the journal (JSON, without a newline) goes to WRITE; NULL ends that. */
void sim_set_journal_sink(struct sim *sim, void (*write)(void *userdata, const char *line), void *userdata);
/* Azure Arc's proof is a file that the client must be able to read. WRITE is given each such file, since the tenant
 * itself touches none; without it they are announced but never appear. */
void sim_set_challenge_sink(struct sim *sim, void (*write)(void *userdata, const char *path, const char *content),
			    void *userdata);
