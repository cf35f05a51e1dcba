/* SPDX-License-Identifier: MIT */
/*
 * tlog-interop FOLDER: prints what a log is to us, line by line: roots, proofs,
 * paths, notes; and writes a log into FOLDER.  tests/interop/tlog/main.go
 * prints the same, by Go's own packages, which share no line with ours; and
 * reads the log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "store/tlog_writer.h"
#include "tlog/cosign.h"
#include "tlog/proof.h"
#include "tlog/proof_file.h"
#include "tlog/witness.h"

#define ORIGIN "log.example/1"
#define WITNESS "witness.example/w1"
#define SMALL 300
#define WRITTEN 70000
#define BATCH 777

static struct cs_tlog_hash nodes[10][512];

static void
must(enum cs_err err)
{
	if (err) {
		fprintf(stderr, "tlog-interop: %s\n", cs_err_text(err));
		exit(1);
	}
}

static void
say_hash(const struct cs_tlog_hash *h)
{
	char text[2 * CS_HASH_LEN + 1];

	cs_hex(text, CS_VIEW_OF(h->bytes));
	printf(" %s", text);
}

static void
say_proof(const struct cs_tlog_proof *p)
{
	for (size_t i = 0; i < p->n; i++)
		say_hash(&p->hashes[i]);
	printf("\n");
}

/* ---- small trees -------------------------------------------------------- */

static struct cs_view
entry_of(char out[static 32], uint64_t i)
{
	snprintf(out, 32, "entry %llu", (unsigned long long)i);
	return cs_view_str(out);
}

static enum cs_err
small_node(void *arg, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	(void)arg;
	*out = nodes[level][index];
	return CS_OK;
}

static void
small(void)
{
	struct cs_tlog_proof proof;
	struct cs_tlog_hash root;
	char text[32];

	for (uint64_t i = 0; i < 512; i++)
		must(cs_tlog_leaf_hash(&nodes[0][i], entry_of(text, i)));
	for (unsigned level = 1; level < 10; level++)
		for (uint64_t i = 0; i < 512u >> level; i++)
			must(cs_tlog_node_hash(&nodes[level][i],
			    &nodes[level - 1][2 * i],
			    &nodes[level - 1][2 * i + 1]));
	for (uint64_t n = 1; n <= SMALL; n++) {
		must(cs_tlog_root(&root, n, small_node, NULL));
		printf("root %llu", (unsigned long long)n);
		say_hash(&root);
		printf("\n");
		for (uint64_t i = 0; i < n; i++) {
			must(cs_tlog_inclusion_make(
			    &proof, i, n, small_node, NULL));
			printf("in %llu %llu", (unsigned long long)i,
			    (unsigned long long)n);
			say_proof(&proof);
			must(cs_tlog_consistency_make(
			    &proof, i + 1, n, small_node, NULL));
			printf("from %llu %llu", (unsigned long long)i + 1,
			    (unsigned long long)n);
			say_proof(&proof);
		}
	}
}

/* ---- large trees, of nodes that are made up ----------------------------- */

static enum cs_err
made_up(void *arg, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	char text[64];

	(void)arg;
	snprintf(
	    text, sizeof text, "%u %llu", level, (unsigned long long)index);
	return cs_sha256(out->bytes, cs_view_str(text));
}

static void
large_one(uint64_t index, uint64_t size)
{
	struct cs_tlog_proof proof;
	struct cs_tlog_hash root;

	must(cs_tlog_root(&root, size, made_up, NULL));
	printf("large %llu %llu", (unsigned long long)index,
	    (unsigned long long)size);
	say_hash(&root);
	must(cs_tlog_inclusion_make(&proof, index, size, made_up, NULL));
	say_proof(&proof);
	must(cs_tlog_consistency_make(&proof, index + 1, size, made_up, NULL));
	printf("large from");
	say_proof(&proof);
}

static void
large(void)
{
	static const uint64_t sizes[] = { 65535, 65536, 65537, 1000003,
		1ull << 32, (1ull << 40) + 12345, (1ull << 60) - 1 };

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (uint64_t at = 1; at <= sizes[i]; at = 5 * at + 2) {
			large_one(at - 1, sizes[i]);
			large_one(sizes[i] - at, sizes[i]);
		}
}

/* ---- tiles -------------------------------------------------------------- */

static void
tiles(void)
{
	static const uint64_t sizes[] = { 1, 255, 256, 257, 65535, 65536, 70000,
		256256, 1000003, 300000000, 1ull << 40, (1ull << 60) - 1 };
	char path[CS_TLOG_PATH_SIZE];
	struct cs_tlog_tile tile;
	unsigned first, count;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (uint64_t at = 1; at <= sizes[i]; at = 3 * at + 1) {
			must(cs_tlog_tile_of_node(
			    &tile, &first, &count, 0, sizes[i] - at, sizes[i]));
			cs_tlog_tile_path(path, &tile);
			printf("tile %llu %llu %s %u\n",
			    (unsigned long long)(sizes[i] - at),
			    (unsigned long long)sizes[i], path, first);
		}
}

/* ---- a log -------------------------------------------------------------- */

static void
say_keys(const struct cs_note_key *key, const struct cs_tlog_cosigner *who)
{
	char text[CS_NOTE_KEY_SIZE];

	cs_note_key_text(text, key);
	printf("key %s\n", text);
	cs_tlog_cosigner_text(text, who);
	printf("witness %s\n", text);
}

static void
write_log(struct cs_tlog_writer *w)
{
	static char text[BATCH][32];
	static struct cs_view entries[BATCH];
	uint64_t first;

	for (uint64_t size = 0; size < WRITTEN;) {
		size_t n = WRITTEN - size < BATCH ? WRITTEN - size : BATCH;

		for (size_t i = 0; i < n; i++)
			entries[i] = entry_of(text[i], size + i);
		must(cs_tlog_writer_append(w, &first, entries, n));
		size += n;
	}
}

static void
say_offline(struct cs_tlog_writer *w, struct cs_view note)
{
	static struct cs_tlog_tiles from;
	struct cs_tlog_proof_file file = { .index = 12345, .note = note };
	struct cs_buf out = { 0 };

	cs_tlog_writer_tiles(w, &from);
	must(cs_tlog_inclusion_make(
	    &file.proof, file.index, WRITTEN, cs_tlog_tiles_node, &from));
	must(cs_tlog_proof_file_write(&out, &file));
	printf("%.*s", (int)out.len, (const char *)out.data);
	cs_buf_free(&out);
}

/* What the log says to a witness that has cosigned some of it. */
static void
say_requests(struct cs_tlog_writer *w)
{
	static const uint64_t sizes[] = { 0, 1, 255, 256, 12345, 65536,
		WRITTEN - 1, WRITTEN };
	static struct cs_tlog_tiles from;

	cs_tlog_writer_tiles(w, &from);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cs_tlog_witness_request rq = { .old = sizes[i],
			.note = cs_tlog_writer_note(w) };
		struct cs_buf out = { 0 };

		must(cs_tlog_consistency_make(
		    &rq.proof, rq.old, WRITTEN, cs_tlog_tiles_node, &from));
		must(cs_tlog_witness_request_write(&out, &rq));
		printf("%.*s", (int)out.len, (const char *)out.data);
		cs_buf_free(&out);
	}
}

static void
a_log(const char *folder)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 1 };
	static const uint8_t witness_seed[CS_SIGN_SEED_LEN] = { 2 };
	struct cs_sign_key with, witness;
	struct cs_note_key key;
	struct cs_tlog_cosigner who;
	const struct cs_tlog_owner owner = { &key, &with };
	char line[CS_TLOG_COSIGN_LINE_SIZE];
	struct cs_buf note = { 0 };
	struct cs_view text, lines;
	struct cs_tlog_writer *w;

	must(cs_sign_key_from_seed(&with, seed));
	must(cs_note_key(&key, ORIGIN, with.public));
	must(cs_sign_key_from_seed(&witness, witness_seed));
	must(cs_tlog_cosigner(&who, WITNESS, witness.public));
	say_keys(&key, &who);
	must(cs_tlog_writer_create(&w, folder, &owner));
	write_log(w);
	must(cs_buf_add(&note, cs_tlog_writer_note(w)));
	must(cs_note_split(&text, &lines, cs_buf_view(&note)));
	must(cs_tlog_cosign(line, &who, &witness, text, 1679315147));
	must(cs_buf_add(&note, cs_view_str(line)));
	say_offline(w, cs_buf_view(&note));
	say_requests(w);
	cs_buf_free(&note);
	cs_tlog_writer_close(w);
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	must(cs_crypto_init());
	small();
	large();
	tiles();
	a_log(argv[1]);
	return 0;
}
