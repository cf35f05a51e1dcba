/* SPDX-License-Identifier: MIT */
#include "content/evidence_write.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "content/evidence.h"
#include "content/evidence_keys.h"

static const char *const reasons[] = {
	[CS_REASON_TRAFFICKING] = "trafficking",
	[CS_REASON_CHILD_ABUSE] = "child-abuse",
	[CS_REASON_THREAT_TO_LIFE] = "threat-to-life",
	[CS_REASON_TERRORISM] = "terrorism",
	[CS_REASON_RECRUITMENT_OF_CHILDREN] = "recruitment-of-children",
	[CS_REASON_INTIMATE_IMAGES] = "intimate-images",
	[CS_REASON_EXPOSURE] = "exposure",
	[CS_REASON_HARASSMENT] = "harassment",
	[CS_REASON_FRAUD] = "fraud",
	[CS_REASON_SPAM] = "spam",
	[CS_REASON_OTHER] = "other",
};
#define N_REASONS (sizeof reasons / sizeof *reasons)

const char *
cs_reason_name(uint16_t reason)
{
	return reason < N_REASONS ? reasons[reason] : NULL;
}

uint16_t
cs_reason_find(const char *name)
{
	for (uint16_t i = 1; i < N_REASONS; i++)
		if (strcmp(reasons[i], name) == 0)
			return i;
	return 0;
}

/* By group, then by number: how a verifier wants them. */
static int
compare(const struct cs_stamp *a, const struct cs_stamp *b)
{
	int order = memcmp(a->group_ref, b->group_ref, sizeof a->group_ref);

	if (order != 0)
		return order;
	return (a->group_seq > b->group_seq) - (a->group_seq < b->group_seq);
}

/* Places of the items in order; CS_ERR_MISUSE when one comes twice. */
static enum cs_err
sort_items(size_t *order, const struct cs_evidence_input *in)
{
	for (size_t i = 0; i < in->n_items; i++) {
		size_t j = i;

		for (; j > 0; j--) {
			int c = compare(&in->items[i].capsule.stamp,
			    &in->items[order[j - 1]].capsule.stamp);

			if (c == 0)
				return CS_ERR_MISUSE;
			if (c > 0)
				break;
			order[j] = order[j - 1];
		}
		order[j] = i;
	}
	return CS_OK;
}

static enum cs_err
add_media(struct cs_csev_item *out, const struct cs_evidence_input_item *in)
{
	struct cs_mimi_content content;
	enum cs_err err = cs_mimi_parse(&content, in->capsule.application_data);

	if (err)
		return err;
	if (in->n_media != content.n_external)
		return CS_ERR_MISUSE;
	out->n_media = in->n_media;
	for (size_t i = 0; i < in->n_media; i++) {
		const struct cs_mimi_external *part = &content.external[i];
		struct cs_csev_media *m = &out->media[i];

		memcpy(m->file_sha256, part->content_hash, 32);
		memcpy(m->plain_sha256, part->plain_sha256, 32);
		m->has_key = in->media[i].with_key;
		if (m->has_key)
			memcpy(m->key, part->key, sizeof m->key);
		m->has_bytes = in->media[i].bytes.len != 0;
		m->bytes = in->media[i].bytes;
	}
	return CS_OK;
}

/* ${stamps} keeps the wire forms: ${csev} has views of them. */
static enum cs_err
add_item(struct cs_csev *csev, struct cs_buf *stamps,
    const struct cs_evidence_input_item *in)
{
	struct cs_csev_item *out = &csev->items[csev->n_items];
	const struct cs_stamp *s = &in->capsule.stamp;
	enum cs_err err;

	if ((err = cs_stamp_write(&stamps[csev->n_items], s)))
		return err;
	out->application_data = in->capsule.application_data;
	memcpy(out->group_ref, s->group_ref, sizeof out->group_ref);
	out->epoch = s->epoch;
	out->leaf = in->capsule.leaf;
	memcpy(out->account, s->account, sizeof out->account);
	memcpy(out->device, s->device, sizeof out->device);
	out->sender_seq = in->capsule.sender_seq;
	out->claimed_ms = in->capsule.claimed_ms;
	memcpy(out->sig, in->capsule.sig, sizeof out->sig);
	out->stamp = cs_buf_view(&stamps[csev->n_items]);
	memcpy(out->msg_hash, s->msg_hash, sizeof out->msg_hash);
	out->log_proof = in->log_proof;
	csev->n_items++;
	return add_media(out, in);
}

/* The certificate of the log's key, unless one that is there fits. */
static enum cs_err
add_log_key(struct cs_csev *csev, const struct cs_evidence_input_item *in,
    const uint8_t root_public[static 32])
{
	struct cs_tlog_proof_file file = { 0 };
	struct cs_view turn, text;
	struct cs_evidence_log_key found;
	struct cs_csev_key *key;
	enum cs_err err;

	if (in->log_proof.len == 0)
		return CS_OK;
	if (in->log_key_cert.len == 0)
		return CS_ERR_MISUSE;
	if ((err = cs_csev_log_proof_parse(&turn, &text, in->log_proof)) ==
		CS_OK &&
	    (err = cs_tlog_proof_file_parse(&file, text)) == CS_OK)
		err = cs_evidence_find_log_key(
		    &found, csev, file.note, &in->capsule.stamp, root_public);
	cs_tlog_proof_file_clear(&file);
	if (err != CS_ERR_NOT_FOUND)
		return err;
	key = &csev->keys[csev->n_keys++];
	key->type = CS_CSEV_LOG_KEY_CERT;
	key->cert = in->log_key_cert;
	return CS_OK;
}

/* Only an item that no certificate fits is there already. */
static enum cs_err
add_keys(struct cs_csev *csev, const struct cs_evidence_input_item *in,
    const uint8_t root_public[static 32])
{
	const struct cs_stamp *s = &in->capsule.stamp;
	struct cs_csev_key *key;
	enum cs_err err;
	size_t found;

	err = cs_evidence_find_credential(&found, csev, s, root_public);
	if (err == CS_ERR_NOT_FOUND) {
		key = &csev->keys[csev->n_keys++];
		key->type = CS_CSEV_CREDENTIAL;
		key->cert = in->capsule.credential;
	} else if (err) {
		return err;
	}
	err = cs_evidence_find_stamp_key(&found, csev, s, root_public);
	if (err != CS_ERR_NOT_FOUND)
		return err;
	key = &csev->keys[csev->n_keys++];
	key->type = CS_CSEV_STAMP_KEY_CERT;
	key->cert = in->stamp_key_cert;
	return CS_OK;
}

/* Those that lie between two items, in their order; another is a mistake. */
static enum cs_err
add_gaps(struct cs_csev *csev, const struct cs_evidence_input *in,
    const size_t *order)
{
	for (size_t i = 1; i < in->n_items; i++) {
		const struct cs_stamp *a =
		    &in->items[order[i - 1]].capsule.stamp;
		const struct cs_stamp *b = &in->items[order[i]].capsule.stamp;

		if (memcmp(a->group_ref, b->group_ref, 32) != 0)
			continue;
		for (size_t j = 0; j < in->n_gaps; j++) {
			const struct cs_evidence_gap *gap = &in->gaps[j];
			struct cs_csev_gap *out = &csev->gaps[csev->n_gaps];

			if (memcmp(gap->group_ref, a->group_ref, 32) != 0 ||
			    gap->first_seq != a->group_seq + 1 ||
			    gap->leafhashes.len % 32 != 0 ||
			    gap->leafhashes.len == 0 ||
			    gap->leafhashes.len / 32 !=
				b->group_seq - gap->first_seq)
				continue;
			memcpy(out->group_ref, gap->group_ref, 32);
			out->first_seq = gap->first_seq;
			out->leafhashes = gap->leafhashes;
			csev->n_gaps++;
			break;
		}
	}
	return csev->n_gaps == in->n_gaps ? CS_OK : CS_ERR_MISUSE;
}

static enum cs_err
fill(struct cs_csev *csev, struct cs_buf *stamps,
    const struct cs_evidence_input *in)
{
	size_t order[CS_EVIDENCE_ITEMS_MAX];
	struct cs_csev_key *root = &csev->keys[0];
	enum cs_err err;

	memcpy(csev->report_id, in->report_id, sizeof csev->report_id);
	csev->created_ms = in->created_ms;
	csev->mode = in->mode;
	csev->reason = in->reason;
	csev->note = in->note;
	csev->n_keys = 1;
	root->type = CS_CSEV_ROOT;
	memcpy(root->public, in->root_public, sizeof root->public);
	if ((err = sort_items(order, in)))
		return err;
	for (size_t i = 0; i < in->n_items; i++) {
		const struct cs_evidence_input_item *item =
		    &in->items[order[i]];

		if ((err = add_item(csev, stamps, item)) ||
		    (err = add_keys(csev, item, in->root_public)) ||
		    (err = add_log_key(csev, item, in->root_public)))
			return err;
	}
	return add_gaps(csev, in, order);
}

/* Once to be signed, and again with the signature: media may be large, so
 * there is only one copy at a time. */
static enum cs_err
write_signed(struct cs_buf *out, struct cs_csev *csev,
    const struct cs_evidence_input *in)
{
	struct cs_buf auth = { 0 };
	size_t from = out->len;
	struct cs_view whole;
	enum cs_err err;

	if ((err = cs_csev_write(out, csev)))
		goto out;
	whole = cs_view(out->data + from, out->len - from);
	err = in->mode == CS_CSEV_NAMED
	    ? cs_csev_sign(&auth, whole, in->credential, in->device_key)
	    : cs_csev_sign_unnamed(&auth, whole);
	out->len = from;
	if (err)
		goto out;
	csev->auth = cs_buf_view(&auth);
	err = cs_csev_write(out, csev);
out:
	cs_buf_free(&auth);
	return err;
}

enum cs_err
cs_evidence_write(struct cs_buf *out, const struct cs_evidence_input *in)
{
	struct cs_buf stamps[CS_EVIDENCE_ITEMS_MAX] = { 0 };
	struct cs_csev *csev;
	enum cs_err err;

	if (in->n_items == 0 || cs_reason_name(in->reason) == NULL ||
	    !cs_utf8_valid(in->note))
		return CS_ERR_MISUSE;
	if (in->n_items > CS_EVIDENCE_ITEMS_MAX ||
	    in->n_gaps > CS_CSEV_GAPS_MAX ||
	    in->note.len > CS_EVIDENCE_NOTE_MAX)
		return CS_ERR_LIMIT;
	if ((csev = cs_calloc(1, sizeof *csev)) == NULL)
		return CS_ERR_NOMEM;
	if ((err = fill(csev, stamps, in)) == CS_OK)
		err = write_signed(out, csev, in);
	for (size_t i = 0; i < in->n_items; i++)
		cs_buf_free(&stamps[i]);
	cs_csev_free(csev);
	return err;
}
