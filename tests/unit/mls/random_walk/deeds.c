/* SPDX-License-Identifier: MIT */
/* What members do between commits: messages and proposals. */
#include "unit/mls/random_walk/walk.h"

#include "base/alloc.h"

void
walk_send_mail(struct walk *w)
{
	struct walker *m = walk_actor(w);
	struct cs_view name = cs_view_str(m->m.name);
	struct cs_buf message = { 0 };
	enum cs_err err =
	    cs_mls_protect(&message, m->m.group, cs_view(NULL, 0), name);

	if (cs_mls_group_proposals(m->m.group) != 0) {
		assert_err(err, CS_ERR_BUSY);
		return;
	}
	assert_ok(err);
	m->letters++;
	walk_post(
	    w, MAIL, m->number, cs_mls_group_epoch(m->m.group), &message, NULL);
	walk_everybody_reads(w);
	w->mails++;
}

uint32_t
walk_other_leaf(struct walk *w, const struct walker *m)
{
	const struct cs_mls_group *g = m->m.group;
	uint32_t n = cs_mls_group_leaves(g), leaf;
	struct cs_mls_member who;

	do
		leaf = (uint32_t)walk_below(w, n);
	while (leaf == cs_mls_group_own_leaf(g) ||
	    !cs_mls_group_member(g, leaf, &who));
	return leaf;
}

/* An epoch whose resumption PSK everybody has. */
static uint64_t
shared_epoch(struct walk *w, uint64_t now)
{
	uint64_t from = now < 4 ? 0 : now - 4;

	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL && w->v[i]->in && w->v[i]->joined > from)
			from = w->v[i]->joined;
	return from + walk_below(w, (size_t)(now - from) + 1);
}

struct cs_mls_psk_id
walk_some_psk(struct walk *w, const struct cs_mls_group *g)
{
	if (w->adds || walk_once_in(w, 2))
		return (struct cs_mls_psk_id){ .type = CS_MLS_PSK_EXTERNAL,
			.id = cs_view_str(walk_once_in(w, 2) ? "one" : "two") };
	/* Who joins could not know it. */
	w->resumption = true;
	return (struct cs_mls_psk_id){ .type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_APP,
		.id = cs_mls_group_id(g),
		.epoch = shared_epoch(w, cs_mls_group_epoch(g)) };
}

void
walk_make_context(struct walk_context *c, struct walk *w)
{
	const struct cs_mls_external_sender sender = {
		cs_signer_public(w->external),
		{ CS_MLS_CREDENTIAL_BASIC, cs_view_str("hub") },
	};

	memset(c, 0, sizeof *c);
	assert_ok(cs_mls_external_senders(&c->senders, &sender, 1));
	c->list.v = c->v;
	c->v[c->list.n++] =
	    (struct cs_mls_extension){ CS_MLS_EXT_EXTERNAL_SENDERS,
		    cs_buf_view(&c->senders) };
	if (walk_once_in(w, 2))
		c->v[c->list.n++] =
		    (struct cs_mls_extension){ CS_MLS_EXT_REQUIRED_CAPABILITIES,
			    cs_view("\0\0\0", 3) };
	if (walk_once_in(w, 2))
		c->v[c->list.n++] =
		    (struct cs_mls_extension){ CS_MLS_EXT_APP_DATA_DICTIONARY,
			    cs_view("\x04\x80\x01\x01x", 5) };
}

bool
walk_room_for_more(const struct walk *w, const struct cs_mls_group *g)
{
	return !w->resumption && cs_mls_group_members(g) < w->target;
}

/* The same again, of the same member, is the same message. */
static bool
made(enum cs_err err)
{
	if (err != CS_ERR_REPLAY)
		assert_ok(err);
	return err == CS_OK;
}

/* A SelfRemove is kept for who joins from outside. */
static bool
leave(struct walk *w, struct cs_buf *out, struct walker *m)
{
	if (!made(cs_mls_propose_self_remove(out, m->m.group)))
		return false;
	if (w->n_leaving < MAX_NEWS)
		assert_ok(
		    cs_buf_set(&w->leaving[w->n_leaving++], cs_buf_view(out)));
	return true;
}

static bool
posted(const struct walk *w, const struct cs_buf *message)
{
	for (size_t i = 0; i < w->n_log - w->first; i++)
		if (cs_view_equal(
			cs_buf_view(&w->log[i].message), cs_buf_view(message)))
			return true;
	return false;
}

/* false: nothing was. */
static bool
propose_by_member(struct walk *w, struct walker *m, struct cs_buf *out)
{
	struct cs_mls_group *g = m->m.group;
	struct cs_mls_psk_id psk;
	struct walker *new;
	struct walk_context c;
	enum cs_err err;

	switch (walk_below(w, 8)) {
	case 0:
	case 1:
		if (!walk_room_for_more(w, g) ||
		    (new = walk_newcomer(w)) == NULL)
			return false;
		w->adds = new->proposed = true;
		assert_ok(cs_mls_propose_add(
		    out, g, cs_buf_view(&new->m.key_package)));
		return true;
	case 2:
		assert_ok(cs_mls_propose_update(out, g));
		return true;
	case 3:
		if (cs_mls_group_members(g) < 4)
			return false;
		return made(
		    cs_mls_propose_remove(out, g, walk_other_leaf(w, m)));
	case 4:
		psk = walk_some_psk(w, g);
		assert_ok(cs_mls_propose_psk(out, g, &psk));
		return true;
	case 5:
		walk_make_context(&c, w);
		err = cs_mls_propose_extensions(out, g, c.list);
		cs_buf_free(&c.senders);
		return made(err);
	case 6:
		return made(cs_mls_propose_ephemeral(
		    out, g, 0x8001, cs_view_str("ephemeral")));
	default:
		if (cs_mls_group_members(g) < 4 || !walk_once_in(w, 3))
			return false;
		return leave(w, out, m);
	}
}

/* By the external sender. */
static bool
propose_from_outside(
    struct walk *w, const struct walker *witness, struct cs_buf *out)
{
	struct cs_mls_external_proposal p = { 0 };
	uint32_t leaf = walk_other_leaf(w, witness);
	struct cs_mls_psk_id psk;
	struct walker *new;
	struct walk_context c = { 0 };

	if (w->hub_lost)
		return false;
	switch (walk_below(w, 4)) {
	case 0:
		if (!walk_room_for_more(w, witness->m.group) ||
		    (new = walk_newcomer(w)) == NULL)
			return false;
		w->adds = new->proposed = true;
		p.add = cs_buf_view(&new->m.key_package);
		break;
	case 1:
		if (cs_mls_group_members(witness->m.group) < 4)
			return false;
		p.remove = &leaf;
		break;
	case 2:
		psk = walk_some_psk(w, witness->m.group);
		p.psk = &psk;
		break;
	default:
		walk_make_context(&c, w);
		p.context_exts = &c.list;
		break;
	}
	assert_ok(cs_mls_external_propose(out, w->hub, 0, w->external, &p));
	cs_buf_free(&c.senders);
	return true;
}

/* Somebody asks to be added. */
static bool
propose_oneself(
    struct walk *w, const struct walker *witness, struct cs_buf *out)
{
	struct cs_buf info = { 0 };
	struct walker *new;

	if (!walk_room_for_more(w, witness->m.group) ||
	    (new = walk_newcomer(w)) == NULL)
		return false;
	assert_ok(
	    cs_mls_group_info(witness->m.group, &info, walk_once_in(w, 2)));
	cs_buf_reset(&new->m.secrets);
	assert_ok(cs_mls_new_member_add(
	    out, &new->m.secrets, &new->m.ref, cs_buf_view(&info), &new->m.id));
	cs_buf_free(&info);
	w->adds = new->proposed = true;
	return true;
}

void
walk_propose(struct walk *w)
{
	struct walker *m = walk_actor(w);
	unsigned by = 0;
	struct cs_buf message = { 0 };
	bool done;

	switch (walk_below(w, 6)) {
	case 0:
		done = propose_from_outside(w, m, &message);
		break;
	case 1:
		done = propose_oneself(w, m, &message);
		break;
	default:
		by = m->number;
		done = propose_by_member(w, m, &message);
		break;
	}
	if (!done || posted(w, &message)) {
		cs_buf_free(&message);
		return;
	}
	walk_post(
	    w, PROPOSAL, by, cs_mls_group_epoch(m->m.group), &message, NULL);
	walk_everybody_reads(w);
	w->proposals++;
}
