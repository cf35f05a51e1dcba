/* SPDX-License-Identifier: MIT */
#include "store/blocks.h"

#include "base/reader.h"
#include "base/wipe.h"
#include "base/writer.h"
#include "store/file.h"

static enum cs_err
write_place(struct cs_blocks *b, bool last)
{
	struct cs_writer w;

	cs_buf_reset(&b->place);
	w = cs_writer(&b->place);
	cs_write_bytes(&w, b->context);
	cs_write_u64(&w, b->index);
	cs_write_u8(&w, last);
	return cs_writer_end(&w);
}

enum cs_err
cs_blocks_write(struct cs_blocks *b, struct cs_view plain, bool last)
{
	struct cs_buf length = { 0 };
	struct cs_writer w = cs_writer(&length);
	enum cs_err err;

	if (plain.len > b->max)
		return CS_ERR_LIMIT;
	cs_buf_reset(&b->sealed);
	if ((err = write_place(b, last)) ||
	    (err = cs_seal(&b->sealed, &b->key, cs_buf_view(&b->place), plain)))
		return err;
	b->index++;
	cs_write_u32(&w, (uint32_t)b->sealed.len);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_file_write_fd(b->fd, cs_buf_view(&length))) == CS_OK)
		err = cs_file_write_fd(b->fd, cs_buf_view(&b->sealed));
	cs_buf_free(&length);
	return err;
}

static enum cs_err
unseal(struct cs_buf *plain, struct cs_blocks *b, bool last)
{
	enum cs_err err = write_place(b, last);

	cs_buf_reset(plain);
	return err ? err
		   : cs_unseal(plain, &b->key, cs_buf_view(&b->place),
			 cs_buf_view(&b->sealed));
}

enum cs_err
cs_blocks_read(struct cs_buf *plain, struct cs_blocks *b)
{
	uint8_t length[4], *at;
	struct cs_reader r = cs_reader(CS_VIEW_OF(length));
	size_t n;
	enum cs_err err;

	if (b->last)
		return CS_ERR_NOT_FOUND;
	if ((err = cs_file_read_exactly(b->fd, length, sizeof length)))
		return err;
	if ((n = cs_read_u32(&r)) > b->max + CS_SEAL_OVERHEAD)
		return CS_ERR_FORMAT;
	cs_buf_reset(&b->sealed);
	if ((err = cs_buf_extend(&b->sealed, n, &at)) ||
	    (err = cs_file_read_exactly(b->fd, at, n)))
		return err;
	if ((err = unseal(plain, b, false)) == CS_ERR_DECRYPT) {
		err = unseal(plain, b, true);
		b->last = err == CS_OK;
	}
	/* The first one tells whether the key is the right one. */
	if (err == CS_ERR_DECRYPT && b->index == 0)
		return CS_ERR_PASSPHRASE;
	b->index++;
	return err;
}

void
cs_blocks_clear(struct cs_blocks *b)
{
	cs_buf_free(&b->sealed);
	cs_buf_free(&b->place);
	cs_wipe(&b->key, sizeof b->key);
}
