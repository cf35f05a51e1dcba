/* SPDX-License-Identifier: MIT */
#include "content/letter.h"

#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/seal.h"

#define LETTER_VERSION 1

static const uint8_t magic[9] = { 'C', 'S', 'L', 'E', 'T', 'T', 'E', 'R', '1' };
static const struct cs_reply_dress dress = { { magic, sizeof magic },
	"countersign/letter/v1" };

static enum cs_err
check_text(struct cs_view text)
{
	if (text.len > CS_LETTER_TEXT_MAX)
		return CS_ERR_LIMIT;
	return text.len != 0 && cs_utf8_valid(text) ? CS_OK : CS_ERR_FORMAT;
}

enum cs_err
cs_letter_parse(struct cs_letter *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	enum cs_err err;

	if (cs_read_u8(&r) != LETTER_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	out->language = cs_read_vec_max(&r, CS_LETTER_LANGUAGE_MAX);
	out->text = cs_read_vec_max(&r, CS_LETTER_TEXT_MAX);
	out->credential = cs_read_vec_max(&r, CS_CREDENTIAL_MAX);
	out->proof = cs_read_vec_max(&r, CS_SIGNATURE_LEN);
	if ((err = cs_reader_end(&r)))
		return err;
	if (!cs_utf8_valid(out->language))
		return CS_ERR_FORMAT;
	return check_text(out->text);
}

/* ---- who wrote it ------------------------------------------------------- */

/* Append what is signed. */
static enum cs_err
write_words(struct cs_buf *out, const struct cs_letter *letter,
    const struct cs_letter_about *about, const uint8_t account[static 16])
{
	static const char label[] = "countersign/letter-words/v1";
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(label, sizeof label));
	cs_write_bytes(&w, cs_view(account, 16));
	cs_write_bytes(&w, CS_VIEW_OF(about->id));
	cs_write_u8(&w, about->kind);
	cs_write_bytes(&w, CS_VIEW_OF(about->subject));
	cs_write_vec(&w, letter->language);
	cs_write_vec(&w, letter->text);
	return cs_writer_end(&w);
}

static const uint8_t nobody[16];

static enum cs_err
mac_words(uint8_t out[static CS_SHA256_LEN], const struct cs_letter *letter,
    const struct cs_letter_about *about, const uint8_t report_key[static 32])
{
	struct cs_buf words = { 0 };
	struct cs_view part;
	enum cs_err err = write_words(&words, letter, about, nobody);

	part = cs_buf_view(&words);
	if (err == CS_OK)
		err = cs_hmac_parts(
		    out, CS_SHA256, cs_view(report_key, 32), &part, 1);
	cs_buf_free(&words);
	return err;
}

/* Set credential and proof of ${letter}; ${proof} has the bytes. */
static enum cs_err
prove(struct cs_letter *letter, uint8_t proof[static CS_SIGNATURE_LEN],
    const struct cs_letter_about *about, const struct cs_letter_author *author)
{
	struct cs_buf words = { 0 };
	enum cs_err err;

	if (author->report_key != NULL) {
		letter->credential = cs_view(NULL, 0);
		letter->proof = cs_view(proof, CS_SHA256_LEN);
		return mac_words(proof, letter, about, author->report_key);
	}
	letter->credential = author->credential;
	letter->proof = cs_view(proof, CS_SIGNATURE_LEN);
	if ((err = write_words(&words, letter, about, about->account)) == CS_OK)
		err = cs_sign(proof, author->device_key, cs_buf_view(&words));
	cs_buf_free(&words);
	return err;
}

enum cs_err
cs_letter_check(const struct cs_letter *letter,
    const struct cs_letter_about *about, const uint8_t root_public[static 32],
    uint64_t now_s)
{
	struct cs_identity writer;
	struct cs_buf words = { 0 };
	enum cs_err err;

	if ((err = cs_identity_verify(
		 &writer, letter->credential, cs_view(root_public, 32), now_s)))
		return err;
	if (memcmp(writer.account.account, about->account, 16) != 0)
		return CS_ERR_MISMATCH;
	if ((err = write_words(&words, letter, about, about->account)) == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(writer.device.public),
		    cs_buf_view(&words), letter->proof);
	cs_buf_free(&words);
	return err;
}

enum cs_err
cs_letter_check_unnamed(const struct cs_letter *letter,
    const struct cs_letter_about *about, const uint8_t report_key[static 32])
{
	uint8_t want[CS_SHA256_LEN];
	enum cs_err err;

	if (letter->credential.len != 0)
		return CS_ERR_MISMATCH;
	if ((err = mac_words(want, letter, about, report_key)))
		return err;
	if (letter->proof.len != sizeof want ||
	    !cs_equal_ct(want, letter->proof.data, sizeof want))
		err = CS_ERR_SIGNATURE;
	cs_wipe(want, sizeof want);
	return err;
}

/* ---- sealed ------------------------------------------------------------- */

enum cs_err
cs_letter_seal(struct cs_buf *out, uint8_t reply[static 32],
    const struct cs_letter *letter, const struct cs_letter_about *about,
    const struct cs_letter_author *author, struct cs_view to_public)
{
	struct cs_letter proved = *letter, same;
	uint8_t proof[CS_SIGNATURE_LEN];
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	if ((err = prove(&proved, proof, about, author)))
		return err;
	cs_write_u8(&w, LETTER_VERSION);
	cs_write_vec(&w, proved.language);
	cs_write_vec(&w, proved.text);
	cs_write_vec(&w, proved.credential);
	cs_write_vec(&w, proved.proof);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_letter_parse(&same, cs_buf_view(&plain))) == CS_OK)
		err = cs_reply_key_seal(
		    out, reply, &dress, cs_buf_view(&plain), to_public);
	cs_buf_free(&plain);
	return err;
}

enum cs_err
cs_letter_open(struct cs_letter *out, struct cs_buf *plain,
    uint8_t reply[static 32], struct cs_view sealed,
    const struct cs_hpke_key *key)
{
	enum cs_err err;

	cs_buf_reset(plain);
	if ((err = cs_reply_key_open(plain, reply, &dress, sealed, key)) ==
		CS_OK &&
	    (err = cs_letter_parse(out, cs_buf_view(plain))) != CS_OK)
		cs_wipe(reply, CS_REPLY_KEY_LEN);
	return err;
}

/* ---- what the desk writes back ------------------------------------------ */

struct place {
	uint8_t b[21 + 16];
};

static struct place
place_of(const uint8_t subject[static 16])
{
	struct place p = { "countersign/reply/v1" }; /* with its zero */

	memcpy(p.b + 21, subject, 16);
	return p;
}

enum cs_err
cs_reply_seal(struct cs_buf *out, const uint8_t reply[static 32],
    const uint8_t subject[static 16], struct cs_view text)
{
	struct place place = place_of(subject);
	struct cs_seal_key key;
	enum cs_err err;

	if ((err = check_text(text)))
		return err;
	memcpy(key.b, reply, sizeof key.b);
	err = cs_seal(out, &key, CS_VIEW_OF(place.b), text);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
cs_reply_open(struct cs_buf *out, const uint8_t reply[static 32],
    const uint8_t subject[static 16], struct cs_view sealed)
{
	struct place place = place_of(subject);
	size_t from = out->len;
	struct cs_seal_key key;
	enum cs_err err;

	memcpy(key.b, reply, sizeof key.b);
	if ((err = cs_unseal(out, &key, CS_VIEW_OF(place.b), sealed)) ==
		CS_OK &&
	    (err = check_text(cs_view(out->data + from, out->len - from))) !=
		CS_OK)
		out->len = from;
	cs_wipe(&key, sizeof key);
	return err;
}
