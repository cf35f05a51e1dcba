/* SPDX-License-Identifier: MIT */
/* What tests/support/temp_dir.h uses of it, and what wasi-libc lacks beside
 * it. */
#pragma once

#include <sys/stat.h>

#define FTW_PHYS 1
#define FTW_DEPTH 8

struct FTW {
	int base, level;
};

char *mkdtemp(char *template);
/* There are no modes. */
mode_t umask(mode_t mask);

/* Walk over ${path}, what is in a folder before the folder. */
int nftw(const char *path,
    int (*fn)(
	const char *path, const struct stat *st, int flag, struct FTW *where),
    int most, int flags);
