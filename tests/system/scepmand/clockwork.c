/*
 * Preloaded into the daemon or the simulated tenant by tests (clockwork.py): lets them have hours pass at once, put the
 * wall clock forward and back, and stop the loop. Times are the machine's plus what the test added; whoever waits is
 * done when that much time is over, not the machine's.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SLICE_MS = 5, SIGNAL_MASK_SIZE = 8 /* the kernel's, not that of sigset_t */ };

/* Shared with the test. */
struct control {
	_Atomic int64_t wall_ms, monotonic_ms; /* added to the machine's clocks */
	_Atomic int64_t is_hung;               /* the loop's wait does not return */
	_Atomic int64_t turns;                 /* slices of time that it has been so */
};

static struct control *control;

__attribute__((constructor)) static void clockwork_open(void)
{
	const char *path = getenv("CLOCKWORK");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *memory = MAP_FAILED;

	if (fd >= 0) {
		memory = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		close(fd);
	}
	/* A test whose clock cannot be turned must not seem to pass. */
	if (memory == MAP_FAILED)
		abort();
	control = memory;
}

static int64_t clockwork_added_ms(clockid_t id)
{
	if (!control)
		return 0;
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		return atomic_load(&control->wall_ms);
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		return atomic_load(&control->monotonic_ms);
	default: /* the time of a process or a thread */
		return 0;
	}
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
	int64_t added_ms = clockwork_added_ms(id);

	if (syscall(SYS_clock_gettime, id, ret) < 0)
		return -1;
	ret->tv_sec += added_ms / 1000;
	ret->tv_nsec += added_ms % 1000 * 1000000;
	if (ret->tv_nsec >= 1000000000 || ret->tv_nsec < 0) {
		int64_t carry = ret->tv_nsec < 0 ? -1 : 1;

		ret->tv_sec += carry;
		ret->tv_nsec -= carry * 1000000000;
	}
	return 0;
}

/* Who verifies certificates asks these two. */
time_t time(time_t *ret)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone __attribute__((unused)))
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*ret = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
	return 0;
}

static int64_t clockwork_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void clockwork_hang(void)
{
	const struct timespec slice = {.tv_nsec = SLICE_MS * 1000000};

	while (atomic_load(&control->is_hung)) {
		syscall(SYS_nanosleep, &slice, NULL);
		atomic_fetch_add(&control->turns, 1);
	}
}

int epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms, const sigset_t *mask)
{
	int64_t end_ms = clockwork_now_ms() + timeout_ms, rest_ms;

	for (;;) {
		int count, error;

		rest_ms = timeout_ms < 0 ? SLICE_MS : end_ms - clockwork_now_ms();
		if (rest_ms < 0)
			rest_ms = 0;
		count = (int)syscall(SYS_epoll_pwait, epfd, events, max, rest_ms > SLICE_MS ? SLICE_MS : (int)rest_ms,
				     mask, SIGNAL_MASK_SIZE);
		error = errno;
		clockwork_hang();
		errno = error;
		if (count || (timeout_ms >= 0 && rest_ms == 0))
			return count;
	}
}

int epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
	return epoll_pwait(epfd, events, max, timeout_ms, NULL);
}

/* A slice at a time, and then a spurious wakeup, which everybody must expect, or the end. */
int pthread_cond_timedwait(pthread_cond_t *restrict changed, pthread_mutex_t *restrict lock,
			   const struct timespec *restrict end)
{
	/* The clock is one of the condition's secrets; but only one of them is that far. */
	const bool is_wall = end->tv_sec > 1000000000;
	struct timespec slice, now;
	int result;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &slice);
	slice.tv_nsec += SLICE_MS * 1000000;
	if (slice.tv_nsec >= 1000000000) {
		slice.tv_sec++;
		slice.tv_nsec -= 1000000000;
	}
	result = pthread_cond_clockwait(changed, lock, CLOCK_MONOTONIC, &slice);
	if (result != ETIMEDOUT)
		return result;
	clock_gettime(is_wall ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
	return now.tv_sec > end->tv_sec || (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec) ? ETIMEDOUT : 0;
}
