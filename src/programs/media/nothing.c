/* SPDX-License-Identifier: MIT */
/*
 * Where the C library would ask a host (WASI), for functions that libraries
 * bring along and nobody here needs: files, a clock, an environment.  There is
 * nothing, so the module is linked without imports; the names are those under
 * which wasi-libc would import them.
 */
#include <wasi/api.h>

#define INSTEAD_OF(name) __imported_wasi_snapshot_preview1_##name

int32_t INSTEAD_OF(environ_get)(int32_t environ, int32_t buf);
int32_t INSTEAD_OF(environ_sizes_get)(int32_t n, int32_t size);
int32_t INSTEAD_OF(clock_time_get)(int32_t id, int64_t precision, int32_t out);
int32_t INSTEAD_OF(fd_close)(int32_t fd);
int32_t INSTEAD_OF(fd_fdstat_get)(int32_t fd, int32_t out);
int32_t INSTEAD_OF(fd_fdstat_set_flags)(int32_t fd, int32_t flags);
int32_t INSTEAD_OF(fd_prestat_get)(int32_t fd, int32_t out);
int32_t INSTEAD_OF(fd_prestat_dir_name)(int32_t fd, int32_t at, int32_t n);
int32_t INSTEAD_OF(fd_read)(int32_t fd, int32_t at, int32_t n, int32_t out);
int32_t INSTEAD_OF(fd_seek)(int32_t fd, int64_t by, int32_t from, int32_t out);
int32_t INSTEAD_OF(fd_write)(int32_t fd, int32_t at, int32_t n, int32_t out);
int32_t INSTEAD_OF(path_open)(int32_t fd, int32_t lookup, int32_t at, int32_t n,
    int32_t how, int64_t rights, int64_t below, int32_t flags, int32_t out);
int32_t INSTEAD_OF(path_remove_directory)(int32_t fd, int32_t at, int32_t n);
int32_t INSTEAD_OF(path_unlink_file)(int32_t fd, int32_t at, int32_t n);
_Noreturn void INSTEAD_OF(proc_exit)(int32_t status);

/* An empty environment: the C library ends the module if it has none. */
int32_t
INSTEAD_OF(environ_sizes_get)(int32_t n, int32_t size)
{
	*(uint32_t *)n = 0;
	*(uint32_t *)size = 0;
	return __WASI_ERRNO_SUCCESS;
}

int32_t
INSTEAD_OF(environ_get)(int32_t environ, int32_t buf)
{
	(void)environ, (void)buf;
	return __WASI_ERRNO_SUCCESS;
}

/* 1970, in every profile of colours that lcms2 makes. */
int32_t
INSTEAD_OF(clock_time_get)(int32_t id, int64_t precision, int32_t out)
{
	(void)id, (void)precision;
	*(uint64_t *)out = 0;
	return __WASI_ERRNO_SUCCESS;
}

int32_t
INSTEAD_OF(fd_close)(int32_t fd)
{
	(void)fd;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_fdstat_get)(int32_t fd, int32_t out)
{
	(void)fd, (void)out;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_fdstat_set_flags)(int32_t fd, int32_t flags)
{
	(void)fd, (void)flags;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_prestat_get)(int32_t fd, int32_t out)
{
	(void)fd, (void)out;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_prestat_dir_name)(int32_t fd, int32_t at, int32_t n)
{
	(void)fd, (void)at, (void)n;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_read)(int32_t fd, int32_t at, int32_t n, int32_t out)
{
	(void)fd, (void)at, (void)n, (void)out;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_seek)(int32_t fd, int64_t by, int32_t from, int32_t out)
{
	(void)fd, (void)by, (void)from, (void)out;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(fd_write)(int32_t fd, int32_t at, int32_t n, int32_t out)
{
	(void)fd, (void)at, (void)n, (void)out;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(path_open)(int32_t fd, int32_t lookup, int32_t at, int32_t n,
    int32_t how, int64_t rights, int64_t below, int32_t flags, int32_t out)
{
	(void)fd, (void)lookup, (void)at, (void)n, (void)how;
	(void)rights, (void)below, (void)flags, (void)out;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(path_remove_directory)(int32_t fd, int32_t at, int32_t n)
{
	(void)fd, (void)at, (void)n;
	return __WASI_ERRNO_BADF;
}

int32_t
INSTEAD_OF(path_unlink_file)(int32_t fd, int32_t at, int32_t n)
{
	(void)fd, (void)at, (void)n;
	return __WASI_ERRNO_BADF;
}

/* A broken invariant. */
void
INSTEAD_OF(proc_exit)(int32_t status)
{
	(void)status;
	__builtin_trap();
}
