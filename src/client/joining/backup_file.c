/* SPDX-License-Identifier: MIT */
#include "client/joining/backup_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/seal.h"
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

static enum cs_err
write_place(struct cs_buf *out, const struct head *h, uint64_t index, bool last)
{
	struct cs_writer w;

	cs_buf_reset(out);
	w = cs_writer(out);
	cs_write_bytes(&w, cs_view(label, sizeof label));
	cs_write_bytes(&w, CS_VIEW_OF(h->bytes));
	cs_write_u64(&w, index);
	cs_write_u8(&w, last);
	return cs_writer_end(&w);
}

/* ---- writing ------------------------------------------------------------ */

struct backup_writer {
	int fd;
	struct head head;
	struct cs_seal_key key;
	uint64_t index;
	struct cs_buf block, sealed, place;
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
	w->fd = fd;
	w->block.max = w->sealed.max = BLOCK_MAX;
	w->head.under = under;
	w->head.cost = cs_password_cost_default();
	cs_random(w->head.salt, sizeof w->head.salt);
	if ((err = write_head(&w->head)) ||
	    (err = make_key(&w->key, &w->head, secret)) ||
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
	struct cs_buf length = { 0 };
	struct cs_writer l = cs_writer(&length);
	enum cs_err err;

	if ((err = write_place(&w->place, &w->head, w->index++, last)) ||
	    (err = cs_seal(&w->sealed, &w->key, cs_buf_view(&w->place),
		 cs_buf_view(&w->block))))
		return err;
	cs_write_u32(&l, (uint32_t)w->sealed.len);
	if ((err = cs_writer_end(&l)) == CS_OK &&
	    (err = cs_file_write_fd(w->fd, cs_buf_view(&length))) == CS_OK)
		err = cs_file_write_fd(w->fd, cs_buf_view(&w->sealed));
	cs_buf_free(&length);
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

	return err || fsync(w->fd) == 0 ? err : cs_file_errno();
}

void
backup_writer_free(struct backup_writer *w)
{
	if (w == NULL)
		return;
	cs_buf_free(&w->block);
	cs_buf_free(&w->sealed);
	cs_buf_free(&w->place);
	cs_free(w, sizeof *w);
}

/* ---- reading ------------------------------------------------------------ */

struct backup_reader {
	int fd;
	struct head head;
	struct cs_seal_key key;
	uint64_t index;
	bool last;
	struct cs_buf block, sealed, place;
	struct cs_view rest;
};

/* CS_ERR_FORMAT: the file ends before. */
static enum cs_err
read_exactly(int fd, uint8_t *out, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, out, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? cs_file_errno() : CS_ERR_FORMAT;
		out += got;
		n -= (size_t)got;
	}
	return CS_OK;
}

static enum cs_err
read_head(struct head *h, int fd)
{
	struct cs_reader r;
	enum cs_err err;

	if (lseek(fd, 0, SEEK_SET) != 0)
		return cs_file_errno();
	if ((err = read_exactly(fd, h->bytes, sizeof h->bytes)))
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
	return h->under == BACKUP_PASSPHRASE || h->under == BACKUP_WORDS
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
backup_reader_new(struct backup_reader **out, int fd, struct cs_view secret)
{
	struct backup_reader *r = cs_calloc(1, sizeof *r);
	enum cs_err err;

	*out = NULL;
	if (r == NULL)
		return CS_ERR_NOMEM;
	r->fd = fd;
	r->block.max = r->sealed.max = BLOCK_MAX;
	if ((err = read_head(&r->head, fd)) ||
	    (err = make_key(&r->key, &r->head, secret))) {
		backup_reader_free(r);
		return err;
	}
	*out = r;
	return CS_OK;
}

static enum cs_err
open_block(struct backup_reader *r, bool last)
{
	enum cs_err err = write_place(&r->place, &r->head, r->index, last);

	return err ? err
		   : cs_unseal(&r->block, &r->key, cs_buf_view(&r->place),
			 cs_buf_view(&r->sealed));
}

static enum cs_err
read_block(struct backup_reader *r)
{
	uint8_t length[4], *at;
	struct cs_reader l = cs_reader(CS_VIEW_OF(length));
	size_t n;
	enum cs_err err;

	if ((err = read_exactly(r->fd, length, sizeof length)))
		return err;
	if ((n = cs_read_u32(&l)) > BLOCK_MAX)
		return CS_ERR_FORMAT;
	cs_buf_reset(&r->sealed);
	if ((err = cs_buf_extend(&r->sealed, n, &at)) ||
	    (err = read_exactly(r->fd, at, n)))
		return err;
	if ((err = open_block(r, false)) == CS_ERR_DECRYPT) {
		err = open_block(r, true);
		r->last = err == CS_OK;
	}
	if (err == CS_ERR_DECRYPT && r->index == 0)
		return CS_ERR_PASSPHRASE;
	r->index++;
	r->rest = cs_buf_view(&r->block);
	return err;
}

enum cs_err
backup_read(struct backup_reader *r, uint8_t *type, struct cs_view *body)
{
	struct cs_reader records;
	enum cs_err err;

	while (r->rest.len == 0) {
		if (r->last)
			return CS_ERR_NOT_FOUND;
		if ((err = read_block(r)))
			return err;
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
	cs_buf_free(&r->block);
	cs_buf_free(&r->sealed);
	cs_buf_free(&r->place);
	cs_free(r, sizeof *r);
}
