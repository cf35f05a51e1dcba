/* SPDX-License-Identifier: MIT */
#include "programs/bench/process.h"

#include <stdio.h>
#include <string.h>

#define FAMILY_MAX 128

/* ${pid} and its children. */
static int
family(pid_t out[static FAMILY_MAX], pid_t pid)
{
	char path[64];
	int n = 0, child;
	FILE *f;

	out[n++] = pid;
	snprintf(
	    path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return n;
	while (n < FAMILY_MAX && fscanf(f, "%d", &child) == 1)
		out[n++] = child;
	fclose(f);
	return n;
}

/* The number behind ${name} in a file of /proc/${pid}, or 0. */
static unsigned long long
number_in(pid_t pid, const char *file, const char *name)
{
	char path[64], line[256], form[64];
	unsigned long long n = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	snprintf(form, sizeof form, "%s:", name);
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, form, strlen(form)) == 0)
			sscanf(line + strlen(form), "%llu", &n);
	fclose(f);
	return n;
}

struct bench_memory
bench_memory_of(pid_t pid)
{
	struct bench_memory m = { 0 };
	pid_t all[FAMILY_MAX];
	int n = family(all, pid);

	for (int i = 0; i < n; i++) {
		m.rss += (double)number_in(all[i], "smaps_rollup", "Rss");
		m.pss += (double)number_in(all[i], "smaps_rollup", "Pss");
	}
	return m;
}

static uint64_t
cpu_of_one(pid_t pid)
{
	char path[64];
	unsigned long long ns = 0, user = 0, kernel = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	if ((f = fopen(path, "r")) != NULL) {
		if (fscanf(f, "%llu", &ns) != 1)
			ns = 0;
		fclose(f);
	}
	if (ns != 0)
		return ns;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	if (fscanf(f,
		"%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu "
		"%llu",
		&user, &kernel) != 2)
		user = kernel = 0;
	fclose(f);
	return (user + kernel) * 10000000;
}

uint64_t
bench_cpu_of(pid_t pid)
{
	pid_t all[FAMILY_MAX];
	int n = family(all, pid);
	uint64_t ns = 0;

	for (int i = 0; i < n; i++)
		ns += cpu_of_one(all[i]);
	return ns;
}

uint64_t
bench_written_of(pid_t pid)
{
	pid_t all[FAMILY_MAX];
	int n = family(all, pid);
	uint64_t bytes = 0;

	for (int i = 0; i < n; i++)
		bytes += number_in(all[i], "io", "write_bytes");
	return bytes;
}
