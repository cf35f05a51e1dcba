/* SPDX-License-Identifier: MIT */
/* Checkpoints: what is read is what is written again, as text, and as a note
 * that others signed, too. */
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "tlog/cosign.h"
#include "tlog/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_text(struct cs_view text)
{
	struct cs_tlog_checkpoint c;
	struct cs_buf again = { 0 };

	if (cs_tlog_checkpoint_parse(&c, text) != CS_OK)
		return;
	fuzz_want(c.size <= CS_TLOG_SIZE_MAX);
	fuzz_ok(cs_tlog_checkpoint_write(&again, &c));
	fuzz_want(cs_view_equal(cs_buf_view(&again), text));
	cs_buf_free(&again);
}

static void
try_note(struct cs_view note)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 1 };
	struct cs_tlog_checkpoint c;
	struct cs_tlog_cosigner who;
	struct cs_sign_key with;
	struct cs_note_key key;
	uint64_t at;

	fuzz_ok(cs_sign_key_from_seed(&with, seed));
	fuzz_ok(cs_note_key(&key, "log.example/1", with.public));
	fuzz_ok(cs_tlog_cosigner(&who, "log.example/1", with.public));
	if (cs_tlog_checkpoint_open(
		&c, note, &key, cs_view_str("log.example/1")) == CS_OK)
		fuzz_want(cs_view_equal(c.origin, cs_view_str(key.name)));
	if (cs_tlog_cosigned(&at, note, &who) == CS_OK)
		fuzz_want(at <= CS_TLOG_COSIGN_TIME_MAX);
}

static void
try_path(struct cs_view path)
{
	struct cs_tlog_tile tile;
	char again[CS_TLOG_PATH_SIZE];

	if (cs_tlog_tile_parse(&tile, path) != CS_OK)
		return;
	cs_tlog_tile_path(again, &tile);
	fuzz_want(cs_view_equal(path, cs_view_str(again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in = cs_view(data, size), text, lines;

	fuzz_ok(cs_crypto_init());
	try_text(in);
	try_note(in);
	try_path(in);
	if (cs_note_split(&text, &lines, in) == CS_OK)
		try_text(text);
	return 0;
}
