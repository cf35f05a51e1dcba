/* SPDX-License-Identifier: MIT */
#include "content/media.h"

#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/writer.h"
#include "content/sniff.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/random.h"

/* What voice messages are announced as, with or without parameters. */
#define SOUND_TYPE "audio/ogg"
#define SALT_LEN 16
#define COMMIT_LEN 32
#define NONCE_LEN 12
#define SEALED_CHUNK (CS_MEDIA_CHUNK + CS_AEAD_TAG_LEN)

static const char magic[4] = { 'C', 'S', 'M', '1' };
static const char info[] = "countersign/media/v1";

/* What one file's key and salt give. */
struct file_keys {
	uint8_t aead[32];
	uint8_t commit[COMMIT_LEN];
};

static enum cs_err
derive(struct file_keys *out, const uint8_t key[static CS_MEDIA_KEY_LEN],
    const uint8_t salt[static SALT_LEN])
{
	uint8_t prk[CS_SHA256_LEN], okm[sizeof out->aead + COMMIT_LEN];
	enum cs_err err;

	if ((err = cs_hkdf_extract(prk, CS_SHA256, cs_view(salt, SALT_LEN),
		 cs_view(key, CS_MEDIA_KEY_LEN))) ||
	    (err = cs_hkdf_expand(okm, sizeof okm, CS_SHA256, CS_VIEW_OF(prk),
		 cs_view_str(info))))
		goto out;
	memcpy(out->aead, okm, sizeof out->aead);
	memcpy(out->commit, okm + sizeof out->aead, COMMIT_LEN);
out:
	cs_wipe(prk, sizeof prk);
	cs_wipe(okm, sizeof okm);
	return err;
}

/* u64 index | 000000 | u8 last: a chunk fits in one place, and the end is the
 * end. */
static void
make_nonce(uint8_t nonce[static NONCE_LEN], uint64_t index, bool last)
{
	memset(nonce, 0, NONCE_LEN);
	cs_put_u64(nonce, index);
	nonce[NONCE_LEN - 1] = last;
}

static struct cs_aead_params
chunk_params(const struct file_keys *keys, const uint8_t *nonce)
{
	return (struct cs_aead_params){
		.aead = CS_AES256GCM,
		.key = CS_VIEW_OF(keys->aead),
		.nonce = cs_view(nonce, NONCE_LEN),
	};
}

/* An empty file has one chunk, too, so its end is authentic. */
static uint64_t
count_chunks(uint64_t plain_size)
{
	return plain_size == 0 ? 1 : (plain_size - 1) / CS_MEDIA_CHUNK + 1;
}

uint64_t
cs_media_sealed_size(uint64_t plain_size)
{
	return CS_MEDIA_HEADER_LEN + plain_size +
	    count_chunks(plain_size) * CS_AEAD_TAG_LEN;
}

/* ---- sealing ------------------------------------------------------------ */

struct cs_media_sealer {
	struct file_keys keys;
	uint8_t salt[SALT_LEN];
	struct cs_hasher *plain_hash, *sealed_hash;
	uint64_t plain_size, sealed_size, index;
	enum cs_err err; /* the first failure: the file is lost */
	size_t n;        /* bytes that wait: the last chunk is marked */
	uint8_t chunk[CS_MEDIA_CHUNK];
};

enum cs_err
cs_media_sealer_new(
    struct cs_media_sealer **out, const uint8_t key[static CS_MEDIA_KEY_LEN])
{
	struct cs_media_sealer *s = cs_calloc(1, sizeof *s);
	enum cs_err err;

	*out = NULL;
	if (s == NULL)
		return CS_ERR_NOMEM;
	cs_random(s->salt, sizeof s->salt);
	if ((err = cs_hasher_new(&s->plain_hash, CS_SHA256)) ||
	    (err = cs_hasher_new(&s->sealed_hash, CS_SHA256)) ||
	    (err = derive(&s->keys, key, s->salt))) {
		cs_media_sealer_free(s);
		return err;
	}
	*out = s;
	return CS_OK;
}

/* Hash and count what was appended behind ${from}. */
static enum cs_err
account_for(struct cs_media_sealer *s, const struct cs_buf *out, size_t from)
{
	s->sealed_size += out->len - from;
	return cs_hasher_add(
	    s->sealed_hash, cs_view(out->data + from, out->len - from));
}

static enum cs_err
put_header(struct cs_media_sealer *s, struct cs_buf *out)
{
	size_t from = out->len;
	enum cs_err err;

	if ((err = cs_buf_add(out, cs_view(magic, sizeof magic))) ||
	    (err = cs_buf_add(out, CS_VIEW_OF(s->salt))) ||
	    (err = cs_buf_add(out, CS_VIEW_OF(s->keys.commit))))
		return err;
	return account_for(s, out, from);
}

static enum cs_err
put_chunk(struct cs_media_sealer *s, struct cs_buf *out, bool last)
{
	uint8_t nonce[NONCE_LEN];
	struct cs_aead_params params = chunk_params(&s->keys, nonce);
	size_t from = out->len;
	enum cs_err err;

	if (s->sealed_size == 0) {
		if ((err = put_header(s, out)))
			return err;
		from = out->len;
	}
	make_nonce(nonce, s->index++, last);
	if ((err = cs_aead_seal(out, &params, cs_view(s->chunk, s->n))))
		return err;
	s->n = 0;
	return account_for(s, out, from);
}

static enum cs_err
take(struct cs_media_sealer *s, struct cs_buf *out, struct cs_view plain)
{
	enum cs_err err;

	if (plain.len > CS_MEDIA_FILE_MAX ||
	    s->plain_size > CS_MEDIA_FILE_MAX - plain.len)
		return CS_ERR_LIMIT;
	s->plain_size += plain.len;
	if ((err = cs_hasher_add(s->plain_hash, plain)))
		return err;
	while (plain.len > 0) {
		size_t n = CS_MEDIA_CHUNK - s->n;

		/* Full, and not the last: there is more. */
		if (n == 0) {
			if ((err = put_chunk(s, out, false)))
				return err;
			continue;
		}
		if (n > plain.len)
			n = plain.len;
		memcpy(s->chunk + s->n, plain.data, n);
		s->n += n;
		plain = cs_view(plain.data + n, plain.len - n);
	}
	return CS_OK;
}

enum cs_err
cs_media_sealer_add(
    struct cs_media_sealer *s, struct cs_buf *out, struct cs_view plain)
{
	if (s->err == CS_OK)
		s->err = take(s, out, plain);
	return s->err;
}

enum cs_err
cs_media_sealer_end(struct cs_media_sealer *s, struct cs_buf *out,
    struct cs_media_digests *digests)
{
	enum cs_err err = s->err;

	memset(digests, 0, sizeof *digests);
	if (err || (err = put_chunk(s, out, true)) ||
	    (err = cs_hasher_end(s->sealed_hash, digests->content_hash)) ||
	    (err = cs_hasher_end(s->plain_hash, digests->plain_sha256)))
		goto out;
	digests->size = s->sealed_size;
	digests->plain_size = s->plain_size;
out:
	s->err = err ? err : CS_ERR_MISUSE; /* once */
	return err;
}

void
cs_media_sealer_free(struct cs_media_sealer *s)
{
	if (s == NULL)
		return;
	cs_hasher_free(s->plain_hash);
	cs_hasher_free(s->sealed_hash);
	cs_free(s, sizeof *s);
}

/* ---- opening ------------------------------------------------------------ */

struct cs_media_opener {
	uint8_t key[CS_MEDIA_KEY_LEN];
	uint8_t content_hash[32], plain_sha256[32];
	uint64_t size, plain_size;
	bool is_image, is_sound;
	char type[CS_MIMI_TYPE_MAX + 1];
	struct file_keys keys;
	struct cs_hasher *plain_hash, *sealed_hash;
	uint64_t seen, index, n_chunks;
	bool has_header;
	enum cs_err err; /* the first failure: nothing more is given out */
	size_t n;
	uint8_t chunk[SEALED_CHUNK];
};

/* Does what was announced make sense? Asked before a byte is looked at. */
static enum cs_err
copy_part(struct cs_media_opener *o, const struct cs_mimi_external *part)
{
	if (part->content_type.len > CS_MIMI_TYPE_MAX)
		return CS_ERR_LIMIT;
	if (part->content_type.len != 0)
		memcpy(
		    o->type, part->content_type.data, part->content_type.len);
	/* Media types are compared without case (RFC 2045, section 5.1). */
	o->is_image = strncasecmp(o->type, "image/", 6) == 0;
	o->is_sound = strncasecmp(o->type, SOUND_TYPE, strlen(SOUND_TYPE)) == 0;
	if (part->plain_size > CS_MEDIA_FILE_MAX ||
	    (o->is_image && part->plain_size > CS_MEDIA_PHOTO_MAX))
		return CS_ERR_LIMIT;
	if (part->size != cs_media_sealed_size(part->plain_size))
		return CS_ERR_DIGEST;
	memcpy(o->key, part->key, sizeof o->key);
	memcpy(o->content_hash, part->content_hash, sizeof o->content_hash);
	memcpy(o->plain_sha256, part->plain_sha256, sizeof o->plain_sha256);
	o->size = part->size;
	o->plain_size = part->plain_size;
	o->n_chunks = count_chunks(part->plain_size);
	return CS_OK;
}

enum cs_err
cs_media_opener_new(
    struct cs_media_opener **out, const struct cs_mimi_external *part)
{
	struct cs_media_opener *o = cs_calloc(1, sizeof *o);
	enum cs_err err;

	*out = NULL;
	if (o == NULL)
		return CS_ERR_NOMEM;
	if ((err = copy_part(o, part)) ||
	    (err = cs_hasher_new(&o->plain_hash, CS_SHA256)) ||
	    (err = cs_hasher_new(&o->sealed_hash, CS_SHA256))) {
		cs_media_opener_free(o);
		return err;
	}
	*out = o;
	return CS_OK;
}

static enum cs_err
take_header(struct cs_media_opener *o)
{
	const uint8_t *salt = o->chunk + sizeof magic;
	enum cs_err err;

	if (memcmp(o->chunk, magic, sizeof magic) != 0)
		return CS_ERR_FORMAT;
	if ((err = derive(&o->keys, o->key, salt)))
		return err;
	/* FRANKING, rule 4: AES-GCM alone would open under two keys. */
	if (!cs_equal_ct(salt + SALT_LEN, o->keys.commit, COMMIT_LEN))
		return CS_ERR_MAC;
	o->has_header = true;
	return CS_OK;
}

static enum cs_err
check_type(const struct cs_media_opener *o, struct cs_view first)
{
	const char *is =
	    o->is_sound ? cs_media_sniff_more(first) : cs_media_sniff(first);

	if (o->is_sound)
		return is != NULL && strcmp(is, SOUND_TYPE) == 0 ? CS_OK
								 : CS_ERR_TYPE;
	if (!o->is_image)
		return CS_OK;
	return is != NULL && strcasecmp(is, o->type) == 0 ? CS_OK : CS_ERR_TYPE;
}

static enum cs_err
take_chunk(struct cs_media_opener *o, struct cs_buf *out)
{
	uint8_t nonce[NONCE_LEN];
	struct cs_aead_params params = chunk_params(&o->keys, nonce);
	size_t from = out->len;
	struct cs_view plain;
	enum cs_err err;

	make_nonce(nonce, o->index, o->index + 1 == o->n_chunks);
	if ((err = cs_aead_open(out, &params, cs_view(o->chunk, o->n))))
		return err;
	plain = cs_view(out->data + from, out->len - from);
	if ((o->index == 0 && (err = check_type(o, plain))) ||
	    (err = cs_hasher_add(o->plain_hash, plain))) {
		cs_wipe(out->data + from, plain.len);
		out->len = from;
	}
	o->index++;
	return err;
}

/* How many bytes make the next thing whole: the header, or a chunk. */
static size_t
wanted(const struct cs_media_opener *o)
{
	uint64_t left;

	if (!o->has_header)
		return CS_MEDIA_HEADER_LEN;
	left = o->plain_size - o->index * CS_MEDIA_CHUNK;
	return (left < CS_MEDIA_CHUNK ? (size_t)left : CS_MEDIA_CHUNK) +
	    CS_AEAD_TAG_LEN;
}

static enum cs_err
take_sealed(
    struct cs_media_opener *o, struct cs_buf *out, struct cs_view sealed)
{
	enum cs_err err;

	if (sealed.len > o->size - o->seen)
		return CS_ERR_LIMIT;
	o->seen += sealed.len;
	if ((err = cs_hasher_add(o->sealed_hash, sealed)))
		return err;
	while (sealed.len > 0) {
		size_t want = wanted(o), n = want - o->n;

		if (n > sealed.len)
			n = sealed.len;
		memcpy(o->chunk + o->n, sealed.data, n);
		o->n += n;
		sealed = cs_view(sealed.data + n, sealed.len - n);
		if (o->n < want)
			break;
		if ((err = o->has_header ? take_chunk(o, out) : take_header(o)))
			return err;
		o->n = 0;
	}
	return CS_OK;
}

enum cs_err
cs_media_opener_add(
    struct cs_media_opener *o, struct cs_buf *out, struct cs_view sealed)
{
	if (o->err == CS_OK)
		o->err = take_sealed(o, out, sealed);
	return o->err;
}

enum cs_err
cs_media_opener_end(struct cs_media_opener *o, struct cs_buf *out)
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = o->err;

	(void)out; /* each chunk was given out when it was whole */
	if (err)
		return err;
	o->err = CS_ERR_MISUSE; /* once */
	if (o->seen != o->size)
		return CS_ERR_DIGEST;
	if ((err = cs_hasher_end(o->sealed_hash, hash)))
		return err;
	if (!cs_equal_ct(hash, o->content_hash, sizeof hash))
		return CS_ERR_DIGEST;
	if ((err = cs_hasher_end(o->plain_hash, hash)))
		return err;
	return cs_equal_ct(hash, o->plain_sha256, sizeof hash) ? CS_OK
							       : CS_ERR_DIGEST;
}

void
cs_media_opener_free(struct cs_media_opener *o)
{
	if (o == NULL)
		return;
	cs_hasher_free(o->plain_hash);
	cs_hasher_free(o->sealed_hash);
	cs_free(o, sizeof *o);
}
