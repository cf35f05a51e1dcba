/* SPDX-License-Identifier: MIT */
#include "content/evidence.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "content/evidence_keys.h"
#include "content/evidence_media.h"

/* One bundle on its way through the checks. */
struct check {
	const struct cs_csev *in;
	struct cs_evidence *out;
	const uint8_t *root_public;
	bool used[CS_CSEV_KEYS_MAX];
	size_t next_gap; /* gaps stand in the order of the items */
};

/* A failure of ours must not look like a proof that does not hold. */
static bool
ours(enum cs_err err)
{
	return cs_err_class(err) == CS_ERR_CLASS_OURS;
}

/* ---- one message -------------------------------------------------------- */

/* The stamp travels without what can be rebuilt (FRANKING, "Hub"). */
static enum cs_err
rebuild_stamp(struct cs_stamp *s, const struct cs_csev_item *in,
    const uint8_t root_public[static 32])
{
	struct cs_mimi_content content;
	enum cs_err err;

	if ((err = cs_stamp_parse(s, in->stamp)) ||
	    (err = cs_operator_id(s->operator_id, root_public)))
		return err;
	memcpy(s->group_ref, in->group_ref, sizeof s->group_ref);
	s->epoch = in->epoch;
	memcpy(s->account, in->account, sizeof s->account);
	memcpy(s->device, in->device, sizeof s->device);
	memcpy(s->msg_hash, in->msg_hash, sizeof s->msg_hash);
	/* Without a salt there is no tag, and nothing will fit to it. */
	if (cs_mimi_parse(&content, in->application_data) != CS_OK)
		return CS_OK;
	return cs_franking_tag(s->tag, content.salt, in->application_data);
}

static enum cs_err
check_message(struct check *k, size_t i)
{
	const struct cs_csev_item *in = &k->in->items[i];
	struct cs_capsule *c = &k->out->items[i].capsule;
	struct cs_proof *proof = &k->out->items[i].proof;
	struct cs_view stamp_key = { NULL, 0 };
	size_t device, key;
	enum cs_err err;

	c->application_data = in->application_data;
	c->leaf = in->leaf;
	c->sender_seq = in->sender_seq;
	c->claimed_ms = in->claimed_ms;
	memcpy(c->sig, in->sig, sizeof c->sig);
	if ((err = rebuild_stamp(&c->stamp, in, k->root_public)))
		return err;
	err = cs_evidence_find_credential(
	    &device, k->in, &c->stamp, k->root_public);
	if (ours(err))
		return err;
	err =
	    cs_evidence_find_stamp_key(&key, k->in, &c->stamp, k->root_public);
	if (ours(err))
		return err;
	if (device < k->in->n_keys) {
		c->credential = k->in->keys[device].cert;
		k->used[device] = true;
	}
	if (key < k->in->n_keys) {
		stamp_key = k->in->keys[key].cert;
		k->used[key] = true;
	}
	err = cs_proof_check(proof, c, stamp_key, k->root_public);
	if (ours(err))
		return err;
	if (device == k->in->n_keys)
		proof->links[CS_LINK_ACCOUNT] = proof->links[CS_LINK_CERT] =
		    CS_ERR_NOT_FOUND;
	if (key == k->in->n_keys)
		proof->links[CS_LINK_STAMP_KEY] = CS_ERR_NOT_FOUND;
	return CS_OK;
}

/* ---- the log ------------------------------------------------------------ */

/* Does ${turn} lead from the batch of ${s} to the entry that ${file} proves? */
static enum cs_err
check_turn(struct check *k, struct cs_evidence_log *out,
    const struct cs_stamp *s, struct cs_view turn_bytes,
    const struct cs_tlog_proof_file *file)
{
	uint8_t batch[CS_HASH_LEN], entry[CS_TLOG_COMMIT_LEN];
	struct cs_evidence_log_key by;
	struct cs_tlog_hash leaf;
	struct cs_tlog_turn turn;
	enum cs_err err;

	/* Bytes beside it would be nobody's. */
	if (file->has_extra)
		return CS_ERR_FORMAT;
	if ((err = cs_evidence_find_log_key(
		 &by, k->in, file->note, s, k->root_public)))
		return err == CS_ERR_NOT_FOUND ? CS_ERR_SIGNATURE : err;
	k->used[by.which] = true;
	out->note = file->note;
	out->at = by.at;
	out->key = by.key;
	if (s->batch.n == 0 || file->index != s->batch.entry)
		return CS_ERR_MISMATCH;
	if ((err = cs_stamp_batch_leaf(batch, s)) ||
	    (err = cs_tlog_turn_parse(&turn, turn_bytes)) ||
	    (err = cs_tlog_turn_entry(entry, &turn, s->batch.number, batch)) ||
	    (err = cs_tlog_leaf_hash(&leaf, CS_VIEW_OF(entry))))
		return err;
	return cs_tlog_inclusion_verify(
	    &file->proof, &leaf, file->index, by.at.size, &by.at.root);
}

/* Does the log have what the stamp promised? */
static enum cs_err
check_log(struct check *k, size_t i)
{
	struct cs_evidence_log *out = &k->out->items[i].log;
	struct cs_view in = k->in->items[i].log_proof, turn, text;
	struct cs_tlog_proof_file file = { 0 };
	enum cs_err err;

	out->err = CS_ERR_NOT_FOUND;
	if (in.len == 0)
		return CS_OK;
	if ((err = cs_csev_log_proof_parse(&turn, &text, in)) == CS_OK &&
	    (err = cs_tlog_proof_file_parse(&file, text)) == CS_OK)
		err = check_turn(
		    k, out, &k->out->items[i].capsule.stamp, turn, &file);
	cs_tlog_proof_file_clear(&file);
	/* It is there, and does not show it. */
	out->err = err == CS_ERR_NOT_FOUND ? CS_ERR_MISMATCH : err;
	return ours(err) ? err : CS_OK;
}

/* ---- order -------------------------------------------------------------- */

/* The gap that fills exactly the numbers between two items, if it is next. */
static const struct cs_csev_gap *
take_gap(struct check *k, const struct cs_stamp *a, const struct cs_stamp *b)
{
	const struct cs_csev_gap *gap = &k->in->gaps[k->next_gap];

	if (k->next_gap == k->in->n_gaps ||
	    memcmp(gap->group_ref, a->group_ref, 32) != 0 ||
	    gap->first_seq != a->group_seq + 1 ||
	    gap->leafhashes.len / 32 != b->group_seq - a->group_seq - 1)
		return NULL;
	k->next_gap++;
	return gap;
}

/* Does the chain lead from ${a}, through what is undisclosed, to ${b}? */
static enum cs_err
walk(struct check *k, const struct cs_stamp *a, const struct cs_stamp *b)
{
	struct cs_view hashes = { NULL, 0 };
	uint8_t chain[32];
	enum cs_err err;

	memcpy(chain, a->chain_prev, sizeof chain);
	if ((err = cs_stamp_chain(chain, a)))
		return err;
	if (b->group_seq - a->group_seq > 1) {
		const struct cs_csev_gap *gap = take_gap(k, a, b);

		if (gap == NULL)
			return CS_ERR_NOT_FOUND;
		hashes = gap->leafhashes;
	}
	for (size_t i = 0; i < hashes.len; i += 32)
		if ((err = cs_chain_next(chain, hashes.data + i)))
			return err;
	return memcmp(chain, b->chain_prev, sizeof chain) == 0 ? CS_OK
							       : CS_ERR_CHAIN;
}

static void
check_order(struct check *k, size_t i)
{
	struct cs_evidence_item *items = k->out->items, *item = &items[i];
	const struct cs_stamp *b = &item->capsule.stamp, *a;
	int order;

	for (size_t j = 0; j < i; j++) {
		a = &items[j].capsule.stamp;
		if (a->group_seq == b->group_seq &&
		    memcmp(a->tag, b->tag, sizeof a->tag) == 0)
			item->repeated = true;
	}
	if (i == 0)
		return;
	a = &items[i - 1].capsule.stamp;
	order = memcmp(a->group_ref, b->group_ref, sizeof a->group_ref);
	if (order < 0)
		return; /* the first of its group */
	if (order > 0 || a->group_seq >= b->group_seq) {
		item->chain = CS_ERR_CHAIN;
		return;
	}
	item->undisclosed = b->group_seq - a->group_seq - 1;
	item->chain = walk(k, a, b);
}

/* ---- the bundle --------------------------------------------------------- */

static enum cs_err
check_root(struct check *k)
{
	for (size_t i = 0; i < k->in->n_keys; i++) {
		if (k->in->keys[i].type != CS_CSEV_ROOT)
			continue;
		k->used[i] = true; /* a second one is not */
		return memcmp(k->in->keys[i].public, k->root_public, 32) == 0
		    ? CS_OK
		    : CS_ERR_MISMATCH;
	}
	return CS_ERR_NOT_FOUND;
}

/* Bytes that no check has used could say anything. */
static enum cs_err
check_unused(const struct check *k)
{
	for (size_t i = 0; i < k->in->n_keys; i++)
		if (!k->used[i])
			return CS_ERR_MISMATCH;
	return k->next_gap == k->in->n_gaps ? CS_OK : CS_ERR_MISMATCH;
}

static bool
item_proved(const struct cs_evidence_item *item)
{
	bool proved = item->chain == CS_OK && !item->repeated &&
	    (item->log.err == CS_OK || item->log.err == CS_ERR_NOT_FOUND);

	for (size_t i = 0; i < CS_LINKS; i++)
		proved = proved && item->proof.links[i] == CS_OK;
	for (size_t i = 0; i < item->n_media; i++)
		proved = proved && item->media[i].err == CS_OK;
	return proved;
}

static enum cs_err
run(struct check *k)
{
	struct cs_evidence *out = k->out;
	enum cs_err err;

	out->reporter_err = cs_csev_verify_auth(
	    &out->reporter, k->in, cs_view(k->root_public, 32));
	if (ours(out->reporter_err))
		return out->reporter_err;
	out->root_err = check_root(k);
	for (size_t i = 0; i < out->n_items; i++) {
		if ((err = check_message(k, i)) || (err = check_log(k, i)) ||
		    (err = cs_evidence_check_media(
			 &out->items[i], &k->in->items[i])))
			return err;
		check_order(k, i);
		if (ours(out->items[i].chain))
			return out->items[i].chain;
	}
	out->keys_err = check_unused(k);
	out->all_proved = out->reporter_err == CS_OK &&
	    out->root_err == CS_OK && out->keys_err == CS_OK;
	for (size_t i = 0; i < out->n_items; i++)
		out->all_proved =
		    item_proved(&out->items[i]) && out->all_proved;
	return CS_OK;
}

static enum cs_err
evidence_new(struct cs_evidence **out, const struct cs_csev *in)
{
	struct cs_evidence *e;

	if (!cs_utf8_valid(in->note))
		return CS_ERR_FORMAT;
	if ((e = cs_calloc(1, sizeof *e)) == NULL)
		return CS_ERR_NOMEM;
	e->items = cs_calloc(in->n_items, sizeof *e->items);
	if (e->items == NULL) {
		cs_evidence_free(e);
		return CS_ERR_NOMEM;
	}
	memcpy(e->report_id, in->report_id, sizeof e->report_id);
	e->created_ms = in->created_ms;
	e->mode = in->mode;
	e->reason = in->reason;
	e->note = in->note;
	e->n_items = in->n_items;
	*out = e;
	return CS_OK;
}

enum cs_err
cs_evidence_check(struct cs_evidence **out, struct cs_view bundle,
    const uint8_t root_public[static 32])
{
	struct cs_evidence *e = NULL;
	struct cs_csev *in = NULL;
	struct check k = { .root_public = root_public };
	enum cs_err err;

	*out = NULL;
	if ((err = cs_csev_parse(&in, bundle)) || (err = evidence_new(&e, in)))
		goto out;
	k.in = in;
	k.out = e;
	if ((err = run(&k)))
		goto out;
	*out = e;
	e = NULL;
out:
	cs_evidence_free(e);
	cs_csev_free(in);
	return err;
}

void
cs_evidence_free(struct cs_evidence *e)
{
	if (e == NULL)
		return;
	cs_free(e->items, e->n_items * sizeof *e->items);
	cs_free(e, sizeof *e);
}

static bool
is_proved(const struct cs_proof *p)
{
	for (size_t i = 0; i < CS_LINKS; i++)
		if (p->links[i])
			return false;
	return true;
}

const struct cs_evidence_item *
cs_evidence_changed_by(const struct cs_evidence *e, size_t i)
{
	const struct cs_evidence_item *of = &e->items[i], *last = NULL;

	for (size_t k = 0; k < e->n_items; k++) {
		const struct cs_evidence_item *by = &e->items[k];
		const struct cs_stamp *a = &of->capsule.stamp;
		const struct cs_stamp *b = &by->capsule.stamp;

		if (is_proved(&of->proof) && is_proved(&by->proof) &&
		    by->proof.content.has_replaces &&
		    memcmp(by->proof.content.replaces, of->proof.mid,
			CS_MIMI_ID_LEN) == 0 &&
		    memcmp(a->group_ref, b->group_ref, sizeof a->group_ref) ==
			0 &&
		    memcmp(a->account, b->account, sizeof a->account) == 0 &&
		    b->group_seq > a->group_seq &&
		    (last == NULL ||
			b->group_seq > last->capsule.stamp.group_seq))
			last = by;
	}
	return last;
}
