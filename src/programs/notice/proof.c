/* SPDX-License-Identifier: MIT */
#include "programs/notice/proof.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/text.h"
#include "franking/cert.h"
#include "programs/notice/far.h"
#include "programs/notice/json.h"
#include "store/clock.h"
#include "tlog/checkpoint.h"
#include "tlog/proof.h"
#include "tlog/tile.h"

#define RECEIPT_FILE_MAX ((size_t)2048)

/* ---- receipts ------------------------------------------------------------ */

enum cs_err
notice_receipt_read(struct cs_receipt *out, struct notice_receipt *bytes,
    const char *text, const uint8_t root[static CS_KEY_LEN])
{
	json_t *o = json_pack("{s:s}", "receipt", text);
	struct cs_reader r;
	enum cs_err err;

	memset(bytes, 0, sizeof *bytes);
	bytes->file.max = RECEIPT_FILE_MAX;
	if (o == NULL)
		return CS_ERR_FORMAT;
	err = notice_bytes(&bytes->file, o, "receipt");
	json_decref(o);
	if (err)
		return err;
	r = cs_reader(cs_buf_view(&bytes->file));
	bytes->receipt = cs_read_vec_max(&r, CS_RECEIPT_MAX);
	bytes->registrar_cert = cs_read_vec_max(&r, CS_CERT_MAX);
	if ((err = cs_reader_end(&r)))
		return err;
	return cs_receipt_verify(
	    out, bytes->receipt, bytes->registrar_cert, root);
}

void
notice_receipt_clear(struct notice_receipt *r)
{
	cs_buf_free(&r->file);
}

/* ---- certificates -------------------------------------------------------- */

static enum cs_err
certified(uint8_t out[static CS_KEY_LEN], struct notice_place *p,
    const char *name, enum cs_role role)
{
	struct cs_role_key_cert cert;
	struct cs_buf bytes = { 0 };
	json_t *hub = NULL;
	enum cs_err err = CS_ERR_NOT_FOUND;

	if (notice_far_get(&hub, p, "/notices/api/v1/hub") == 0 &&
	    (err = notice_bytes(&bytes, hub, name)) == CS_OK)
		err = cs_role_key_cert_verify(&cert, cs_buf_view(&bytes),
		    CS_VIEW_OF(p->root), role, cs_clock_ms() / CS_SECOND_MS);
	json_decref(hub);
	cs_buf_free(&bytes);
	if (err == CS_OK)
		memcpy(out, cert.public, CS_KEY_LEN);
	return err;
}

enum cs_err
notice_desk_key(uint8_t out[static CS_KEY_LEN], struct notice_place *p)
{
	return certified(out, p, "desk_sign_cert", CS_ROLE_DESK_SIGNING);
}

/* ---- the log ------------------------------------------------------------- */

struct notice_log {
	struct notice_place *p;
	struct cs_buf note;
	struct cs_tlog_checkpoint c;
	struct cs_tlog_tiles tiles;
};

/* A cs_tlog_fetch_tile of a struct notice_log; what is not there any more as a
 * part is there whole. */
static enum cs_err
fetch(void *arg, struct cs_buf *out, const struct cs_tlog_tile *tile)
{
	struct notice_log *l = arg;
	struct cs_tlog_tile there = *tile;
	struct cs_buf file = { 0 };
	char path[CS_TLOG_PATH_SIZE], full[CS_TLOG_PATH_SIZE + 8];
	size_t n = (size_t)tile->width * CS_HASH_LEN;
	enum cs_err err;

	for (int i = 0; i < 2; i++) {
		cs_tlog_tile_path(path, &there);
		snprintf(full, sizeof full, "/log/%s", path);
		cs_buf_reset(&file);
		err = notice_far_file(&file, l->p, full,
		    tile->entries ? CS_TLOG_BUNDLE_MAX : CS_TLOG_TILE_BYTES);
		if (err != CS_ERR_NOT_FOUND)
			break;
		there.width = CS_TLOG_TILE_WIDTH;
	}
	if (err == CS_OK && !tile->entries && file.len < n)
		err = CS_ERR_FORMAT;
	if (err == CS_OK)
		err = cs_buf_add(out,
		    tile->entries ? cs_buf_view(&file) : cs_view(file.data, n));
	cs_buf_free(&file);
	return err;
}

enum cs_err
notice_log_open(struct notice_log **out, struct notice_place *p)
{
	char origin[300];
	uint8_t key[CS_KEY_LEN];
	struct cs_note_key note_key;
	struct notice_log *l = cs_calloc(1, sizeof *l);
	enum cs_err err;

	*out = NULL;
	if (l == NULL)
		return CS_ERR_NOMEM;
	l->p = p;
	snprintf(origin, sizeof origin, "%s/log", p->name);
	if ((err = certified(key, p, "tlog_cert", CS_ROLE_TLOG)) ||
	    (err = cs_note_key(&note_key, origin, key)) ||
	    (err = notice_far_file(
		 &l->note, p, "/log/checkpoint", CS_TLOG_NOTE_MAX)) ||
	    (err = cs_tlog_checkpoint_open(&l->c, cs_buf_view(&l->note),
		 &note_key, cs_view_str(origin)))) {
		notice_log_close(l);
		return err;
	}
	l->tiles.size = l->c.size;
	l->tiles.fetch = fetch;
	l->tiles.arg = l;
	*out = l;
	return CS_OK;
}

void
notice_log_close(struct notice_log *l)
{
	if (l == NULL)
		return;
	cs_buf_free(&l->note);
	cs_free(l, sizeof *l);
}

enum cs_err
notice_log_has(struct notice_log *l, uint64_t number, struct cs_view entry)
{
	struct cs_tlog_proof proof;
	struct cs_tlog_hash leaf;
	enum cs_err err;

	if (number >= l->c.size)
		return CS_ERR_NOT_FOUND;
	if ((err = cs_tlog_leaf_hash(&leaf, entry)) ||
	    (err = cs_tlog_inclusion_make(
		 &proof, number, l->c.size, cs_tlog_tiles_node, &l->tiles)))
		return err;
	err = cs_tlog_inclusion_verify(
	    &proof, &leaf, number, l->c.size, &l->c.root);
	return err == CS_ERR_FORMAT ? CS_ERR_MISMATCH : err;
}
