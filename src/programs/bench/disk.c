/* SPDX-License-Identifier: MIT */
#include "programs/bench/disk.h"

#include <stdio.h>

#include "programs/bench/bench.h"
#include "programs/bench/util.h"
#include "store/db.h"

static const char *const steps[] = {
	"CREATE TABLE row(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
};
static const struct cs_db_schema schema = { "countersign bench", steps, 1 };

struct cs_db *
bench_disk_open(const struct bench_hub *h)
{
	struct cs_db *db;
	char path[256];

	snprintf(path, sizeof path, "%s/../sync.db", h->dir);
	bench_must(cs_db_open(&db, path, CS_DB_SHARED, &schema), "database");
	return db;
}

void
bench_disk_close(struct cs_db *db)
{
	cs_db_close(db);
}

uint64_t
bench_disk_commit(struct cs_db *db, unsigned rows)
{
	static const uint8_t bytes[1400];
	uint64_t from = bench_ns();

	bench_must(cs_db_begin(db), "begin");
	for (unsigned i = 0; i < rows; i++)
		bench_must(cs_db_exec(db, "INSERT INTO row(bytes) VALUES(?)",
			       cs_blob(CS_VIEW_OF(bytes))),
		    "insert");
	bench_must(cs_db_commit(db), "commit");
	return bench_ns() - from;
}

double
bench_disk_rate(struct cs_db *db, unsigned rows)
{
	uint64_t from = bench_ns();
	unsigned n = 0;

	for (; bench_ns() - from < 1000000000u; n += rows)
		(void)bench_disk_commit(db, rows);
	return n * 1e9 / (double)(bench_ns() - from);
}
