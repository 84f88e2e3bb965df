#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

enum { HEAD_MAX = 16 * 1024, CHUNK = 32 * 1024 };

/* One client. It has a thread of its own, which ends with the tunnel. */
struct tunnel {
	struct tunnel *next, **place;
	struct proxy *proxy;
	int client, server;
};

struct proxy {
	int listener, stop; /* STOP: an eventfd */
	struct sockaddr_storage target;
	uint16_t target_port;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t emptied;
	struct tunnel *tunnels;
};

static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, data, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EIO;
		data += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Reads the head of the request, which ends with an empty line. What a client sends before it has our answer would be
 * lost, but none does. */
static int read_head(int fd, char head[HEAD_MAX])
{
	size_t length = 0;

	while (length < HEAD_MAX - 1) {
		ssize_t n = recv(fd, head + length, HEAD_MAX - 1 - length, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EIO;
		length += (size_t)n;
		head[length] = '\0';
		if (strstr(head, "\r\n\r\n"))
			return 0;
	}
	return -EMSGSIZE;
}

/* A target that listens on every address is reached by that address, too. */
static int connect_target(const struct sockaddr_storage *target)
{
	socklen_t length = target->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	int fd = socket(target->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd >= 0 && connect(fd, (const struct sockaddr *)target, length) < 0) {
		close(fd);
		return -1;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static const char *refusal(enum proxy_verdict verdict)
{
	switch (verdict) {
	case PROXY_TUNNEL:
		break;
	case PROXY_BAD_REQUEST:
		return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	case PROXY_NOT_CONNECT:
		return "HTTP/1.1 405 Method Not Allowed\r\nAllow: CONNECT\r\nContent-Length: 0\r\nConnection: "
		       "close\r\n\r\n";
	case PROXY_FORBIDDEN:
		return "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	}
	return NULL;
}

/* Copies both ways until one side has ended. */
static void carry(int client, int server)
{
	struct pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
	char *chunk = memory_new(CHUNK);

	for (;;) {
		if (poll(ends, 2, -1) < 0 && errno != EINTR)
			break;
		for (int i = 0; i < 2; i++) {
			ssize_t n;

			if (!ends[i].revents)
				continue;
			n = recv(ends[i].fd, chunk, CHUNK, MSG_DONTWAIT);
			if (n < 0 && (errno == EAGAIN || errno == EINTR))
				continue;
			if (n <= 0 || write_all(ends[1 - i].fd, chunk, (size_t)n) < 0)
				goto out;
		}
	}
out:
	free(chunk);
}

static void serve(struct tunnel *tunnel)
{
	static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n",
			  unreachable[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	char *head = memory_new(HEAD_MAX);
	enum proxy_verdict verdict = PROXY_BAD_REQUEST;
	int server;

	if (read_head(tunnel->client, head) == 0) {
		head[strcspn(head, "\r")] = '\0';
		verdict = proxy_judge(head, tunnel->proxy->target_port);
	}
	free(head);
	if (verdict != PROXY_TUNNEL) {
		(void)write_all(tunnel->client, refusal(verdict), strlen(refusal(verdict)));
		return;
	}
	server = connect_target(&tunnel->proxy->target);
	if (server < 0) {
		(void)write_all(tunnel->client, unreachable, sizeof(unreachable) - 1);
		return;
	}
	pthread_mutex_lock(&tunnel->proxy->lock);
	tunnel->server = server;
	pthread_mutex_unlock(&tunnel->proxy->lock);
	if (write_all(tunnel->client, established, sizeof(established) - 1) == 0)
		carry(tunnel->client, server);
}

static void *tunnel_run(void *argument)
{
	struct tunnel *tunnel = argument;
	struct proxy *proxy = tunnel->proxy;

	serve(tunnel);
	pthread_mutex_lock(&proxy->lock);
	close(tunnel->client);
	if (tunnel->server >= 0)
		close(tunnel->server);
	*tunnel->place = tunnel->next;
	if (tunnel->next)
		tunnel->next->place = tunnel->place;
	free(tunnel);
	if (!proxy->tunnels)
		pthread_cond_signal(&proxy->emptied);
	pthread_mutex_unlock(&proxy->lock);
	return NULL;
}

static void tunnel_start(struct proxy *proxy, int client)
{
	struct tunnel *tunnel = memory_new(sizeof(*tunnel));
	pthread_attr_t attributes;
	pthread_t thread;
	int on = 1;

	(void)setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&proxy->lock);
	*tunnel = (struct tunnel){
		.next = proxy->tunnels, .place = &proxy->tunnels, .proxy = proxy, .client = client, .server = -1};
	if (tunnel->next)
		tunnel->next->place = &tunnel->next;
	proxy->tunnels = tunnel;
	if (pthread_create(&thread, &attributes, tunnel_run, tunnel) != 0) {
		proxy->tunnels = tunnel->next;
		if (tunnel->next)
			tunnel->next->place = &proxy->tunnels;
		free(tunnel);
		close(client);
	}
	pthread_mutex_unlock(&proxy->lock);
	pthread_attr_destroy(&attributes);
}

static void *proxy_run(void *argument)
{
	struct proxy *proxy = argument;
	struct pollfd ready[2] = {{proxy->listener, POLLIN, 0}, {proxy->stop, POLLIN, 0}};

	for (;;) {
		int client;

		if (poll(ready, 2, -1) < 0 && errno != EINTR)
			break;
		if (ready[1].revents)
			break;
		if (!ready[0].revents)
			continue;
		client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
		if (client >= 0)
			tunnel_start(proxy, client);
	}
	return NULL;
}

struct proxy *proxy_new(int listener, int target, uint16_t target_port)
{
	struct proxy *proxy = memory_new(sizeof(*proxy));
	socklen_t length = sizeof(proxy->target);

	proxy->listener = listener;
	proxy->target_port = target_port;
	/* Should that fail, connecting does, which clients are told. */
	(void)getsockname(target, (struct sockaddr *)&proxy->target, &length);
	proxy->stop = eventfd(0, EFD_CLOEXEC);
	pthread_mutex_init(&proxy->lock, NULL);
	pthread_cond_init(&proxy->emptied, NULL);
	if (proxy->stop < 0 || pthread_create(&proxy->thread, NULL, proxy_run, proxy) != 0)
		memory_exhausted();
	return proxy;
}

void proxy_free(struct proxy *proxy)
{
	if (!proxy)
		return;
	eventfd_write(proxy->stop, 1);
	pthread_join(proxy->thread, NULL);
	pthread_mutex_lock(&proxy->lock);
	for (struct tunnel *tunnel = proxy->tunnels; tunnel; tunnel = tunnel->next)
		shutdown(tunnel->client, SHUT_RDWR);
	while (proxy->tunnels)
		pthread_cond_wait(&proxy->emptied, &proxy->lock);
	pthread_mutex_unlock(&proxy->lock);
	close(proxy->listener);
	close(proxy->stop);
	pthread_cond_destroy(&proxy->emptied);
	pthread_mutex_destroy(&proxy->lock);
	free(proxy);
}
