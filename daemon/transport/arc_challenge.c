#include "transport/arc_challenge.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "transport/refusal.h"
#include "transport/secret_file.h"

enum { NAME_MAX_LENGTH = 128, SHOWN_MAX = 200 };

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

static const char *refuse(const char *challenge, const char *why, struct arena *arena)
{
	return arena_printf(arena,
			    "what answers as the agent of Azure Arc asks for a proof that is not given: %s (it said: "
			    "%.*s). Check that it is the agent: sudo azcmagent show",
			    why, SHOWN_MAX, refusal_clean_text(challenge, arena));
}

/* What CHALLENGE names as its realm, with or without quotation marks; NULL: it is no such challenge, or more than
 * that. */
static const char *take_realm(const char *challenge, struct arena *arena)
{
	static const char scheme[] = "Basic ", parameter[] = "realm=";
	size_t length;

	if (!text_has_prefix_fold(challenge, scheme))
		return NULL;
	challenge += strlen(scheme);
	challenge += strspn(challenge, " ");
	if (!text_has_prefix_fold(challenge, parameter))
		return NULL;
	challenge += strlen(parameter);
	if (*challenge != '"')
		return challenge;
	length = strcspn(++challenge, "\"");
	return challenge[length] && !challenge[length + 1] ? arena_copy_bytes(arena, challenge, length) : NULL;
}

const char *arc_challenge_parse(const char *challenge, const char *directory, struct arena *arena, const char **ret)
{
	size_t folder = strlen(directory), length;
	const char *realm, *name;

	if (!challenge)
		return "what answers as the agent of Azure Arc did not say which file proves who we are (no "
		       "WWW-Authenticate); update the agent, and look at it with: sudo azcmagent show";
	realm = take_realm(challenge, arena);
	if (!realm)
		return refuse(challenge, "it must be a file, as Basic realm=FILE", arena);
	if (!text_has_prefix(realm, directory) || realm[folder] != '/')
		return refuse(challenge, arena_printf(arena, "the file must lie in %s", directory), arena);
	name = realm + folder + 1;
	length = strlen(name);
	if (length > NAME_MAX_LENGTH || strspn(name, NAME_CHARACTERS) != length || name[0] == '.')
		return refuse(challenge, arena_printf(arena, "the file must lie directly in %s", directory), arena);
	if (length <= strlen(".key") || strcmp(name + length - strlen(".key"), ".key") != 0)
		return refuse(challenge, "the file's name must end in .key", arena);
	*ret = name;
	return NULL;
}

static const char *explain_open(const char *path, int error, struct arena *arena)
{
	if (error == EACCES || error == EPERM)
		return arena_printf(
			arena,
			"%s, which proves to the agent of Azure Arc who we are, may be read by members of the group "
			"himds only; give it to this user with: usermod -aG himds USER, or in the systemd unit with "
			"SupplementaryGroups=himds (and start it again)",
			path);
	if (error == ENOENT || error == ENOTDIR)
		return arena_printf(arena,
				    "%s, which proves to the agent of Azure Arc who we are, is not there for this "
				    "process; a container or a systemd unit must not hide that folder from it",
				    path);
	if (error == ELOOP || error == EMLINK)
		return arena_printf(arena,
				    "%s, which would prove to the agent of Azure Arc who we are, is a link; "
				    "such a file is not read",
				    path);
	return arena_printf(arena, "%s, which proves to the agent of Azure Arc who we are, cannot be read: %s", path,
			    strerror(error));
}

/* What would end the header, or begin another, is no key. */
static bool is_header_value(const struct buffer *key)
{
	for (size_t i = 0; i < key->length; i++)
		if (key->data[i] < ' ' || key->data[i] > '~')
			return false;
	return key->length > 0;
}

static const char *take_key(int fd, const char *path, struct arena *arena, struct buffer *ret)
{
	struct stat status;
	struct buffer key;
	const char *problem = NULL;
	int r;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return arena_printf(arena, "%s, which would prove to the agent of Azure Arc who we are, is no file",
				    path);
	buffer_init(&key, ARC_CHALLENGE_KEY_MAX);
	r = secret_file_read_open(fd, &key);
	while (key.length && (key.data[key.length - 1] == '\n' || key.data[key.length - 1] == '\r'))
		key.data[--key.length] = 0;
	if (r < 0)
		problem = explain_open(path, -r, arena);
	else if (key.overflowed)
		problem = arena_printf(arena,
				       "%s, which would prove to the agent of Azure Arc who we are, has more than %d "
				       "bytes; such a file is not sent",
				       path, ARC_CHALLENGE_KEY_MAX);
	else if (!is_header_value(&key))
		problem = arena_printf(arena,
				       "%s, which would prove to the agent of Azure Arc who we are, holds no key; such "
				       "a file is not sent",
				       path);
	else
		buffer_append(ret, key.data, key.length);
	buffer_done(&key);
	return problem;
}

const char *arc_challenge_read(const char *directory, const char *name, struct arena *arena, struct buffer *ret)
{
	const char *path = arena_printf(arena, "%s/%s", directory, name), *problem;
	int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	if (folder < 0)
		return explain_open(path, errno, arena);
	/* Not through a link out of the folder, and not to hang on a pipe. */
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	problem = fd < 0 ? explain_open(path, errno, arena) : take_key(fd, path, arena, ret);
	if (fd >= 0)
		close(fd);
	close(folder);
	return problem;
}
