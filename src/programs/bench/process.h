/* SPDX-License-Identifier: MIT */
/* What a server takes: the process that was started, and its children. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct bench_memory {
	double rss, pss; /* KiB */
};

struct bench_memory bench_memory_of(pid_t pid);
/* Nanoseconds of a processor that they have used; in hundredths of a second
 * where the kernel does not count them. */
uint64_t bench_cpu_of(pid_t pid);
/* Bytes that they have had written to disk; 0 where the kernel does not say. */
uint64_t bench_written_of(pid_t pid);
