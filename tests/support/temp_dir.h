/* SPDX-License-Identifier: MIT */
/* A folder that is gone after the test. */
#pragma once

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/test.h"

struct temp_dir {
	char path[256];
};

static inline struct temp_dir
temp_dir_new(void)
{
	const char *base = getenv("TMPDIR");
	struct temp_dir d;

	snprintf(d.path, sizeof d.path, "%s/countersign-test-XXXXXX",
	    base != NULL && *base != '\0' ? base : "/tmp");
	assert_non_null(mkdtemp(d.path));
	return d;
}

/* "${dir}/${name}", in memory that lives until the next 4 calls. */
static inline const char *
temp_path(const struct temp_dir *d, const char *name)
{
	static char slots[4][512];
	static unsigned next;
	char *slot = slots[next++ % 4];

	snprintf(slot, sizeof slots[0], "%s/%s", d->path, name);
	return slot;
}

/* Can nobody else read ${path}?  In WebAssembly there is nobody else. */
static inline void
temp_assert_private(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
#ifndef __wasi__
	assert_int_equal(st.st_mode & 0777, 0600);
#endif
}

static inline int
temp_remove(
    const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static inline void
temp_dir_clear(struct temp_dir *d)
{
	assert_int_equal(
	    nftw(d->path, temp_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}
