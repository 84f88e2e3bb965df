/*
 * Where tokens come from. One implementation per type of credential (auth.md sections 1 to 3); each file says which
 * formats it follows. A credential keeps no token (token.h does) and never logs.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attributes.h"
#include "desired/desired.h"
#include "transport/http.h"
#include "world/fault.h"

struct credential;

/* What every credential is given; outlives it. */
struct credential_context {
	uv_loop_t *loop;
	struct http *http;
	const char *authority; /* "https://login.microsoftonline.com" */
	const char *tenant_id;
	/* Something an administrator should know, although it works (a secret's file that everybody may read); or NULL.
	 */
	void (*warn)(void *arg, const char *sentence);
	void *arg;
};

struct credential_wish {
	const char *audience; /* "https://graph.microsoft.com": the scope is that and "/.default" */
	const char *claims;   /* of a challenge, JSON, or NULL */
	/* Not 0: it is only looked for. A metadata service that has not answered after so long is not there. Others
	 * need not look at it. Source: auth.md section 1. */
	int64_t probe_ms;
};

struct credential_answer {
	const char *token; /* NULL: FAULT says why */
	int64_t lifetime_s;
	int64_t refresh_in_s; /* 0: not said */
	struct fault fault;
	/* There is no such credential here (no metadata service answers, az is not installed), as opposed to one that
	 * was refused: type "default" goes on to the next. Source: auth.md section 1. */
	bool is_unavailable;
};

/* Called exactly once per acquisition unless the credential is closed, never from inside credential_acquire(). Must not
 * close the credential: that is for a later turn of the loop. */
typedef void credential_answer_fn(void *arg, const struct credential_answer *answer);

struct credential_operations {
	void (*acquire)(struct credential *credential, const struct credential_wish *wish,
			credential_answer_fn *on_answer, void *arg);
	void (*close)(struct credential *credential);
};

/* The first member of every implementation. */
struct credential {
	const struct credential_operations *operations;
	struct credential_context context;
	void (*on_closed)(void *arg);
	void *closed_arg;
};

/*
 * DESIRED must outlive the credential. What a type reads from the environment (auth.md section 2) it reads here, once.
 * 0 with *RET; or with *RET_PROBLEM (to be freed), a sentence for the administrator, -ENOENT: what the type needs is
 * not configured; -EINVAL: it is, and cannot be used.
 */
int credential_new(const struct credential_context *context, const struct desired_credential *desired,
		   struct credential **ret, char **ret_problem) _must_check_;
void credential_acquire(struct credential *credential, const struct credential_wish *wish,
			credential_answer_fn *on_answer, void *arg);
/* Gives up what is under way, frees, then calls ON_CLOSED from the loop (or at once when nothing was). */
void credential_close(struct credential *credential, void (*on_closed)(void *arg), void *arg);

/* One for each type, for credential.c and for types that are made of others. Those that can fail return as
 * credential_new() does. The context is set by credential_new(). */
struct credential *credential_client_secret_new(const struct desired_credential *desired);
struct credential *credential_client_certificate_new(const struct desired_credential *desired);
/* These two return -ENOENT when what they need is not configured, and -EINVAL when it is, but is meant for another
 * tenant or cloud: the search of type "default" goes on after the first only. */
int credential_environment_new(const struct credential_context *context, struct credential **ret,
			       char **ret_problem) _must_check_;
int credential_workload_identity_new(const struct credential_context *context, const struct desired_credential *desired,
				     struct credential **ret, char **ret_problem) _must_check_;
struct credential *credential_azure_cli_new(void);
int credential_default_new(const struct credential_context *context, const struct desired_credential *desired,
			   struct credential **ret, char **ret_problem) _must_check_;
