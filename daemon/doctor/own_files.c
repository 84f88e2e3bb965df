#include "doctor/own_files.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void look_at_directory(const char *path, struct notes *notes, struct arena *arena)
{
	unsigned long user = (unsigned long)geteuid();
	struct stat status;

	if (stat(path, &status) < 0) {
		notes_add(notes, arena, errno != ENOENT,
			  errno == ENOENT ? "state_directory %s does not exist yet%s"
					  : "state_directory %s cannot be looked at: %s",
			  path, errno == ENOENT ? "; the systemd unit makes it, or the first apply" : strerror(errno));
	} else if (!S_ISDIR(status.st_mode)) {
		notes_add(notes, arena, true, "state_directory %s is not a directory; without it nothing is written",
			  path);
	} else if (access(path, W_OK | X_OK) < 0) {
		notes_add(notes, arena, true,
			  "user %lu cannot write into state_directory %s, and without an audit trail nothing is "
			  "written to "
			  "a tenant. Where the daemon runs as another user, run this as that one",
			  user, path);
	} else if (status.st_mode & S_IRWXO) {
		notes_add(
			notes, arena, true,
			"every user of this machine may look into state_directory %s, where back-ups of settings lie; "
			"mend it with: chmod o= '%s'",
			path, path);
	} else {
		notes_add(notes, arena, false, "state_directory %s can be written by user %lu", path, user);
	}
}

static void look_at_secret(const char *path, const char *what, struct notes *notes, struct arena *arena)
{
	struct stat status;

	if (!path)
		return;
	if (stat(path, &status) < 0)
		notes_add(notes, arena, true, "%s %s cannot be looked at: %s", what, path, strerror(errno));
	else if (access(path, R_OK) < 0)
		notes_add(notes, arena, true, "%s %s may not be read by user %lu", what, path,
			  (unsigned long)geteuid());
	else if (status.st_mode & S_IRWXO)
		notes_add(notes, arena, true,
			  "%s %s is open to every user of this machine; mend it with: chmod o= '%s'", what, path, path);
	else
		notes_add(notes, arena, false, "%s %s is readable, and not to everybody", what, path);
}

void own_files_look(const struct desired *desired, struct notes *notes, struct arena *arena)
{
	look_at_directory(desired->daemon.state_directory, notes, arena);
	for (size_t i = 0; i < desired->tenant_count; i++) {
		const struct desired_credential *credential = &desired->tenants[i].credential;

		look_at_secret(credential->client_secret_file, "client_secret_file", notes, arena);
		look_at_secret(credential->certificate_file, "certificate_file", notes, arena);
		look_at_secret(credential->certificate_password_file, "certificate_password_file", notes, arena);
	}
}
