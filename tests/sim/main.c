/* tenant-sim: the simulated tenant as a program. Puts the core behind its fronts and waits for a signal. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "describe.h"
#include "file.h"
#include "front.h"
#include "json.h"
#include "listener.h"
#include "options.h"
#include "proxy.h"
#include "ready.h"
#include "sim.h"
#include "tls.h"

enum { STATE_FILE_MAX = 1 << 30 };

struct program {
	struct options options;
	char *url, *proxy_url, *metadata_url, *directory;
	bool directory_is_temporary;
	int listener, metadata_listener, proxy_listener;
	uint16_t port;
	FILE *journal;
	struct sim *sim;
	struct tls_identity identity;
	struct front_shared *shared;
	struct front *services, *metadata;
	struct proxy *proxy;
};

static bool complain(const char *what, const char *which, int error)
{
	fprintf(stderr, "tenant-sim: %s %s: %s\n", what, which, strerror(-error));
	return false;
}

static bool open_listeners(struct program *program)
{
	uint16_t port;

	program->listener = listener_open(program->options.listen, &program->port);
	if (program->listener < 0)
		return complain("cannot listen on", program->options.listen, program->listener);
	program->url = json_complaint("https://localhost:%u", program->port);
	program->metadata_listener = listener_open(program->options.metadata_listen, &port);
	if (program->metadata_listener < 0)
		return complain("cannot listen on", program->options.metadata_listen, program->metadata_listener);
	program->metadata_url = json_complaint("http://127.0.0.1:%u", port);
	if (!program->options.proxy)
		return true;
	program->proxy_listener = listener_open(program->options.proxy, &port);
	if (program->proxy_listener < 0)
		return complain("cannot listen on", program->options.proxy, program->proxy_listener);
	program->proxy_url = json_complaint("http://127.0.0.1:%u", port);
	return true;
}

static bool load_state_file(struct sim *sim, const char *path)
{
	size_t length;
	char *text, *error = NULL;
	int r = file_read(path, STATE_FILE_MAX, &text, &length);

	if (r < 0)
		return complain("cannot read", path, r);
	r = sim_load(sim, text, length, &error);
	free(text);
	if (r < 0)
		fprintf(stderr, "tenant-sim: %s: %s\n", path, error);
	free(error);
	return r == 0;
}

static bool load_tenant(struct program *program)
{
	const struct sim_options options = {
		.seed = program->options.seed,
		.realistic_throttle = program->options.realistic_throttle,
		.realistic_lag = program->options.realistic_lag,
		.latency_ms = program->options.latency_ms,
		.base_url = program->url,
	};
	const char *scenario = program->options.scenario;
	char *error = NULL;
	int r;

	program->sim = sim_new(&options);
	if (text_has_suffix_fold(scenario, ".json"))
		return load_state_file(program->sim, scenario);
	r = sim_load_scenario(program->sim, scenario, &error);
	if (r < 0)
		fprintf(stderr, "tenant-sim: %s\n", error);
	free(error);
	return r == 0;
}

static void write_journal(void *userdata, const char *line)
{
	FILE *journal = userdata;

	fputs(line, journal);
	fputc('\n', journal);
	/* Tests look at it while we run. */
	fflush(journal);
}

/* Where clients of Azure Arc look for it, only root can write; so says the message, and the client its own. */
static void write_challenge(void *userdata, const char *path, const char *content)
{
	int r = file_write(path, content, 0640);

	(void)userdata;
	if (r < 0)
		(void)complain("cannot write", path, r);
}

static bool open_sinks(struct program *program)
{
	int fd;

	sim_set_challenge_sink(program->sim, write_challenge, NULL);
	if (!program->options.journal)
		return true;
	fd = open(program->options.journal, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	program->journal = fd < 0 ? NULL : fdopen(fd, "w");
	if (!program->journal)
		return complain("cannot write", program->options.journal, -errno);
	sim_set_journal_sink(program->sim, write_journal, program->journal);
	return true;
}

static bool make_directory(struct program *program)
{
	const char *wanted = program->options.tls_directory, *base = getenv("TMPDIR");

	if (!wanted) {
		program->directory = json_complaint("%s/tenant-sim-XXXXXX", text_is_empty(base) ? "/tmp" : base);
		program->directory_is_temporary = mkdtemp(program->directory) != NULL;
		return program->directory_is_temporary || complain("cannot make", program->directory, -errno);
	}
	if (mkdir(wanted, 0700) < 0 && errno != EEXIST)
		return complain("cannot make", wanted, -errno);
	program->directory = realpath(wanted, NULL);
	return program->directory || complain("cannot use", wanted, -errno);
}

static bool make_certificates(struct program *program)
{
	int r = tls_identity_new(&program->identity);

	if (r == 0)
		r = tls_identity_write(&program->identity, program->directory);
	return r == 0 || complain("cannot write certificates to", program->directory, r);
}

static bool start_fronts(struct program *program)
{
	/* Before the front owns the listener, whose address the proxy needs. */
	if (program->proxy_listener >= 0)
		program->proxy = proxy_new(program->proxy_listener, program->listener, program->port);
	program->proxy_listener = -1;
	program->shared = front_shared_new(program->sim, program->options.clock_skew_s);
	program->services = front_new(program->shared, program->listener, &program->identity);
	program->listener = -1;
	program->metadata = front_new(program->shared, program->metadata_listener, NULL);
	program->metadata_listener = -1;
	if (!program->services || !program->metadata) {
		fputs("tenant-sim: the HTTP server does not start\n", stderr);
		return false;
	}
	return true;
}

static bool announce(struct program *program)
{
	const struct ready_place place = {.url = program->url,
					  .proxy_url = program->proxy_url,
					  .metadata_url = program->metadata_url,
					  .directory = program->directory};
	cJSON *description = sim_describe(program->sim);
	int r = ready_write_config(&place, description);
	bool fine = r == 0 || complain("cannot write the configuration to", place.directory, r);

	if (fine && program->options.ready_file) {
		r = ready_write_file(&place, description, program->options.ready_file);
		fine = r == 0 || complain("cannot write", program->options.ready_file, r);
	}
	cJSON_Delete(description);
	if (fine)
		fprintf(stderr, "tenant-sim: %s with scenario %s\n", program->url, program->options.scenario);
	return fine;
}

static void remove_temporary_directory(const struct program *program)
{
	static const char *const names[] = {"ca.pem", "server.pem", "server.key", "client-secret", "scepmand.yaml"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = json_complaint("%s/%s", program->directory, names[i]);

		unlink(path);
		free(path);
	}
	/* Stays when somebody put something of his own there. */
	rmdir(program->directory);
}

static void close_listener(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void program_done(struct program *program)
{
	/* The proxy first, so that nobody connects any more; then what is held back; then the connections. */
	proxy_free(program->proxy);
	if (program->shared)
		front_shared_hurry(program->shared);
	front_free(program->services);
	front_free(program->metadata);
	front_shared_free(program->shared);
	sim_free(program->sim);
	if (program->journal)
		fclose(program->journal);
	tls_identity_done(&program->identity);
	close_listener(program->listener);
	close_listener(program->metadata_listener);
	close_listener(program->proxy_listener);
	if (program->directory_is_temporary)
		remove_temporary_directory(program);
	free(program->directory);
	free(program->url);
	free(program->proxy_url);
	free(program->metadata_url);
}

int main(int argc, char **argv)
{
	struct program program = {.listener = -1, .metadata_listener = -1, .proxy_listener = -1};
	int status = options_parse(argc, argv, &program.options), number;
	sigset_t signals;

	if (status >= 0)
		return status;
	/* All threads inherit the mask, so that only sigwait() sees these. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	status = 1;
	if (open_listeners(&program) && load_tenant(&program) && open_sinks(&program) && make_directory(&program) &&
	    make_certificates(&program) && start_fronts(&program) && announce(&program)) {
		sigwait(&signals, &number);
		status = 0;
	}
	program_done(&program);
	return status;
}
