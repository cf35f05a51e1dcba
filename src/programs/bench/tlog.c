/* SPDX-License-Identifier: MIT */
/*
 * A log of commitments, written in batches of one to a thousand, each on disk
 * before the next.  At each power of ten: entries a second and whether they
 * become fewer, the bytes that are left on disk, and proofs made of its files,
 * verified as anybody would.  Beside it what cannot be done without: the same
 * bytes synced to a file, and the two hashes that a tree takes for each entry.
 */
#include "programs/bench/tlog.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/random.h"
#include "programs/bench/util.h"
#include "store/file.h"
#include "store/tlog_writer.h"
#include "tlog/proof_file.h"

#define ORIGIN "log.example/bench"
/* Of one entry: a hash, and what it is of. */
#define ENTRY_LEN 64
#define BATCH 1000
#define SMALL_BATCHES 200
#define ROUNDS 1000
#define ROUNDS_QUICK 50

struct scene {
	char dir[64], path[96];
	struct cs_sign_key with;
	struct cs_note_key key;
	struct cs_tlog_owner owner;
	struct cs_tlog_writer *w;
	uint8_t bytes[BATCH][ENTRY_LEN];
	struct cs_view entries[BATCH];
	uint64_t about; /* entries, without the few that came singly */
};

static uint64_t disk_bytes, disk_files;

static int
count_file(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)path;
	(void)where;
	disk_bytes += (uint64_t)st->st_blocks * 512;
	disk_files += flag == FTW_F;
	return 0;
}

static int
remove_file(
    const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static void
begin(struct scene *s)
{
	const char *base = getenv("TMPDIR");

	snprintf(s->dir, sizeof s->dir, "%s/bench-tlog-XXXXXX",
	    base != NULL ? base : "/tmp");
	if (mkdtemp(s->dir) == NULL)
		bench_must(cs_file_errno(), "a folder");
	snprintf(s->path, sizeof s->path, "%s/log", s->dir);
	bench_must(cs_sign_key_new(&s->with), "a key");
	bench_must(cs_note_key(&s->key, ORIGIN, s->with.public), "its name");
	s->owner = (struct cs_tlog_owner){ &s->key, &s->with };
	bench_must(cs_tlog_writer_create(&s->w, s->path, &s->owner), "a log");
	cs_random(s->bytes[0], sizeof s->bytes);
	for (size_t i = 0; i < BATCH; i++)
		s->entries[i] = CS_VIEW_OF(s->bytes[i]);
}

/* A value of the log as long as it is by now. */
static void
value(const struct scene *s, const char *name, double v, const char *unit)
{
	char what[96];

	snprintf(what, sizeof what, "%s, N = %llu", name,
	    (unsigned long long)s->about);
	bench_value(what, v, unit);
}

/* Append ${n} entries in batches of ${batch}; how many a second. */
static double
append(struct scene *s, uint64_t n, size_t batch)
{
	uint64_t from = bench_ns(), first = cs_tlog_writer_size(s->w);

	for (uint64_t done = 0; done < n; done += batch) {
		/* No two entries are the same. */
		for (size_t i = 0; i < batch; i++)
			memcpy(
			    s->bytes[i], &(uint64_t){ first + batch + i }, 8);
		bench_must(
		    cs_tlog_writer_append(s->w, &first, s->entries, batch),
		    "append");
	}
	return (double)n * 1e9 / (double)(bench_ns() - from);
}

/* A batch's entries into a file that is synced, and nothing else; how many of
 * them a second. */
static double
sync_alone(const struct scene *s, unsigned rounds)
{
	struct cs_view bytes = cs_view(s->bytes, sizeof s->bytes);
	char path[112];
	uint64_t from = bench_ns();

	snprintf(path, sizeof path, "%s/alone", s->dir);
	for (unsigned i = 0; i < rounds; i++)
		bench_must(cs_file_write(path, bytes, 0600), "a file");
	return rounds * (double)BATCH * 1e9 / (double)(bench_ns() - from);
}

/* The hash of each entry and one above it, and nothing else; how many entries a
 * second one processor has time for. */
static double
hash_alone(const struct scene *s, unsigned rounds)
{
	struct cs_tlog_hash leaf = { 0 }, above = { 0 };
	uint64_t from = bench_ns();

	for (unsigned i = 0; i < rounds; i++) {
		for (size_t k = 0; k < BATCH; k++) {
			bench_must(
			    cs_tlog_leaf_hash(&leaf, s->entries[k]), "leaf");
			bench_must(
			    cs_tlog_node_hash(&above, &above, &leaf), "node");
		}
	}
	return rounds * (double)BATCH * 1e9 / (double)(bench_ns() - from);
}

static uint64_t
prove_one(const struct scene *s, struct cs_tlog_tiles *tiles, uint64_t index,
    uint64_t *verified, size_t *length)
{
	struct cs_tlog_proof_file file = { .index = index };
	struct cs_tlog_checkpoint c;
	struct cs_tlog_hash leaf;
	struct cs_buf out = { 0 };
	uint64_t from = bench_ns(), made;

	bench_must(cs_tlog_inclusion_make(&file.proof, index, tiles->size,
		       cs_tlog_tiles_node, tiles),
	    "proof");
	made = bench_ns() - from;
	bench_must(cs_tlog_tiles_node(tiles, &leaf, 0, index), "leaf");
	file.note = cs_tlog_writer_note(s->w);
	from = bench_ns();
	bench_must(cs_tlog_proof_file_verify(
		       &c, &file, &leaf, &s->key, cs_view_str(ORIGIN)),
	    "verify");
	*verified = bench_ns() - from;
	bench_must(cs_tlog_proof_file_write(&out, &file), "proof file");
	*length = out.len;
	cs_buf_free(&out);
	return made;
}

static void
prove(struct scene *s, unsigned rounds)
{
	static struct cs_tlog_tiles tiles;
	uint64_t made[ROUNDS], verified[ROUNDS], at = 1;
	size_t length = 0;

	cs_tlog_writer_tiles(s->w, &tiles);
	for (unsigned i = 0; i < rounds; i++) {
		at = at * 6364136223846793005u + 1442695040888963407u;
		made[i] = prove_one(
		    s, &tiles, (at >> 16) % tiles.size, &verified[i], &length);
	}
	value(s, "proof of an entry, made of files, p50",
	    (double)bench_percentile(made, rounds, 50) / 1e3, "us");
	value(s, "verify it with its checkpoint, p50",
	    (double)bench_percentile(verified, rounds, 50) / 1e3, "us");
	value(
	    s, "proof as a file, with its checkpoint", (double)length, "bytes");
}

static void
weigh(const struct scene *s)
{
	double size = (double)cs_tlog_writer_size(s->w);

	disk_bytes = disk_files = 0;
	if (nftw(s->path, count_file, 16, FTW_PHYS) != 0)
		bench_must(cs_file_errno(), "the files");
	value(
	    s, "disk an entry of 64 bytes", (double)disk_bytes / size, "bytes");
	value(s, "files", (double)disk_files, "");
}

static void
open_again(struct scene *s)
{
	uint64_t from;

	cs_tlog_writer_close(s->w);
	from = bench_ns();
	bench_must(
	    cs_tlog_writer_open(&s->w, s->path, &s->owner, NULL), "open again");
	value(s, "open the log again", (double)(bench_ns() - from) / 1e3, "us");
}

void
bench_tlog(const struct bench_options *o)
{
	static struct scene s;
	uint64_t small = o->quick ? SMALL_BATCHES / 10 : SMALL_BATCHES;
	double first = 0, alone, hashes;

	bench_section("A transparency log");
	begin(&s);
	bench_value(
	    "one entry at a time, on disk", append(&s, small, 1), "a second");
	alone = sync_alone(&s, o->quick ? ROUNDS_QUICK / 5 : ROUNDS / 10);
	hashes = hash_alone(&s, o->quick ? ROUNDS_QUICK : ROUNDS);
	bench_value("the same entries into one synced file", alone, "a second");
	bench_value("their hashes alone, one processor", hashes, "a second");
	for (uint64_t n = 10000, done = 0;; done = n, n *= 10) {
		char what[64];
		double rate;

		n = n < o->entries ? n : o->entries;
		rate = append(&s, n - done, BATCH);
		first = first != 0 ? first : rate;
		s.about = n;
		snprintf(what, sizeof what, "in batches of 1,000, up to %llu",
		    (unsigned long long)n);
		bench_ratio(
		    what, rate, "a second", "the first 10,000", first, 0);
		open_again(&s);
		prove(&s, o->quick ? ROUNDS_QUICK : ROUNDS);
		weigh(&s);
		if (n == o->entries)
			break;
	}
	cs_tlog_writer_close(s.w);
	nftw(s.dir, remove_file, 16, FTW_DEPTH | FTW_PHYS);
}
