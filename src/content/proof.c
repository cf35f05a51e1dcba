/* SPDX-License-Identifier: MIT */
#include "content/proof.h"

#include <string.h>

#include "base/reader.h"
#include "base/units.h"
#include "base/writer.h"
#include "content/mimi_names.h"

/* Versions: with a stamp that was signed alone, or in a batch. */
#define ALONE 1
#define IN_BATCH 2

static void
write_stamp(struct cs_writer *w, const struct cs_stamp *s)
{
	cs_write_u8(w, s->flags);
	cs_write_bytes(w, CS_VIEW_OF(s->operator_id));
	cs_write_bytes(w, CS_VIEW_OF(s->key_id));
	cs_write_u64(w, s->accepted_ms);
	cs_write_bytes(w, CS_VIEW_OF(s->group_ref));
	cs_write_u64(w, s->epoch);
	cs_write_u64(w, s->group_seq);
	cs_write_bytes(w, CS_VIEW_OF(s->account));
	cs_write_bytes(w, CS_VIEW_OF(s->device));
	cs_write_bytes(w, CS_VIEW_OF(s->tag));
	cs_write_bytes(w, CS_VIEW_OF(s->msg_hash));
	cs_write_bytes(w, CS_VIEW_OF(s->chain_prev));
	cs_write_bytes(w, CS_VIEW_OF(s->sig));
}

static void
read_stamp(struct cs_reader *r, struct cs_stamp *s)
{
	s->flags = cs_read_u8(r);
	cs_read_copy(r, s->operator_id, sizeof s->operator_id);
	cs_read_copy(r, s->key_id, sizeof s->key_id);
	s->accepted_ms = cs_read_u64(r);
	cs_read_copy(r, s->group_ref, sizeof s->group_ref);
	s->epoch = cs_read_u64(r);
	s->group_seq = cs_read_u64(r);
	cs_read_copy(r, s->account, sizeof s->account);
	cs_read_copy(r, s->device, sizeof s->device);
	cs_read_copy(r, s->tag, sizeof s->tag);
	cs_read_copy(r, s->msg_hash, sizeof s->msg_hash);
	cs_read_copy(r, s->chain_prev, sizeof s->chain_prev);
	cs_read_copy(r, s->sig, sizeof s->sig);
}

enum cs_err
cs_capsule_write(struct cs_buf *out, const struct cs_capsule *c)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, c->stamp.batch.n != 0 ? IN_BATCH : ALONE);
	cs_write_vec(&w, c->application_data);
	cs_write_u32(&w, c->leaf);
	cs_write_u64(&w, c->sender_seq);
	cs_write_u64(&w, c->claimed_ms);
	cs_write_bytes(&w, CS_VIEW_OF(c->sig));
	write_stamp(&w, &c->stamp);
	if (c->stamp.batch.n != 0)
		cs_stamp_place_write(&w, &c->stamp.batch);
	cs_write_vec(&w, c->credential);
	return cs_writer_end(&w);
}

enum cs_err
cs_capsule_parse(struct cs_capsule *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	uint8_t version = cs_read_u8(&r);

	memset(out, 0, sizeof *out);
	if (version != ALONE && version != IN_BATCH)
		cs_reader_fail(&r, CS_ERR_VERSION);
	out->application_data = cs_read_vec_max(&r, CS_MIMI_MAX);
	out->leaf = cs_read_u32(&r);
	out->sender_seq = cs_read_u64(&r);
	out->claimed_ms = cs_read_u64(&r);
	cs_read_copy(&r, out->sig, sizeof out->sig);
	read_stamp(&r, &out->stamp);
	if (version == IN_BATCH) {
		cs_stamp_place_read(&r, &out->stamp.batch);
		if (out->stamp.batch.n == 0)
			cs_reader_fail(&r, CS_ERR_FORMAT);
	}
	out->credential = cs_read_vec_max(&r, CS_CREDENTIAL_MAX);
	return cs_reader_end(&r);
}

static const struct {
	const char *name;
	const char *text;
} links[CS_LINKS] = {
	[CS_LINK_CONTENT] = { "content",
	    "the content is well formed and names its sender and group" },
	[CS_LINK_TAG] = { "tag",
	    "the tag that was sent along commits to exactly this content" },
	[CS_LINK_ACCOUNT] = { "account",
	    "the operator registered the account under this name and key" },
	[CS_LINK_CERT] = { "device-certificate",
	    "the account's own keys certified the sending device" },
	[CS_LINK_SENDER] = { "sender-signature",
	    "the sending device signed it, for this group and time" },
	[CS_LINK_STAMP_KEY] = { "stamp-key",
	    "the operator's root key certified the key that stamped it" },
	[CS_LINK_STAMP] = { "stamp",
	    "the operator accepted it, at this time, under this number" },
};

const char *
cs_link_name(enum cs_link link)
{
	return links[link].name;
}

const char *
cs_link_text(enum cs_link link)
{
	return links[link].text;
}

/* The account that was stamped, with a registrar that the root certified. */
static enum cs_err
check_account(const struct cs_capsule *c, const uint8_t root_public[static 32])
{
	struct cs_credential credential;
	struct cs_account_cert account;
	enum cs_err err;

	if ((err = cs_credential_parse(&credential, c->credential)) ||
	    (err = cs_account_cert_verify(&account, credential.account_cert,
		 credential.registrar_cert, cs_view(root_public, 32))))
		return err;
	return memcmp(account.account, c->stamp.account, 16) == 0
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

/* The whole of it has to be the sender's, and valid when it was accepted. */
static enum cs_err
check_cert(struct cs_identity *sender, const struct cs_capsule *c,
    const uint8_t root_public[static 32])
{
	enum cs_err err = cs_identity_verify(sender, c->credential,
	    cs_view(root_public, 32), c->stamp.accepted_ms / CS_SECOND_MS);

	if (err)
		return err;
	if (memcmp(sender->account.account, c->stamp.account, 16) != 0 ||
	    memcmp(sender->device.device, c->stamp.device, 16) != 0)
		return CS_ERR_MISMATCH;
	return CS_OK;
}

static enum cs_err
check_content(struct cs_mimi_content *content, const struct cs_capsule *c)
{
	struct cs_identity sender;
	enum cs_err err = cs_mimi_parse(content, c->application_data);

	if (err)
		return err;
	/* Whoever certified it, the name has to be the one in the text. */
	if ((err = cs_identity_peek(&sender, c->credential)))
		return err;
	if (!cs_mimi_user_uri_names(
		content->sender_uri, sender.account.handle) ||
	    !cs_mimi_room_uri_names(content->room_uri, c->stamp.group_ref) ||
	    !cs_mimi_same_hub(content->sender_uri, content->room_uri))
		return CS_ERR_MISMATCH;
	return CS_OK;
}

static enum cs_err
check_sender(const struct cs_capsule *c, const struct cs_identity *sender)
{
	struct cs_sender_frank frank = {
		.epoch = c->stamp.epoch,
		.leaf = c->leaf,
		.sender_seq = c->sender_seq,
		.claimed_ms = c->claimed_ms,
	};

	memcpy(frank.tag, c->stamp.tag, sizeof frank.tag);
	memcpy(frank.group_ref, c->stamp.group_ref, sizeof frank.group_ref);
	memcpy(frank.account, c->stamp.account, sizeof frank.account);
	memcpy(frank.device, c->stamp.device, sizeof frank.device);
	return cs_sender_verify(
	    &frank, CS_VIEW_OF(sender->device.public), CS_VIEW_OF(c->sig));
}

static enum cs_err
check_stamp(const struct cs_capsule *c, const struct cs_stamp_key_cert *key,
    const uint8_t root_public[static 32])
{
	/* A stamp on a handshake says nothing about content. */
	if (c->stamp.flags & CS_STAMP_HANDSHAKE)
		return CS_ERR_STAMP;
	return cs_stamp_verify(&c->stamp, key, root_public);
}

enum cs_err
cs_proof_check(struct cs_proof *out, const struct cs_capsule *c,
    struct cs_view stamp_key_cert, const uint8_t root_public[static 32])
{
	struct cs_stamp_key_cert key = { 0 };
	enum cs_err *l = out->links;

	memset(out, 0, sizeof *out);
	l[CS_LINK_CONTENT] = check_content(&out->content, c);
	l[CS_LINK_TAG] = cs_franking_tag_check(
	    c->stamp.tag, out->content.salt, c->application_data);
	l[CS_LINK_ACCOUNT] = check_account(c, root_public);
	l[CS_LINK_CERT] = check_cert(&out->sender, c, root_public);
	l[CS_LINK_SENDER] = check_sender(c, &out->sender);
	l[CS_LINK_STAMP_KEY] = cs_stamp_key_cert_parse(
	    &key, stamp_key_cert, cs_view(root_public, 32));
	l[CS_LINK_STAMP] = l[CS_LINK_STAMP_KEY]
	    ? CS_ERR_STAMP
	    : check_stamp(c, &key, root_public);
	out->clocks_differ = c->claimed_ms > c->stamp.accepted_ms
	    ? c->claimed_ms - c->stamp.accepted_ms > CS_CLOCK_SKEW_MS
	    : c->stamp.accepted_ms - c->claimed_ms > CS_CLOCK_SKEW_MS;
	for (size_t i = 0; i < CS_LINKS; i++)
		if (l[i])
			return l[i];
	return cs_mimi_id(out->mid, &out->content, c->application_data);
}
