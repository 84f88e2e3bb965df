#include "observe/process_metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "observe/exposition.h"

static void print_gauge(struct buffer *ret, const char *name, const char *help, double value)
{
	if (value < 0)
		return;
	exposition_begin(ret, name, EXPOSITION_GAUGE, help);
	exposition_add(ret, name, "", "", value);
}

static void print_cpu(struct buffer *ret)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return;
	exposition_begin(ret, "process_cpu_seconds_total", EXPOSITION_COUNTER,
			 "Total user and system CPU time spent in seconds.");
	exposition_add(ret, "process_cpu_seconds_total", "", "",
		       (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
			       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

/* Pages of /proc/self/statm: all, and resident. */
static bool read_pages(long long *ret_size, long long *ret_resident)
{
	FILE *stream = fopen("/proc/self/statm", "re");
	bool ok = stream && fscanf(stream, "%lld %lld", ret_size, ret_resident) == 2;

	if (stream)
		fclose(stream);
	return ok;
}

int64_t process_resident_bytes(void)
{
	long long size, resident;

	return read_pages(&size, &resident) ? resident * sysconf(_SC_PAGESIZE) : -1;
}

static int64_t virtual_bytes(void)
{
	long long size, resident;

	return read_pages(&size, &resident) ? size * sysconf(_SC_PAGESIZE) : -1;
}

int64_t process_open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int64_t count = 0;

	if (!folder)
		return -1;
	for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count - 1; /* the folder's own */
}

static int64_t max_descriptors(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY ? -1 : (int64_t)limit.rlim_cur;
}

void process_print(int64_t started_unix_ms, struct buffer *ret)
{
	print_cpu(ret);
	print_gauge(ret, "process_resident_memory_bytes", "Resident memory size in bytes.",
		    (double)process_resident_bytes());
	print_gauge(ret, "process_virtual_memory_bytes", "Virtual memory size in bytes.", (double)virtual_bytes());
	print_gauge(ret, "process_open_fds", "Number of open file descriptors.", (double)process_open_descriptors());
	print_gauge(ret, "process_max_fds", "Maximum number of open file descriptors.", (double)max_descriptors());
	print_gauge(ret, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
		    (double)started_unix_ms / 1000);
}
