/* SPDX-License-Identifier: MIT */
/*
 * SQLite's files in a browser: what wasi-libc's calls lead to.
 *
 * One process has them open, and the host holds each file alone, so there are
 * no locks, and no memory shared beside the log: SQLite keeps its index on the
 * heap, because databases here are open alone (store/forget.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_MAX_LEN 512
#define SECTOR 4096
#define UNIX_EPOCH_MS 210866760000000 /* in SQLite's days, which are Julian */
#define ENTROPY_MOST 256              /* of getentropy() */

struct file {
	sqlite3_file base;
	int fd;
};

static int
fd_of(const sqlite3_file *f)
{
	return ((const struct file *)f)->fd;
}

/* ---- a file ------------------------------------------------------------- */

static int
file_close(sqlite3_file *f)
{
	close(fd_of(f));
	return SQLITE_OK;
}

static int
file_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	ssize_t got = pread(fd_of(f), out, (size_t)n, at);

	if (got < 0)
		return SQLITE_IOERR_READ;
	if (got == n)
		return SQLITE_OK;
	memset((char *)out + got, 0, (size_t)(n - got));
	return SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *f, const void *in, int n, sqlite3_int64 at)
{
	if (pwrite(fd_of(f), in, (size_t)n, at) == n)
		return SQLITE_OK;
	return errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	return ftruncate(fd_of(f), n) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int
file_sync(sqlite3_file *f, int how)
{
	(void)how;
	return fsync(fd_of(f)) == 0 ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *out)
{
	struct stat st;

	if (fstat(fd_of(f), &st) != 0)
		return SQLITE_IOERR_FSTAT;
	*out = st.st_size;
	return SQLITE_OK;
}

static int
file_lock(sqlite3_file *f, int level)
{
	(void)f;
	(void)level;
	return SQLITE_OK;
}

static int
file_reserved(sqlite3_file *f, int *out)
{
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *f, int what, void *arg)
{
	(void)f;
	(void)what;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
file_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR;
}

static int
file_traits(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

/* ---- files -------------------------------------------------------------- */

static int
vfs_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out)
{
	int how = (flags & SQLITE_OPEN_READONLY) != 0 ? O_RDONLY : O_RDWR;

	(void)v;
	f->pMethods = NULL;
	if (path == NULL) /* what is temporary stays in memory */
		return SQLITE_CANTOPEN;
	if ((flags & SQLITE_OPEN_CREATE) != 0)
		how |= O_CREAT;
	((struct file *)f)->fd = open(path, how, 0600);
	if (fd_of(f) < 0)
		return errno == ENOSPC ? SQLITE_FULL : SQLITE_CANTOPEN;
	f->pMethods = &methods;
	if (out != NULL)
		*out = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *v, const char *path, int sync)
{
	(void)v;
	(void)sync;
	if (unlink(path) == 0)
		return SQLITE_OK;
	return errno == ENOENT ? SQLITE_IOERR_DELETE_NOENT
			       : SQLITE_IOERR_DELETE;
}

static int
vfs_access(sqlite3_vfs *v, const char *path, int what, int *out)
{
	struct stat st;

	(void)v;
	*out = stat(path, &st) == 0 &&
	    (what != SQLITE_ACCESS_EXISTS || st.st_size != 0);
	return SQLITE_OK;
}

static int
vfs_full_path(sqlite3_vfs *v, const char *path, int n, char *out)
{
	(void)v;
	sqlite3_snprintf(n, out, "%s", path);
	return SQLITE_OK;
}

static int
vfs_random(sqlite3_vfs *v, int n, char *out)
{
	size_t most = n > ENTROPY_MOST ? ENTROPY_MOST : (size_t)n;

	(void)v;
	return getentropy(out, most) == 0 ? (int)most : 0;
}

/* Nobody holds a lock that would be waited for. */
static int
vfs_sleep(sqlite3_vfs *v, int us)
{
	(void)v;
	return us;
}

static int
vfs_now_ms(sqlite3_vfs *v, sqlite3_int64 *out)
{
	struct timespec ts;

	(void)v;
	clock_gettime(CLOCK_REALTIME, &ts);
	*out = UNIX_EPOCH_MS + (sqlite3_int64)ts.tv_sec * 1000 +
	    ts.tv_nsec / 1000000;
	return SQLITE_OK;
}

static int
vfs_now(sqlite3_vfs *v, double *out)
{
	sqlite3_int64 ms;

	(void)vfs_now_ms(v, &ms);
	*out = (double)ms / 86400000.0;
	return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *v, int n, char *out)
{
	(void)v;
	(void)n;
	(void)out;
	return errno;
}

static sqlite3_vfs vfs = {
	.iVersion = 2,
	.szOsFile = sizeof(struct file),
	.mxPathname = PATH_MAX_LEN,
	.zName = "web",
	.xOpen = vfs_open,
	.xDelete = vfs_delete,
	.xAccess = vfs_access,
	.xFullPathname = vfs_full_path,
	.xRandomness = vfs_random,
	.xSleep = vfs_sleep,
	.xCurrentTime = vfs_now,
	.xGetLastError = vfs_last_error,
	.xCurrentTimeInt64 = vfs_now_ms,
};

/* Called by SQLite, once. */
int
sqlite3_os_init(void)
{
	return sqlite3_vfs_register(&vfs, 1);
}

int
sqlite3_os_end(void)
{
	return SQLITE_OK;
}
