/* SPDX-License-Identifier: MIT */
#include "store/db_err.h"

#include <errno.h>
#include <sqlite3.h>

enum cs_err
cs_db_err(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return CS_OK;
	case SQLITE_NOMEM:
		return CS_ERR_NOMEM;
	case SQLITE_FULL:
		return CS_ERR_DISK_FULL;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return CS_ERR_READ_ONLY;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return CS_ERR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return CS_ERR_CORRUPT;
	case SQLITE_CONSTRAINT:
		return CS_ERR_EXISTS;
	case SQLITE_TOOBIG:
		return CS_ERR_LIMIT;
	case SQLITE_IOERR:
		return errno == ENOSPC ? CS_ERR_DISK_FULL : CS_ERR_IO;
	default:
		return CS_ERR_IO;
	}
}
