/* SPDX-License-Identifier: MIT */
#include "client/joining/backup_file.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "store/blocks.h"
#include "store/file.h"

#define MAGIC "CSBK0001"
#define MAGIC_LEN 8
#define HEAD_LEN (MAGIC_LEN + 1 + CS_PASSWORD_SALT_LEN + 4 + 4)
/* Records are collected up to this, and one of them is not longer. */
#define BLOCK_FULL ((size_t)256 << 10)
#define RECORD_MAX ((size_t)4 << 20)
#define BLOCK_MAX (BLOCK_FULL + RECORD_MAX + 4096)

static const char label[] = "countersign/backup/v1";

struct head {
	uint8_t bytes[HEAD_LEN];
	enum cs_client_backup_under under;
	uint8_t salt[CS_PASSWORD_SALT_LEN];
	struct cs_password_cost cost;
};

/* ---- the key ------------------------------------------------------------ */

static enum cs_err
make_key(struct cs_seal_key *out, const struct head *h, struct cs_view secret)
{
	uint8_t prk[CS_SHA256_LEN];
	enum cs_err err;

	if (h->under == BACKUP_PASSPHRASE)
		return cs_password_key(
		    out->b, sizeof out->b, secret, h->salt, h->cost);
	/* 128 bits of chance need no slow hash. */
	if ((err = cs_hkdf_extract(
		 prk, CS_SHA256, CS_VIEW_OF(h->salt), secret)) == CS_OK)
		err = cs_hkdf_expand(out->b, sizeof out->b, CS_SHA256,
		    CS_VIEW_OF(prk), cs_view_str(label));
	cs_wipe(prk, sizeof prk);
	return err;
}

/* What each block is bound to; ${context} is borrowed by ${blocks}. */
static enum cs_err
make_blocks(struct cs_blocks *blocks, struct cs_buf *context, int fd,
    const struct head *h, struct cs_view secret)
{
	struct cs_writer w = cs_writer(context);
	enum cs_err err;

	cs_write_bytes(&w, cs_view(label, sizeof label));
	cs_write_bytes(&w, CS_VIEW_OF(h->bytes));
	if ((err = cs_writer_end(&w)) ||
	    (err = make_key(&blocks->key, h, secret)))
		return err;
	blocks->fd = fd;
	blocks->context = cs_buf_view(context);
	blocks->max = BLOCK_MAX;
	return CS_OK;
}

/* ---- writing ------------------------------------------------------------ */

struct backup_writer {
	struct head head;
	struct cs_blocks blocks;
	struct cs_buf context, block;
};

static enum cs_err
write_head(struct head *h)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_bytes(&w, cs_view_str(MAGIC));
	cs_write_u8(&w, (uint8_t)h->under);
	cs_write_bytes(&w, CS_VIEW_OF(h->salt));
	cs_write_u32(&w, h->cost.passes);
	cs_write_u32(&w, h->cost.memory_kib);
	if ((err = cs_writer_end(&w)) == CS_OK)
		memcpy(h->bytes, bytes.data, sizeof h->bytes);
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
backup_writer_new(struct backup_writer **out, int fd,
    enum cs_client_backup_under under, struct cs_view secret)
{
	struct backup_writer *w = cs_calloc(1, sizeof *w);
	enum cs_err err;

	*out = NULL;
	if (w == NULL)
		return CS_ERR_NOMEM;
	w->block.max = BLOCK_MAX;
	w->head.under = under;
	w->head.cost = cs_password_cost_default();
	cs_random(w->head.salt, sizeof w->head.salt);
	if ((err = write_head(&w->head)) ||
	    (err = make_blocks(
		 &w->blocks, &w->context, fd, &w->head, secret)) ||
	    (err = cs_file_write_fd(fd, CS_VIEW_OF(w->head.bytes)))) {
		backup_writer_free(w);
		return err;
	}
	*out = w;
	return CS_OK;
}

static enum cs_err
write_block(struct backup_writer *w, bool last)
{
	enum cs_err err =
	    cs_blocks_write(&w->blocks, cs_buf_view(&w->block), last);

	cs_buf_reset(&w->block);
	return err;
}

enum cs_err
backup_write(struct backup_writer *w, uint8_t type, struct cs_view body)
{
	struct cs_writer records = cs_writer(&w->block);
	enum cs_err err;

	if (body.len > RECORD_MAX)
		return CS_ERR_LIMIT;
	cs_write_u8(&records, type);
	cs_write_vec(&records, body);
	if ((err = cs_writer_end(&records)))
		return err;
	return w->block.len >= BLOCK_FULL ? write_block(w, false) : CS_OK;
}

enum cs_err
backup_writer_end(struct backup_writer *w)
{
	enum cs_err err = write_block(w, true);

	return err || fsync(w->blocks.fd) == 0 ? err : cs_file_errno();
}

void
backup_writer_free(struct backup_writer *w)
{
	if (w == NULL)
		return;
	cs_blocks_clear(&w->blocks);
	cs_buf_free(&w->context);
	cs_buf_free(&w->block);
	cs_free(w, sizeof *w);
}

/* ---- reading ------------------------------------------------------------ */

struct backup_reader {
	struct head head;
	struct cs_blocks blocks;
	struct cs_buf context, block;
	struct cs_view rest;
};

static enum cs_err
read_head(struct head *h, int fd)
{
	struct cs_reader r;
	enum cs_err err;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return cs_file_errno();
	if ((err = cs_file_read_exactly(fd, h->bytes, sizeof h->bytes)))
		return err;
	r = cs_reader(CS_VIEW_OF(h->bytes));
	if (!cs_view_equal(
		cs_read_bytes(&r, MAGIC_LEN - 4), cs_view_str("CSBK")))
		return CS_ERR_FORMAT;
	if (!cs_view_equal(cs_read_bytes(&r, 4), cs_view_str("0001")))
		return CS_ERR_VERSION;
	h->under = cs_read_u8(&r);
	cs_read_copy(&r, h->salt, sizeof h->salt);
	h->cost.passes = cs_read_u32(&r);
	h->cost.memory_kib = cs_read_u32(&r);
	return h->under >= BACKUP_PASSPHRASE && h->under <= BACKUP_KEY
	    ? cs_reader_end(&r)
	    : CS_ERR_FORMAT;
}

enum cs_err
backup_under(enum cs_client_backup_under *out, int fd)
{
	struct head h;
	enum cs_err err = read_head(&h, fd);

	*out = h.under;
	return err;
}

enum cs_err
backup_reader_new(struct backup_reader **out, int fd,
    enum cs_client_backup_under under, struct cs_view secret)
{
	struct backup_reader *r = cs_calloc(1, sizeof *r);
	enum cs_err err;

	*out = NULL;
	if (r == NULL)
		return CS_ERR_NOMEM;
	r->block.max = BLOCK_MAX;
	if ((err = read_head(&r->head, fd)) ||
	    (err = r->head.under == under ? CS_OK : CS_ERR_FORMAT) ||
	    (err = make_blocks(
		 &r->blocks, &r->context, fd, &r->head, secret))) {
		backup_reader_free(r);
		return err;
	}
	*out = r;
	return CS_OK;
}

enum cs_err
backup_read(struct backup_reader *r, uint8_t *type, struct cs_view *body)
{
	struct cs_reader records;
	enum cs_err err;

	while (r->rest.len == 0) {
		if ((err = cs_blocks_read(&r->block, &r->blocks)))
			return err;
		r->rest = cs_buf_view(&r->block);
	}
	records = cs_reader(r->rest);
	*type = cs_read_u8(&records);
	*body = cs_read_vec_max(&records, RECORD_MAX);
	if (records.err)
		return CS_ERR_FORMAT;
	r->rest = cs_view(body->data + body->len,
	    r->rest.len - 1 - body->len -
		(size_t)(body->data - r->rest.data - 1));
	return CS_OK;
}

void
backup_reader_free(struct backup_reader *r)
{
	if (r == NULL)
		return;
	cs_blocks_clear(&r->blocks);
	cs_buf_free(&r->context);
	cs_buf_free(&r->block);
	cs_free(r, sizeof *r);
}
