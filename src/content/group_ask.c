/* SPDX-License-Identifier: MIT */
#include "content/group_ask.h"

#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"

#define VERSION 1
#define PADDED_TO 512

static const char ask_label[] = "countersign/group-ask/v1";

/* ---- the link ----------------------------------------------------------- */

enum cs_err
cs_group_link_key(struct cs_hpke_key *out,
    const uint8_t secret[static CS_GROUP_LINK_SECRET_LEN])
{
	return cs_hpke_key_derive(
	    out, CS_DHKEM_X25519, cs_view(secret, CS_GROUP_LINK_SECRET_LEN));
}

enum cs_err
cs_group_link_rendezvous(
    uint8_t out[static 32], const struct cs_group_link *link)
{
	static const char label[] = "countersign/group-link/v1";
	const struct cs_view parts[] = { cs_view(label, sizeof label),
		CS_VIEW_OF(link->root), CS_VIEW_OF(link->key),
		CS_VIEW_OF(link->ref) };

	return cs_hash_parts(out, CS_SHA256, parts, 4);
}

/* ---- what is signed ----------------------------------------------------- */

static enum cs_err
write_words(struct cs_buf *out, const struct cs_group_ask *ask,
    const uint8_t rendezvous[static 32], const uint8_t account[static 16])
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, cs_view(ask_label, sizeof ask_label));
	cs_write_bytes(&w, cs_view(rendezvous, 32));
	cs_write_bytes(&w, cs_view(account, 16));
	cs_write_u64(&w, ask->at_ms);
	cs_write_vec(&w, ask->text);
	return cs_writer_end(&w);
}

static enum cs_err
check_text(struct cs_view text)
{
	if (text.len > CS_GROUP_ASK_TEXT_MAX)
		return CS_ERR_LIMIT;
	return cs_utf8_valid(text) ? CS_OK : CS_ERR_FORMAT;
}

/* ---- the letter --------------------------------------------------------- */

static enum cs_err
write_plain(struct cs_buf *out, const struct cs_group_ask *ask)
{
	static const uint8_t zeroes[PADDED_TO];
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, VERSION);
	cs_write_u64(&w, ask->at_ms);
	cs_write_vec(&w, ask->text);
	cs_write_vec(&w, ask->credential);
	cs_write_bytes(&w, CS_VIEW_OF(ask->proof));
	if (out->len % PADDED_TO != 0)
		cs_write_bytes(
		    &w, cs_view(zeroes, PADDED_TO - out->len % PADDED_TO));
	return cs_writer_end(&w);
}

enum cs_err
cs_group_ask_seal(struct cs_buf *out, const struct cs_group_ask *ask,
    const struct cs_group_link *link, struct cs_view credential,
    const struct cs_sign_key *device_key)
{
	struct cs_group_ask proved = *ask;
	struct cs_buf words = { 0 }, plain = { 0 };
	struct cs_identity self;
	uint8_t rendezvous[32];
	enum cs_err err;

	proved.credential = credential;
	if ((err = check_text(ask->text)) ||
	    (err = cs_identity_peek(&self, credential)) ||
	    (err = cs_group_link_rendezvous(rendezvous, link)) ||
	    (err = write_words(
		 &words, ask, rendezvous, self.account.account)) ||
	    (err = cs_sign(proved.proof, device_key, cs_buf_view(&words))) ||
	    (err = write_plain(&plain, &proved)))
		goto out;
	err = cs_hpke_seal_once(out, cs_suite_find(CS_SUITE_X25519_AES128),
	    CS_VIEW_OF(link->key), cs_view_str(ask_label),
	    CS_VIEW_OF(rendezvous), cs_buf_view(&plain));
out:
	cs_buf_free(&words);
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
parse(struct cs_group_ask *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	enum cs_err err;

	*out = (struct cs_group_ask){ 0 };
	if (cs_read_u8(&r) != VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	out->at_ms = cs_read_u64(&r);
	out->text = cs_read_vec_max(&r, CS_GROUP_ASK_TEXT_MAX);
	out->credential = cs_read_vec_max(&r, CS_CREDENTIAL_MAX);
	cs_read_copy(&r, out->proof, sizeof out->proof);
	if (r.err == CS_OK &&
	    (plain.len % PADDED_TO != 0 || r.left >= PADDED_TO))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	while (cs_reader_more(&r))
		if (cs_read_u8(&r) != 0)
			cs_reader_fail(&r, CS_ERR_FORMAT);
	if ((err = cs_reader_end(&r)))
		return err;
	return check_text(out->text);
}

enum cs_err
cs_group_ask_open(struct cs_group_ask *out, struct cs_buf *plain,
    struct cs_view letter, const struct cs_group_link *link,
    const struct cs_hpke_key *key)
{
	uint8_t rendezvous[32];
	enum cs_err err;

	*out = (struct cs_group_ask){ 0 };
	cs_buf_reset(plain);
	if ((err = cs_group_link_rendezvous(rendezvous, link)) ||
	    (err = cs_hpke_open_once(plain,
		 cs_suite_find(CS_SUITE_X25519_AES128), key,
		 cs_view_str(ask_label), CS_VIEW_OF(rendezvous), letter)))
		return err;
	return parse(out, cs_buf_view(plain));
}

enum cs_err
cs_group_ask_check(struct cs_identity *who, const struct cs_group_ask *ask,
    const struct cs_group_link *link, const uint8_t account[static 16],
    uint64_t now_s)
{
	struct cs_buf words = { 0 };
	uint8_t rendezvous[32];
	enum cs_err err;

	if ((err = cs_identity_verify(
		 who, ask->credential, CS_VIEW_OF(link->root), now_s)))
		return err;
	if (memcmp(who->account.account, account, 16) != 0)
		return CS_ERR_MISMATCH;
	if ((err = cs_group_link_rendezvous(rendezvous, link)) == CS_OK &&
	    (err = write_words(&words, ask, rendezvous, account)) == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(who->device.public),
		    cs_buf_view(&words), CS_VIEW_OF(ask->proof));
	cs_buf_free(&words);
	return err;
}
