#include "service/endpoint_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include "base/memory.h"

enum { ENDPOINT_BACKLOG = 64 };

static int endpoint_refuse(const char *where, int error, const char *advice, char **ret_problem)
{
	if (asprintf(ret_problem, "the daemon cannot listen on %s (%s)%s; see daemon.listen", where, strerror(-error),
		     advice) < 0)
		memory_exhausted();
	return error;
}

/* ---- TCP ---- */

static uint16_t endpoint_bound_port(int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return 0;
	return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
						   : ((struct sockaddr_in *)&address)->sin_port);
}

static int endpoint_bind(const struct sockaddr *address, socklen_t length)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, r;

	if (fd < 0)
		return -errno;
	/* The port can be taken again at once after a restart. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, address, length) < 0 || listen(fd, ENDPOINT_BACKLOG) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static int endpoint_open_tcp(const struct listen_address *address, int *ret_fd, uint16_t *ret_port, char **ret_problem)
{
	char where[sizeof(address->host) + sizeof("[]:65535")];
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	int fd;

	if (uv_ip4_addr(address->host, address->port, &v4) == 0) {
		snprintf(where, sizeof(where), "%s:%u", address->host, address->port);
		fd = endpoint_bind((const struct sockaddr *)&v4, sizeof(v4));
	} else {
		snprintf(where, sizeof(where), "[%s]:%u", address->host, address->port);
		fd = uv_ip6_addr(address->host, address->port, &v6);
		if (fd == 0)
			fd = endpoint_bind((const struct sockaddr *)&v6, sizeof(v6));
	}
	if (fd == -EADDRINUSE)
		return endpoint_refuse(where, fd,
				       ": another program, perhaps another scepmand, has it; ss -ltnp shows which",
				       ret_problem);
	if (fd < 0)
		return endpoint_refuse(where, fd, "", ret_problem);
	*ret_fd = fd;
	*ret_port = endpoint_bound_port(fd);
	return 0;
}

/* ---- unix ---- */

/* Is it a socket that nobody listens on any more? */
static bool endpoint_is_left_behind(const struct sockaddr_un *address)
{
	struct stat status;
	bool is_refused;
	int fd;

	if (lstat(address->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	is_refused = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 && errno == ECONNREFUSED;
	close(fd);
	return is_refused;
}

static int endpoint_bind_unix(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r;

	if (fd < 0)
		return -errno;
	if (endpoint_is_left_behind(address))
		(void)unlink(address->sun_path);
	/* For the daemon's user and group: whoever may read the status is in the group. */
	if (bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 || chmod(address->sun_path, 0660) < 0 ||
	    listen(fd, ENDPOINT_BACKLOG) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

static int endpoint_open_unix(const struct listen_address *address, int *ret_fd, uint16_t *ret_port, char **ret_problem)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", address->path);
	fd = endpoint_bind_unix(&name);
	if (fd == -EADDRINUSE)
		return endpoint_refuse(address->path, fd,
				       ": it is there, and another program listens on it or it is no socket",
				       ret_problem);
	if (fd == -ENOENT)
		return endpoint_refuse(address->path, fd, ": its folder must be there", ret_problem);
	if (fd < 0)
		return endpoint_refuse(address->path, fd, "", ret_problem);
	*ret_fd = fd;
	*ret_port = 0;
	return 0;
}

int endpoint_socket_open(const struct listen_address *address, int *ret_fd, uint16_t *ret_port, char **ret_problem)
{
	switch (address->kind) {
	case LISTEN_TCP:
		return endpoint_open_tcp(address, ret_fd, ret_port, ret_problem);
	case LISTEN_UNIX:
		return endpoint_open_unix(address, ret_fd, ret_port, ret_problem);
	case LISTEN_OFF:
		break;
	}
	return -EINVAL;
}
