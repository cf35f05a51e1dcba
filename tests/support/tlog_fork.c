/* SPDX-License-Identifier: MIT */
/*
 * tlog-fork HUBDIR ORIGIN INDEX BYTE: what an operator could do who changes its
 * mind.  The log in HUBDIR becomes another one, as large and signed by the same
 * key, in which a bit of entry INDEX is another, in that byte of it.  The one
 * before stays in HUBDIR/tlog-before.  The hub has to be stopped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "store/file.h"
#include "store/tlog_writer.h"

static void
must(enum cs_err err, const char *what)
{
	if (err) {
		fprintf(stderr, "tlog-fork: %s: %s\n", what, cs_err_text(err));
		exit(1);
	}
}

/* Append to ${w} what ${from} has, with one bit changed. */
static void
copy(struct cs_tlog_writer *w, struct cs_tlog_writer *from, uint64_t index,
    size_t at)
{
	uint64_t size = cs_tlog_writer_size(from), first;
	struct cs_tlog_tiles tiles = { 0 };
	struct cs_buf bundle = { 0 };

	cs_tlog_writer_tiles(from, &tiles);
	for (uint64_t i = 0; i < size; i++) {
		struct cs_tlog_tile tile = {
			.entries = true,
			.n = i / CS_TLOG_TILE_WIDTH,
		};
		struct cs_view rest, entry;
		uint8_t changed[256];

		tile.width = cs_tlog_tile_width(0, tile.n, size);
		cs_buf_reset(&bundle);
		must(tiles.fetch(tiles.arg, &bundle, &tile), "bundle");
		rest = cs_buf_view(&bundle);
		for (uint64_t k = 0; k <= i % CS_TLOG_TILE_WIDTH; k++)
			must(cs_tlog_bundle_next(&entry, &rest), "entry");
		if (entry.len > sizeof changed || at >= entry.len)
			must(CS_ERR_LIMIT, "entry");
		memcpy(changed, entry.data, entry.len);
		if (i == index)
			changed[at] ^= 2;
		entry.data = changed;
		must(cs_tlog_writer_append(w, &first, &entry, 1), "append");
	}
	cs_buf_free(&bundle);
}

int
main(int argc, char **argv)
{
	char path[4096], now[4096], before[4096];
	struct cs_tlog_writer *from, *to;
	struct cs_sign_key with;
	struct cs_note_key key;
	const struct cs_tlog_owner owner = { &key, &with };
	struct cs_buf seed = { 0 };

	if (argc != 5)
		return 2;
	must(cs_crypto_init(), "crypto");
	snprintf(path, sizeof path, "%s/keys/tlog.key", argv[1]);
	must(cs_file_read(&seed, path, CS_SIGN_SEED_LEN), path);
	must(cs_sign_key_from_seed(&with, seed.data), "key");
	must(cs_note_key(&key, argv[2], with.public), argv[2]);
	snprintf(now, sizeof now, "%s/tlog", argv[1]);
	snprintf(before, sizeof before, "%s/tlog-before", argv[1]);
	snprintf(path, sizeof path, "%s/tlog-new", argv[1]);
	must(cs_tlog_writer_open(&from, now, &owner, NULL), now);
	must(cs_tlog_writer_create(&to, path, &owner), path);
	copy(
	    to, from, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
	cs_tlog_writer_close(from);
	cs_tlog_writer_close(to);
	if (rename(now, before) != 0 || rename(path, now) != 0)
		must(CS_ERR_IO, "rename");
	cs_buf_free(&seed);
	return 0;
}
