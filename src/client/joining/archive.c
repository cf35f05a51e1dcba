/* SPDX-License-Identifier: MIT */
#include "client/joining/archive.h"

#include <string.h>

#include "base/writer.h"
#include "crypto/hash.h"

#define LENGTH_PLACE "countersign/history/length/v1"
#define LENGTH_VERSION 1

static const char label[] = "countersign/history/v1";

static enum cs_err
derive(uint8_t *out, size_t n, const struct client_archive_key *key,
    struct cs_view info)
{
	uint8_t prk[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = cs_hkdf_extract(prk, CS_SHA256, cs_view_str(label),
		 CS_VIEW_OF(key->b))) == CS_OK)
		err = cs_hkdf_expand(out, n, CS_SHA256, CS_VIEW_OF(prk), info);
	cs_wipe(prk, sizeof prk);
	return err;
}

enum cs_err
client_archive_blob(uint8_t out[static CS_ID_LEN],
    const struct client_archive_key *key, uint32_t n)
{
	uint8_t info[12] = "blob";

	cs_put_u64(info + 4, n);
	return derive(out, CS_ID_LEN, key, CS_VIEW_OF(info));
}

uint32_t
client_archive_parts(uint64_t size)
{
	return (
	    uint32_t)((size + CLIENT_ARCHIVE_PART - 1) / CLIENT_ARCHIVE_PART);
}

uint64_t
client_archive_part(uint64_t size, uint32_t n)
{
	uint64_t left = size - n * (uint64_t)CLIENT_ARCHIVE_PART;

	return left < CLIENT_ARCHIVE_PART ? left : CLIENT_ARCHIVE_PART;
}

/* ---- its length --------------------------------------------------------- */

enum cs_err
client_archive_length_seal(
    struct cs_buf *out, const struct client_archive_key *key, uint64_t size)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	struct cs_seal_key seal;
	enum cs_err err;

	cs_write_u8(&w, LENGTH_VERSION);
	cs_write_u64(&w, size);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = derive(seal.b, sizeof seal.b, key, cs_view_str("length"))) ==
		CS_OK)
		err = cs_seal(
		    out, &seal, cs_view_str(LENGTH_PLACE), cs_buf_view(&plain));
	cs_wipe(&seal, sizeof seal);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_archive_length_open(
    uint64_t *size, const struct client_archive_key *key, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_seal_key seal = { { 0 } };
	struct cs_reader r;
	enum cs_err err;

	*size = 0;
	if ((err = derive(seal.b, sizeof seal.b, key, cs_view_str("length"))) ||
	    (err = cs_unseal(&plain, &seal, cs_view_str(LENGTH_PLACE), sealed)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (cs_read_u8(&r) != LENGTH_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	*size = cs_read_u64(&r);
	if ((err = cs_reader_end(&r)) == CS_OK &&
	    (*size == 0 ||
		*size >
		    CLIENT_ARCHIVE_PARTS_MAX * (uint64_t)CLIENT_ARCHIVE_PART))
		err = CS_ERR_LIMIT;
out:
	cs_wipe(&seal, sizeof seal);
	cs_buf_free(&plain);
	return err;
}
