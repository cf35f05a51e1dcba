/* SPDX-License-Identifier: MIT */
/*
 * The log of a group: one append a message, stamped before it is stored, and
 * one cursor a device.
 *
 * What is said waits for its stamp until the round ends: the signer makes the
 * stamps of all that come meanwhile, and then they are stored one behind the
 * other, with one change of each group's row.  Nothing reads the log without
 * hub_log_flush() before.
 */
#include "hub/groups/log.h"

#include "base/alloc.h"
#include "hub/core/batch.h"
#include "hub/core/sign.h"
#include "hub/core/tlog.h"
#include "hub/groups/group.h"
#include "hub/groups/recent.h"

/* Memory that is kept between rounds. */
#define PENDING_KEEP ((size_t)1 << 20)

/* id and message are in pending_bytes, at: */
struct hub_pending {
	struct cs_stamp stamp;
	size_t id_at, id_len, message_at, message_len;
	uint8_t content;
	uint8_t chain[CS_HASH_LEN]; /* behind it */
	/* Of its stamp in the batch of answers, as the last thing in the answer
	 * with this number; 0: nobody waits. */
	size_t answer_at, answer;
};

/* Did the clock run so far ahead that the group's time does not wait for it? A
 * little is what clocks do that are kept right. */
static bool
was_set_back(const struct cs_hub *hub, const struct hub_group *group)
{
	return group->last_ms > hub->now_ms + HUB_STAMP_AHEAD_MS;
}

uint64_t
hub_log_time(const struct cs_hub *hub, const struct hub_group *group)
{
	return hub->now_ms > group->last_ms || was_set_back(hub, group)
	    ? hub->now_ms
	    : group->last_ms;
}

static void
make_stamp(struct cs_stamp *s, const struct cs_hub *hub,
    const struct hub_group *group, const struct hub_entry *entry)
{
	memset(s, 0, sizeof *s);
	/* How many there are is known when it is signed; that it is not alone,
	 * the chain has to know now. */
	s->batch.n = 1;
	s->flags = entry->content == CS_MLS_CONTENT_APPLICATION
	    ? 0
	    : CS_STAMP_HANDSHAKE;
	s->accepted_ms = hub_log_time(hub, group);
	if (was_set_back(hub, group))
		s->flags |= CS_STAMP_CLOCK_SET;
	s->epoch = entry->epoch;
	s->group_seq = group->seq + 1;
	memcpy(s->operator_id, hub->operator_id, sizeof s->operator_id);
	memcpy(s->key_id, hub->stamp_key_id, sizeof s->key_id);
	memcpy(s->account, entry->account, CS_ID_LEN);
	memcpy(s->device, entry->device, CS_ID_LEN);
	memcpy(s->tag, entry->tag, 32);
	memcpy(s->msg_hash, entry->msg_hash, 32);
	memcpy(s->chain_prev, group->chain, 32);
}

/* ---- storing ------------------------------------------------------------ */

static enum cs_err
store_entry(struct cs_hub *hub, struct cs_view id, const struct cs_stamp *s,
    struct cs_view stamp, uint8_t content, struct cs_view message)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO log(grp,seq,account,device,epoch,content,accepted,"
	    "msg_hash,stamp,message) VALUES(?,?,?,?,?,?,?,?,?,?)",
	    cs_blob(id), cs_int(s->group_seq), cs_blob(CS_VIEW_OF(s->account)),
	    cs_blob(CS_VIEW_OF(s->device)), cs_int(s->epoch), cs_int(content),
	    cs_int(s->accepted_ms), cs_blob(CS_VIEW_OF(s->msg_hash)),
	    cs_blob(stamp), cs_blob(message));
}

static enum cs_err
store_group(struct cs_hub *hub, struct cs_view id, const struct cs_stamp *s,
    const uint8_t chain[static CS_HASH_LEN])
{
	return cs_db_exec(hub->db,
	    "UPDATE grp SET seq=?,chain=?,last_ms=? WHERE id=?",
	    cs_int(s->group_seq), cs_blob(cs_view(chain, CS_HASH_LEN)),
	    cs_int(s->accepted_ms), cs_blob(id));
}

/* ---- what waits --------------------------------------------------------- */

static struct cs_view
id_of(const struct cs_hub *hub, const struct hub_pending *p)
{
	return cs_view(hub->pending_bytes.data + p->id_at, p->id_len);
}

static struct cs_view
message_of(const struct cs_hub *hub, const struct hub_pending *p)
{
	return cs_view(hub->pending_bytes.data + p->message_at, p->message_len);
}

/* The last of the group's that waits before the place ${end}, or NULL. */
static const struct hub_pending *
last_of(const struct cs_hub *hub, struct cs_view id, size_t end)
{
	while (end-- > 0)
		if (cs_view_equal(id_of(hub, &hub->pending[end]), id))
			return &hub->pending[end];
	return NULL;
}

void
hub_log_overlay(struct hub_group *group, const struct cs_hub *hub)
{
	const struct hub_pending *p = last_of(hub, group->id, hub->n_pending);

	if (p == NULL)
		return;
	group->seq = p->stamp.group_seq;
	group->last_ms = p->stamp.accepted_ms;
	memcpy(group->chain, p->chain, CS_HASH_LEN);
}

bool
hub_log_waits(const struct cs_hub *hub, struct cs_view group,
    const uint8_t msg_hash[static CS_HASH_LEN])
{
	for (size_t i = 0; i < hub->n_pending; i++)
		if (memcmp(hub->pending[i].stamp.msg_hash, msg_hash,
			CS_HASH_LEN) == 0 &&
		    cs_view_equal(id_of(hub, &hub->pending[i]), group))
			return true;
	return false;
}

static enum cs_err
grow(struct cs_hub *hub)
{
	size_t cap = hub->cap_pending == 0 ? 64 : hub->cap_pending * 2;
	struct hub_pending *grown;

	if (hub->n_pending < hub->cap_pending)
		return CS_OK;
	grown = cs_grow(hub->pending, hub->cap_pending, cap, sizeof *grown);
	if (grown == NULL)
		return CS_ERR_NOMEM;
	hub->pending = grown;
	hub->cap_pending = cap;
	return CS_OK;
}

/* Keep what the stamp is for. */
static enum cs_err
wait_for_stamp(struct cs_hub *hub, const struct hub_group *group,
    const struct hub_entry *entry, const struct cs_stamp *s)
{
	struct cs_buf *bytes = &hub->pending_bytes;
	struct hub_pending p = {
		.stamp = *s,
		.id_at = bytes->len,
		.id_len = group->id.len,
		.message_at = bytes->len + group->id.len,
		.message_len = entry->message.len,
		.content = entry->content,
	};
	enum cs_err err;

	memcpy(p.chain, group->chain, CS_HASH_LEN);
	if ((err = grow(hub)) || (err = cs_buf_add(bytes, group->id)) ||
	    (err = cs_buf_add(bytes, entry->message)))
		return err;
	hub->pending[hub->n_pending++] = p;
	return CS_OK;
}

void
hub_log_answer_at(struct cs_hub *hub, size_t at)
{
	struct hub_pending *p = &hub->pending[hub->n_pending - 1];

	p->answer_at = at;
	p->answer = hub->n_out - 1;
}

/* Nothing waits any longer. */
static void
drop(struct cs_hub *hub)
{
	hub->n_pending = 0;
	hub_orders_drop(hub);
	if (hub->pending_bytes.cap > PENDING_KEEP)
		cs_buf_free(&hub->pending_bytes);
	else
		hub->pending_bytes.len = 0;
}

void
hub_log_free(struct cs_hub *hub)
{
	cs_free(hub->pending, hub->cap_pending * sizeof *hub->pending);
	hub->pending = NULL;
	hub->n_pending = hub->cap_pending = 0;
	cs_buf_free(&hub->pending_bytes);
}

/* The answer was written with room for the longest stamp. */
static void
put_in_answer(
    struct cs_hub *hub, const struct hub_pending *p, struct cs_view stamp)
{
	uint8_t *at;

	if (p->answer_at == 0)
		return;
	at = hub->batch.data + p->answer_at;
	/* The length before it: of two bytes (RFC 9420, section 2.1.2). */
	at[-2] = (uint8_t)(0x40 | stamp.len >> 8);
	at[-1] = (uint8_t)stamp.len;
	memcpy(at, stamp.data, stamp.len);
	hub->out[p->answer].to = p->answer_at + stamp.len;
}

static enum cs_err
store_pending(struct cs_hub *hub, size_t i)
{
	struct hub_pending *p = &hub->pending[i];
	struct cs_view id = id_of(hub, p);
	struct cs_buf stamp = { 0 };
	bool is_last = true;
	enum cs_err err;

	if ((err = cs_stamp_write(&stamp, &p->stamp)))
		goto out;
	put_in_answer(hub, p, cs_buf_view(&stamp));
	err = store_entry(hub, id, &p->stamp, cs_buf_view(&stamp), p->content,
	    message_of(hub, p));
	if (err == CS_OK)
		hub_recent_add(hub, p->stamp.msg_hash, p->stamp.group_seq);
	for (size_t j = i + 1; is_last && j < hub->n_pending; j++)
		is_last = !cs_view_equal(id_of(hub, &hub->pending[j]), id);
	if (err == CS_OK && is_last)
		err = store_group(hub, id, &p->stamp, p->chain);
out:
	cs_buf_free(&stamp);
	return err;
}

/* ---- batches of stamps -------------------------------------------------- */

/* Give ${n} stamps a place in the log, and order their signature. */
static enum cs_err
order(struct cs_hub *hub, struct cs_stamp *v, size_t n)
{
	struct cs_stamp_batch batch;
	uint8_t leaf[CS_HASH_LEN];
	enum cs_err err = hub_tlog_batch(&batch, hub);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		v[i].batch.entry = batch.entry;
		v[i].batch.number = batch.number;
	}
	if ((err = cs_stamps_place(v, n, leaf)) ||
	    (err = hub_tlog_batch_store(hub, &batch, leaf)))
		return err;
	return hub_stamps_order(hub, v, n);
}

/* So many of those that wait from the place ${at} on are signed together. */
static size_t
batch_at(const struct cs_hub *hub, size_t at)
{
	size_t left = hub->n_pending - at;

	return left < CS_STAMPS_MAX ? left : CS_STAMPS_MAX;
}

static enum cs_err
order_pending(struct cs_hub *hub, size_t at)
{
	struct cs_stamp v[CS_STAMPS_MAX];
	size_t n = batch_at(hub, at);
	enum cs_err err;

	for (size_t i = 0; i < n; i++)
		v[i] = hub->pending[at + i].stamp;
	if ((err = order(hub, v, n)))
		return err;
	for (size_t i = 0; i < n; i++)
		hub->pending[at + i].stamp.batch = v[i].batch;
	return CS_OK;
}

/* Take up their signature, and put each where it belongs. */
static enum cs_err
store_batch(struct cs_hub *hub, size_t at)
{
	struct hub_pending *p = &hub->pending[at];
	size_t n = batch_at(hub, at);
	enum cs_err err = hub_stamps_await(hub, &p->stamp);

	for (size_t i = 0; err == CS_OK && i < n; i++) {
		memcpy(p[i].stamp.sig, p->stamp.sig, sizeof p->stamp.sig);
		err = store_pending(hub, at + i);
	}
	return err;
}

enum cs_err
hub_log_flush(struct cs_hub *hub)
{
	enum cs_err err = CS_OK;
	size_t at;

	if (hub->n_pending == 0)
		return CS_OK;
	/* While one batch is stored the next is signed. */
	for (at = 0; err == CS_OK && at < hub->n_pending; at += CS_STAMPS_MAX)
		err = order_pending(hub, at);
	for (at = 0; err == CS_OK && at < hub->n_pending; at += CS_STAMPS_MAX)
		err = store_batch(hub, at);
	/* Some may be stored and others not: nothing of this round is. */
	if (err)
		hub->broken = true;
	drop(hub);
	return err;
}

/* ---- appending ---------------------------------------------------------- */

/* Stamp and store at once. */
static enum cs_err
append_now(struct hub_appended *out, struct cs_hub *hub,
    const struct hub_group *group, const struct hub_entry *entry,
    struct cs_stamp *s)
{
	enum cs_err err;

	if ((err = hub_log_flush(hub)) || (err = order(hub, s, 1)) ||
	    (err = hub_stamps_await(hub, s)) ||
	    (err = cs_stamp_write(&out->stamp, s)) ||
	    (err = store_entry(hub, group->id, s, cs_buf_view(&out->stamp),
		 entry->content, entry->message)))
		return err;
	return store_group(hub, group->id, s, group->chain);
}

enum cs_err
hub_log_append(struct hub_appended *out, struct cs_hub *hub,
    struct hub_group *group, const struct hub_entry *entry)
{
	static const uint8_t room[CS_STAMP_WIRE_MAX];
	struct cs_stamp s;
	enum cs_err err;

	make_stamp(&s, hub, group, entry);
	if ((err = cs_group_ref(s.group_ref, group->id)) ||
	    (err = cs_stamp_chain(group->chain, &s)))
		return err;
	out->seq = group->seq = s.group_seq;
	group->last_ms = s.accepted_ms;
	out->waits = entry->content == CS_MLS_CONTENT_APPLICATION;
	if (out->waits)
		/* As long as it may be. */
		err = cs_buf_add(&out->stamp, cs_view(room, sizeof room));
	if (err == CS_OK)
		err = out->waits ? wait_for_stamp(hub, group, entry, &s)
				 : append_now(out, hub, group, entry, &s);
	if (err)
		return err;
	return hub_wake(hub, group->id, group->seq, entry->by);
}
