/* SPDX-License-Identifier: MIT */
/*
 * A group lives for a while: its members do what they may in any order, sleep,
 * restart, lose races and get letters late; a public group looks on.  After
 * each step all who are awake agree, and a message with one byte changed was
 * refused without a trace.
 *
 * $COUNTERSIGN_SEED repeats a walk, $COUNTERSIGN_STEPS makes it longer, and
 * $COUNTERSIGN_SUITE walks in one suite only.
 */

#include <inttypes.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

#define MAX_WALKERS 64
#define MAX_MEMBERS 50
#define MAX_LATE 8
#define MAX_NEWS 8 /* what is by value in one commit, or waits to be */

enum kind { MAIL, PROPOSAL, COMMIT };

/* What the delivery service has for everybody, in order. */
struct entry {
	enum kind kind;
	uint64_t epoch;
	unsigned by; /* a walker's number; 0: somebody outside */
	struct cs_buf message;
};

struct walker {
	struct world_member m;
	unsigned number;
	bool in;          /* takes part, as far as it knows */
	bool asleep;      /* does not read */
	bool proposed;    /* to be added in this epoch */
	unsigned letters; /* that it sent in this epoch */
	size_t next;      /* the first entry that it has not read */
	uint64_t joined;  /* the epoch that it knows first */
	struct entry late[MAX_LATE];
	size_t n_late;
	struct cs_mls_staged *own;    /* its commit that won */
	struct cs_signer *new_signer; /* and what it brings, or NULL */
};

struct walk {
	uint64_t stream;
	struct walker *v[MAX_WALKERS];
	unsigned last_number;
	size_t target; /* so many members it tends to */
	size_t largest;
	struct entry *log;
	size_t first, n_log; /* numbers; those before first are gone */
	struct cs_signer *external;
	struct cs_mls_public_group *hub;
	bool hub_lost; /* something was encrypted to members */

	/* Of this epoch. */
	bool private_proposals, resumption, adds;
	struct cs_buf leaving[MAX_NEWS]; /* SelfRemoves */
	size_t n_leaving;

	unsigned long mails, proposals, commits, joins, externals, changed,
	    lost, reloads, removed;
};

static uint64_t
next(struct walk *w)
{
	w->stream ^= w->stream >> 12;
	w->stream ^= w->stream << 25;
	w->stream ^= w->stream >> 27;
	return w->stream * 0x2545f4914f6cdd1dULL;
}

static size_t
below(struct walk *w, size_t n)
{
	return (size_t)((next(w) >> 16) % n);
}

/* Once in ${n} times. */
static bool
once_in(struct walk *w, size_t n)
{
	return below(w, n) == 0;
}

/* ---- who is there -----------------------------------------------------------
 */

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	return id->type == CS_MLS_PSK_EXTERNAL ? cs_buf_add(out, id->id)
					       : CS_ERR_NOT_FOUND;
}

static struct cs_mls_options
options(struct walk *w)
{
	struct cs_mls_options opt = world_options();

	opt.psks.find = find_psk;
	opt.encrypt_handshake = once_in(w, 5);
	opt.padding = once_in(w, 2) ? CS_MLS_PADDING_PADME : 32;
	return opt;
}

static bool
awake(const struct walker *m)
{
	return m != NULL && m->in && !m->asleep;
}

static size_t
count_awake(const struct walk *w)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WALKERS; i++)
		n += awake(w->v[i]);
	return n;
}

/* Somebody who is awake and not ${not}; NULL if there is nobody. */
static struct walker *
anybody(struct walk *w, const struct walker * not )
{
	size_t from = below(w, MAX_WALKERS);

	for (size_t i = 0; i < MAX_WALKERS; i++) {
		struct walker *m = w->v[(from + i) % MAX_WALKERS];

		if (awake(m) && m != not )
			return m;
	}
	return NULL;
}

/* Somebody who is about to do something. */
static struct walker *
actor(struct walk *w)
{
	struct cs_mls_options opt = options(w);
	struct walker *m = anybody(w, NULL);

	assert_non_null(m);
	cs_mls_group_set_options(m->m.group, &opt);
	return m;
}

/* Somebody new, with a key package; NULL: there is no room. */
static struct walker *
newcomer(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++) {
		struct walker *m;

		if (w->v[i] != NULL)
			continue;
		m = cs_calloc(1, sizeof *m);
		assert_non_null(m);
		m->number = ++w->last_number;
		assert_ok(world_member_init(&m->m, m->number));
		w->v[i] = m;
		return m;
	}
	return NULL;
}

static void
forget_late(struct walker *m)
{
	for (size_t i = 0; i < m->n_late; i++)
		cs_buf_free(&m->late[i].message);
	m->n_late = 0;
}

static void
drop(struct walk *w, struct walker *m)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] == m)
			w->v[i] = NULL;
	forget_late(m);
	cs_mls_staged_free(m->own);
	cs_signer_free(m->new_signer);
	world_member_clear(&m->m);
	cs_free_plain(m);
}

/* ---- messages --------------------------------------------------------------
 */

/* ${message} with one byte changed is refused, and nothing else happens. */
static void
refuse_changed(struct walk *w, const struct cs_buf *message, unsigned by)
{
	struct walker *m = anybody(w, NULL);
	struct cs_buf bad = { 0 }, before = { 0 }, after = { 0 };
	struct cs_mls_received got;
	size_t at = below(w, message->len);
	enum cs_err err;

	if (m->number == by && (m = anybody(w, m)) == NULL)
		return;
	assert_ok(cs_buf_set(&bad, cs_buf_view(message)));
	bad.data[at] ^= (uint8_t)(1 + below(w, 255));
	assert_ok(world_save(m->m.group, &before));
	err = cs_mls_process(&got, m->m.group, cs_buf_view(&bad));
	if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
		fail_msg("byte %zu of %zu changed: \"%s\"", at, message->len,
		    cs_err_name(err));
	assert_ok(world_save(m->m.group, &after));
	assert_view_equal(cs_buf_view(&before), cs_buf_view(&after));
	cs_buf_free(&bad);
	cs_buf_free(&before);
	cs_buf_free(&after);
	w->changed++;
}

/* The public group keeps up with what it can read. */
static void
hub_reads(struct walk *w, const struct entry *e, const struct cs_mls_staged *s)
{
	struct cs_mls_public_outcome o;
	struct cs_mls_message_info info;
	struct cs_mls_member who;
	enum cs_err err;

	assert_ok(cs_mls_message_peek(&info, cs_buf_view(&e->message)));
	if (w->hub_lost || e->kind == MAIL)
		return;
	if (info.wire != CS_MLS_WIRE_PUBLIC) {
		w->private_proposals = true;
		w->hub_lost = e->kind == COMMIT;
		return;
	}
	err = cs_mls_public_process(&o, w->hub, cs_buf_view(&e->message));
	if (err == CS_ERR_NOT_FOUND && w->private_proposals) {
		w->hub_lost = true;
		return;
	}
	assert_ok(err);
	if (s != NULL) {
		assert_int_equal(o.n_added, cs_mls_staged_added(s));
		assert_int_equal(o.n_removed, cs_mls_staged_removed(s));
		for (size_t i = 0; i < o.n_removed; i++) {
			assert_true(
			    cs_mls_staged_removed_member(s, i, &who, NULL));
			assert_int_equal(o.removed[i], who.leaf);
		}
	}
	cs_mls_public_outcome_clear(&o);
}

/* For everybody to read. */
static void
post(struct walk *w, enum kind kind, unsigned by, uint64_t epoch,
    struct cs_buf *message, const struct cs_mls_staged *staged)
{
	struct entry *e;
	struct entry *log = cs_grow(
	    w->log, w->n_log - w->first, w->n_log - w->first + 1, sizeof *log);

	assert_non_null(log);
	w->log = log;
	e = &log[w->n_log++ - w->first];
	*e = (struct entry){ .kind = kind, .epoch = epoch, .by = by };
	cs_buf_move(&e->message, message);
	refuse_changed(w, &e->message, by);
	hub_reads(w, e, staged);
}

static void
read_mail(struct walker *m, const struct entry *e)
{
	struct cs_mls_received got;
	char text[32];

	assert_ok(cs_mls_process(&got, m->m.group, cs_buf_view(&e->message)));
	assert_int_equal(got.event, CS_MLS_EVENT_APPLICATION);
	assert_int_equal(got.epoch, e->epoch);
	snprintf(text, sizeof text, "m%u", e->by);
	assert_view_equal(cs_buf_view(&got.credential), cs_view_str(text));
	assert_view_equal(cs_buf_view(&got.data), cs_view_str(text));
	cs_mls_received_clear(&got);
	assert_err(cs_mls_process(&got, m->m.group, cs_buf_view(&e->message)),
	    CS_ERR_REPLAY);
}

/* Read what was put aside and is of an epoch before ${epoch}. */
static void
read_late(struct walker *m, uint64_t epoch)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_late; i++) {
		if (m->late[i].epoch >= epoch) {
			m->late[n++] = m->late[i];
			continue;
		}
		read_mail(m, &m->late[i]);
		cs_buf_free(&m->late[i].message);
	}
	m->n_late = n;
}

static void
merge_own(struct walker *m)
{
	assert_non_null(m->own);
	assert_ok(cs_mls_group_merge(m->m.group, m->own));
	m->own = NULL;
	if (m->new_signer != NULL) {
		cs_signer_free(m->m.id.signer);
		m->m.id.signer = m->new_signer;
		m->new_signer = NULL;
	}
}

/* false: it was removed by that. */
static bool
read_commit(struct walker *m, const struct entry *e)
{
	struct cs_mls_received got;
	bool stays;

	/* Two epochs before the one of now still decrypt. */
	read_late(m, e->epoch < 1 ? 0 : e->epoch - 1);
	m->letters = 0;
	if (e->by == m->number) {
		assert_err(
		    cs_mls_process(&got, m->m.group, cs_buf_view(&e->message)),
		    CS_ERR_REPLAY);
		assert_true(cs_mls_staged_is(m->own, cs_buf_view(&e->message)));
		merge_own(m);
		return true;
	}
	assert_ok(cs_mls_process(&got, m->m.group, cs_buf_view(&e->message)));
	assert_int_equal(got.event, CS_MLS_EVENT_COMMIT);
	assert_int_equal(cs_mls_staged_epoch(got.staged), e->epoch + 1);
	stays = !cs_mls_staged_self_removed(got.staged);
	assert_ok(cs_mls_group_merge(m->m.group, got.staged));
	got.staged = NULL;
	cs_mls_received_clear(&got);
	return stays;
}

/* All that is new for ${m}; false: it is no member any more. */
static bool
catch_up(struct walk *w, struct walker *m)
{
	struct cs_mls_received got;

	while (m->next < w->n_log) {
		const struct entry *e = &w->log[m->next++ - w->first];

		if (e->kind == COMMIT) {
			if (!read_commit(m, e))
				return false;
		} else if (e->by == m->number) {
			continue;
		} else if (e->kind == PROPOSAL) {
			assert_ok(cs_mls_process(
			    &got, m->m.group, cs_buf_view(&e->message)));
			assert_int_equal(got.event, CS_MLS_EVENT_PROPOSAL);
			cs_mls_received_clear(&got);
		} else if (m->n_late < MAX_LATE && once_in(w, 3)) {
			struct entry *late = &m->late[m->n_late++];

			*late = *e;
			late->message = (struct cs_buf){ 0 };
			assert_ok(cs_buf_set(
			    &late->message, cs_buf_view(&e->message)));
		} else {
			read_mail(m, e);
		}
	}
	/* The last that was put aside comes first. */
	if (m->n_late != 0 && once_in(w, 4)) {
		read_mail(m, &m->late[--m->n_late]);
		cs_buf_free(&m->late[m->n_late].message);
	}
	return true;
}

static void
everybody_reads(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (awake(w->v[i]) && !catch_up(w, w->v[i])) {
			w->removed++;
			drop(w, w->v[i]);
		}
}

/* ---- what members do --------------------------------------------------------
 */

static void
send_mail(struct walk *w)
{
	struct walker *m = actor(w);
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
	post(
	    w, MAIL, m->number, cs_mls_group_epoch(m->m.group), &message, NULL);
	everybody_reads(w);
	w->mails++;
}

/* A leaf that is somebody's, but not ${m}'s. */
static uint32_t
other_leaf(struct walk *w, const struct walker *m)
{
	const struct cs_mls_group *g = m->m.group;
	uint32_t n = cs_mls_group_leaves(g), leaf;
	struct cs_mls_member who;

	do
		leaf = (uint32_t)below(w, n);
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
	return from + below(w, (size_t)(now - from) + 1);
}

static struct cs_mls_psk_id
some_psk(struct walk *w, const struct cs_mls_group *g)
{
	if (w->adds || once_in(w, 2))
		return (struct cs_mls_psk_id){ .type = CS_MLS_PSK_EXTERNAL,
			.id = cs_view_str(once_in(w, 2) ? "one" : "two") };
	/* Who joins could not know it. */
	w->resumption = true;
	return (struct cs_mls_psk_id){ .type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_APP,
		.id = cs_mls_group_id(g),
		.epoch = shared_epoch(w, cs_mls_group_epoch(g)) };
}

/* The external sender stays; what else there is comes and goes. */
struct context {
	struct cs_buf senders;
	struct cs_mls_extension v[3];
	struct cs_mls_extensions list;
};

static void
make_context(struct context *c, struct walk *w)
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
	if (once_in(w, 2))
		c->v[c->list.n++] =
		    (struct cs_mls_extension){ CS_MLS_EXT_REQUIRED_CAPABILITIES,
			    cs_view("\0\0\0", 3) };
	if (once_in(w, 2))
		c->v[c->list.n++] =
		    (struct cs_mls_extension){ CS_MLS_EXT_APP_DATA_DICTIONARY,
			    cs_view("\x04\x80\x01\x01x", 5) };
}

static bool
room_for_more(const struct walk *w, const struct cs_mls_group *g)
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
	struct context c;
	enum cs_err err;

	switch (below(w, 8)) {
	case 0:
	case 1:
		if (!room_for_more(w, g) || (new = newcomer(w)) == NULL)
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
		return made(cs_mls_propose_remove(out, g, other_leaf(w, m)));
	case 4:
		psk = some_psk(w, g);
		assert_ok(cs_mls_propose_psk(out, g, &psk));
		return true;
	case 5:
		make_context(&c, w);
		err = cs_mls_propose_extensions(out, g, c.list);
		cs_buf_free(&c.senders);
		return made(err);
	case 6:
		return made(cs_mls_propose_ephemeral(
		    out, g, 0x8001, cs_view_str("ephemeral")));
	default:
		if (cs_mls_group_members(g) < 4 || !once_in(w, 3))
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
	uint32_t leaf = other_leaf(w, witness);
	struct cs_mls_psk_id psk;
	struct walker *new;
	struct context c = { 0 };

	if (w->hub_lost)
		return false;
	switch (below(w, 4)) {
	case 0:
		if (!room_for_more(w, witness->m.group) ||
		    (new = newcomer(w)) == NULL)
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
		psk = some_psk(w, witness->m.group);
		p.psk = &psk;
		break;
	default:
		make_context(&c, w);
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

	if (!room_for_more(w, witness->m.group) || (new = newcomer(w)) == NULL)
		return false;
	assert_ok(cs_mls_group_info(witness->m.group, &info, once_in(w, 2)));
	cs_buf_reset(&new->m.secrets);
	assert_ok(cs_mls_new_member_add(
	    out, &new->m.secrets, &new->m.ref, cs_buf_view(&info), &new->m.id));
	cs_buf_free(&info);
	w->adds = new->proposed = true;
	return true;
}

static void
propose(struct walk *w)
{
	struct walker *m = actor(w);
	unsigned by = 0;
	struct cs_buf message = { 0 };
	bool done;

	switch (below(w, 6)) {
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
	post(w, PROPOSAL, by, cs_mls_group_epoch(m->m.group), &message, NULL);
	everybody_reads(w);
	w->proposals++;
}

/* ---- commits ---------------------------------------------------------------
 */

/* A commit while it is on its way. */
struct attempt {
	struct walker *by;
	struct cs_mls_staged *staged;
	struct cs_mls_commit_options opt;
	struct cs_buf commit, welcome;
	struct cs_view add[MAX_NEWS];
	uint32_t remove;
	struct cs_mls_psk_id psk;
	struct context context;
	struct cs_mls_identity identity;
	struct cs_signer *signer;
};

static void
attempt_clear(struct attempt *a)
{
	cs_mls_staged_free(a->staged);
	cs_signer_free(a->signer);
	cs_buf_free(&a->commit);
	cs_buf_free(&a->welcome);
	cs_buf_free(&a->context.senders);
}

static void
choose(struct walk *w, struct attempt *a)
{
	const struct cs_mls_group *g = a->by->m.group;
	struct walker *new;

	a->opt.add = a->add;
	while (room_for_more(w, g) && a->opt.n_add < MAX_NEWS &&
	    !once_in(w, 3) && (new = newcomer(w)) != NULL) {
		new->proposed = true;
		a->add[a->opt.n_add++] = cs_buf_view(&new->m.key_package);
	}
	w->adds = w->adds || a->opt.n_add != 0;
	if (cs_mls_group_members(g) >= 4 &&
	    once_in(w, cs_mls_group_members(g) > w->target ? 2 : 6)) {
		a->remove = other_leaf(w, a->by);
		a->opt.remove = &a->remove;
		a->opt.n_remove = 1;
	}
	if (once_in(w, 6)) {
		a->psk = some_psk(w, g);
		a->opt.psk = &a->psk;
		a->opt.n_psk = 1;
	}
	if (once_in(w, 8)) {
		make_context(&a->context, w);
		a->opt.context_exts = &a->context.list;
	}
	if (once_in(w, 8)) {
		assert_ok(
		    cs_signer_new(&a->signer, cs_suite_find(world_suite)->sig));
		a->identity = a->by->m.id;
		a->identity.signer = a->signer;
		a->opt.new_identity = &a->identity;
	}
	a->opt.force_path = once_in(w, 2);
	a->opt.without_tree = once_in(w, 3);
}

static void
attempt(struct walk *w, struct attempt *a, struct walker *by)
{
	memset(a, 0, sizeof *a);
	a->by = by;
	choose(w, a);
	assert_ok(cs_mls_commit_new(
	    &a->staged, &a->commit, &a->welcome, by->m.group, &a->opt));
}

/* The epoch is over: what waited for it is no more. */
static void
new_epoch(struct walk *w)
{
	w->private_proposals = w->resumption = w->adds = false;
	while (w->n_leaving != 0)
		cs_buf_free(&w->leaving[--w->n_leaving]);
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL && w->v[i]->proposed)
			drop(w, w->v[i]);
}

static struct walker *
find_walker(struct walk *w, struct cs_view name)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL &&
		    cs_view_equal(cs_view_str(w->v[i]->m.name), name))
			return w->v[i];
	fail_msg("nobody has this name");
	return NULL;
}

static void
join(struct walk *w, struct walker *m, struct cs_view welcome,
    struct cs_view tree)
{
	struct cs_mls_options opt = options(w);
	struct cs_mls_join_options with = { .ratchet_tree = tree };

	assert_ok(cs_mls_welcome_join(&m->m.group, welcome,
	    cs_buf_view(&m->m.secrets), &m->m.id, &opt, &with));
	m->in = true;
	m->proposed = false;
	m->next = w->n_log;
	m->joined = cs_mls_group_epoch(m->m.group);
	w->joins++;
}

/* One byte of a Welcome for one is changed. */
static void
refuse_welcome(struct walk *w, const struct walker *m,
    const struct cs_buf *welcome, struct cs_view tree)
{
	struct cs_mls_options opt = options(w);
	struct cs_mls_join_options with = { .ratchet_tree = tree };
	struct cs_buf bad = { 0 };
	struct cs_mls_group *g;

	assert_ok(cs_buf_set(&bad, cs_buf_view(welcome)));
	bad.data[below(w, bad.len)] ^= (uint8_t)(1 + below(w, 255));
	assert_int_equal(
	    cs_err_class(cs_mls_welcome_join(&g, cs_buf_view(&bad),
		cs_buf_view(&m->m.secrets), &m->m.id, &opt, &with)),
	    CS_ERR_CLASS_THEIRS);
	assert_null(g);
	cs_buf_free(&bad);
	w->changed++;
}

/* Who is welcomed, in two lots if there is more than one. */
struct arrivals {
	struct cs_buf parts[2];
	char name[2 * MAX_WALKERS][16];
	size_t n, half;
};

static void
note_arrivals(struct arrivals *out, struct walk *w, const struct attempt *a)
{
	struct cs_mls_member who;

	memset(out, 0, sizeof *out);
	for (; cs_mls_staged_added_member(a->staged, out->n, &who); out->n++)
		snprintf(out->name[out->n], sizeof out->name[0], "%.*s",
		    (int)who.credential.len, (const char *)who.credential.data);
	assert_true((out->n != 0) == (a->welcome.len != 0));
	if (out->n == 0)
		return;
	if (out->n == 1 || once_in(w, 2)) {
		out->half = out->n;
		assert_ok(cs_buf_set(&out->parts[0], cs_buf_view(&a->welcome)));
		return;
	}
	out->half = 1 + below(w, out->n - 1);
	assert_ok(
	    cs_mls_staged_welcome(&out->parts[0], a->staged, 0, out->half));
	assert_ok(cs_mls_staged_welcome(
	    &out->parts[1], a->staged, out->half, out->n - out->half));
}

static void
arrive(struct walk *w, struct arrivals *in, const struct attempt *a)
{
	struct cs_buf tree = { 0 };

	if (a->opt.without_tree)
		assert_ok(cs_mls_group_tree(a->by->m.group, &tree));
	for (size_t i = 0; i < in->n; i++) {
		struct walker *m = find_walker(w, cs_view_str(in->name[i]));
		const struct cs_buf *part = &in->parts[i >= in->half];

		if (in->n == 1)
			refuse_welcome(w, m, part, cs_buf_view(&tree));
		join(w, m, cs_buf_view(part), cs_buf_view(&tree));
	}
	cs_buf_free(&in->parts[0]);
	cs_buf_free(&in->parts[1]);
	cs_buf_free(&tree);
}

/* Its commit outlives a restart. */
static void
keep_staged(struct attempt *a)
{
	struct cs_buf saved = { 0 }, again = { 0 };

	assert_ok(cs_mls_staged_save(a->staged, &saved));
	cs_mls_staged_free(a->staged);
	a->staged = NULL;
	assert_ok(cs_mls_staged_load(
	    &a->staged, a->by->m.group, cs_buf_view(&saved)));
	assert_ok(cs_mls_staged_save(a->staged, &again));
	assert_view_equal(cs_buf_view(&saved), cs_buf_view(&again));
	cs_buf_free(&saved);
	cs_buf_free(&again);
}

static void
commit(struct walk *w)
{
	struct walker *by = actor(w), *rival = anybody(w, by);
	uint64_t epoch = cs_mls_group_epoch(by->m.group);
	struct arrivals arrivals;
	struct attempt a, other;

	if (rival != NULL && once_in(w, 4)) {
		attempt(w, &other, rival);
		refuse_changed(w, &other.commit, rival->number);
		attempt_clear(&other);
		w->lost++;
	}
	attempt(w, &a, by);
	note_arrivals(&arrivals, w, &a);
	if (once_in(w, 3))
		keep_staged(&a);
	by->own = a.staged;
	by->new_signer = a.signer;
	a.signer = NULL;
	a.staged = NULL;
	post(w, COMMIT, by->number, epoch, &a.commit, by->own);
	everybody_reads(w);
	arrive(w, &arrivals, &a);
	attempt_clear(&a);
	new_epoch(w);
	w->commits++;
}

/* A GroupInfo with a byte changed lets nobody in. */
static void
refuse_info(struct walk *w, const struct cs_buf *info,
    const struct cs_mls_identity *id, const struct cs_mls_external_options *ext)
{
	struct cs_mls_options opt = options(w);
	struct cs_buf bad = { 0 }, none = { 0 };
	struct cs_mls_group *g;

	assert_ok(cs_buf_set(&bad, cs_buf_view(info)));
	bad.data[below(w, bad.len)] ^= (uint8_t)(1 + below(w, 255));
	assert_int_equal(cs_err_class(cs_mls_external_commit(
			     &g, &none, cs_buf_view(&bad), id, &opt, ext)),
	    CS_ERR_CLASS_THEIRS);
	assert_null(g);
	assert_int_equal(none.len, 0);
	cs_buf_free(&bad);
	w->changed++;
}

/* Somebody new comes in by itself, or a member that lost its state. */
static void
external_commit(struct walk *w)
{
	struct cs_mls_options opt = options(w);
	struct walker *witness = actor(w);
	struct cs_mls_external_options ext = {
		.resync = once_in(w, 2),
	};
	const struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("one") };
	struct walker *m = ext.resync ? anybody(w, witness)
	    : cs_mls_group_members(witness->m.group) < w->target ? newcomer(w)
								 : NULL;
	uint64_t epoch = cs_mls_group_epoch(witness->m.group);
	struct cs_buf info = { 0 }, tree = { 0 }, message = { 0 };
	struct cs_view leaving[MAX_NEWS];
	struct cs_mls_group *g;

	if (m == NULL)
		return;
	if (once_in(w, 2))
		assert_ok(cs_mls_group_tree(witness->m.group, &tree));
	assert_ok(cs_mls_group_info(witness->m.group, &info, tree.len == 0));
	ext.ratchet_tree = cs_buf_view(&tree);
	if (once_in(w, 3)) {
		ext.psk = &psk;
		ext.n_psk = 1;
	}
	if (!ext.resync) {
		ext.n_proposals = w->n_leaving;
		ext.proposals = leaving;
		for (size_t i = 0; i < ext.n_proposals; i++)
			leaving[i] = cs_buf_view(&w->leaving[i]);
	}
	refuse_info(w, &info, &m->m.id, &ext);
	assert_ok(cs_mls_external_commit(
	    &g, &message, cs_buf_view(&info), &m->m.id, &opt, &ext));
	cs_mls_group_free(m->m.group);
	m->m.group = g;
	forget_late(m);
	m->in = false; /* does not read its own commit */
	post(w, COMMIT, m->number, epoch, &message, NULL);
	everybody_reads(w);
	m->in = true;
	m->proposed = false;
	m->letters = 0;
	m->next = w->n_log;
	m->joined = epoch + 1;
	new_epoch(w);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	w->externals++;
}

/* ---- what happens to them ---------------------------------------------------
 */

static void
reload(struct walk *w, struct walker *m)
{
	struct cs_mls_options opt = options(w);
	struct cs_buf saved = { 0 }, again = { 0 };

	assert_ok(world_save(m->m.group, &saved));
	cs_mls_group_free(m->m.group);
	assert_ok(world_load(&m->m.group, cs_buf_view(&saved), &opt));
	assert_ok(world_save(m->m.group, &again));
	assert_view_equal(cs_buf_view(&saved), cs_buf_view(&again));
	cs_buf_free(&saved);
	cs_buf_free(&again);
	w->reloads++;
}

static void
reload_hub(struct walk *w)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf saved = { 0 }, again = { 0 };

	assert_ok(cs_mls_public_group_save(w->hub, &saved));
	cs_mls_public_group_free(w->hub);
	assert_ok(cs_mls_public_group_load(&w->hub, cs_buf_view(&saved), &opt));
	assert_ok(cs_mls_public_group_save(w->hub, &again));
	assert_view_equal(cs_buf_view(&saved), cs_buf_view(&again));
	cs_buf_free(&saved);
	cs_buf_free(&again);
}

static void
wake(struct walk *w, struct walker *m)
{
	m->asleep = false;
	if (!catch_up(w, m)) {
		w->removed++;
		drop(w, m);
	}
}

/* Entries that everybody has read; those of this epoch stay, so that the same
 * proposal is noticed when an external sender makes it twice. */
static void
forget_log(struct walk *w)
{
	uint64_t now = cs_mls_group_epoch(anybody(w, NULL)->m.group);
	size_t keep = w->n_log, n;

	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL && w->v[i]->in && w->v[i]->next < keep)
			keep = w->v[i]->next;
	while (keep > w->first && w->log[keep - 1 - w->first].epoch == now)
		keep--;
	n = keep - w->first;
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		cs_buf_free(&w->log[i].message);
	memmove(w->log, w->log + n, (w->n_log - keep) * sizeof *w->log);
	w->first = keep;
}

/* Sleep, restarts, and now and then another size. */
static void
live(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++) {
		struct walker *m = w->v[i];

		if (m == NULL || !m->in)
			continue;
		if (!m->asleep && count_awake(w) > 3)
			m->asleep = once_in(w, 60);
		else if (m->asleep && once_in(w, 12))
			wake(w, m);
	}
	for (size_t i = 0; i < MAX_WALKERS && count_awake(w) < 3; i++)
		if (w->v[i] != NULL && w->v[i]->asleep)
			wake(w, w->v[i]);
	if (once_in(w, 4))
		reload(w, anybody(w, NULL));
	if (!w->hub_lost && once_in(w, 8))
		reload_hub(w);
	if (once_in(w, 50))
		w->target = once_in(w, 3) ? MAX_MEMBERS : 2 + below(w, 20);
	forget_log(w);
}

/* ---- agreement -------------------------------------------------------------
 */

static void
hub_follows(struct walk *w, const struct walker *m)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf info = { 0 }, theirs = { 0 }, ours = { 0 };

	if (w->hub_lost && cs_mls_group_proposals(m->m.group) != 0)
		return; /* those it could not know */
	assert_ok(cs_mls_group_info(m->m.group, &info, CS_MLS_WITH_TREE));
	if (w->hub_lost) {
		cs_mls_public_group_free(w->hub);
		assert_ok(cs_mls_public_group_new(
		    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
		w->hub_lost = false;
	}
	assert_int_equal(
	    cs_mls_public_group_epoch(w->hub), cs_mls_group_epoch(m->m.group));
	assert_ok(cs_mls_public_group_check_info(w->hub, cs_buf_view(&info)));
	assert_ok(cs_mls_public_group_tree(w->hub, &ours));
	assert_ok(cs_mls_group_tree(m->m.group, &theirs));
	assert_view_equal(cs_buf_view(&ours), cs_buf_view(&theirs));
	cs_buf_free(&info);
	cs_buf_free(&ours);
	cs_buf_free(&theirs);
}

static void
agree(struct walk *w)
{
	const struct walker *m = anybody(w, NULL);

	assert_non_null(m);
	if (cs_mls_group_members(m->m.group) > w->largest)
		w->largest = cs_mls_group_members(m->m.group);
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (awake(w->v[i])) {
			assert_true(world_agree(&m->m, &w->v[i]->m));
			assert_int_equal(
			    cs_mls_group_proposals(w->v[i]->m.group),
			    cs_mls_group_proposals(m->m.group));
		}
	hub_follows(w, m);
}

static void
step(struct walk *w)
{
	size_t what = below(w, 20);

	live(w);
	if (what < 6 && anybody(w, NULL)->letters < 10)
		send_mail(w);
	else if (what < 12)
		propose(w);
	else if (what < 18)
		commit(w);
	else
		external_commit(w);
	agree(w);
}

/* ---- the walk --------------------------------------------------------------
 */

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s == NULL ? otherwise : strtoull(s, NULL, 0);
}

static void
begin(struct walk *w, uint64_t seed)
{
	struct walker *founder;
	struct cs_buf info = { 0 };
	struct cs_mls_options opt = world_options();
	struct context c;

	memset(w, 0, sizeof *w);
	w->stream = seed * 0x9e3779b97f4a7c15ULL + 1;
	w->target = 6;
	cs_test_fixed_random(seed);
	assert_ok(cs_signer_new(&w->external, cs_suite_find(world_suite)->sig));
	make_context(&c, w);
	founder = newcomer(w);
	assert_ok(world_found(&founder->m, c.list));
	founder->in = true;
	assert_ok(cs_mls_group_info(founder->m.group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	cs_buf_free(&info);
	cs_buf_free(&c.senders);
	/* With nobody else there is little to do. */
	while (count_awake(w) < 2)
		commit(w);
}

static void
end(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] != NULL)
			drop(w, w->v[i]);
	new_epoch(w);
	for (size_t i = 0; i < w->n_log - w->first; i++)
		cs_buf_free(&w->log[i].message);
	cs_free_plain(w->log);
	cs_mls_public_group_free(w->hub);
	cs_signer_free(w->external);
	cs_test_real_random();
}

static void
walk(uint16_t suite, uint64_t seed, uint64_t steps)
{
	struct walk w;

	world_suite = suite;
	begin(&w, seed);
	for (uint64_t i = 0; i < steps; i++) {
		if (getenv("COUNTERSIGN_STEPS") != NULL && i % 1000 == 0)
			print_message(
			    "# suite %u, step %" PRIu64 "\n", suite, i);
		step(&w);
	}
	print_message("# suite %u, seed %" PRIu64 ", %" PRIu64
		      " steps: %lu mails, %lu proposals, %lu commits, %lu lost,"
		      " %lu external, %lu welcomed, %lu removed, %lu restarts,"
		      " %lu changed bytes, up to %zu members\n",
	    suite, seed, steps, w.mails, w.proposals, w.commits, w.lost,
	    w.externals, w.joins, w.removed, w.reloads, w.changed, w.largest);
	end(&w);
	world_suite = 1;
}

static void
test_walk(void **state)
{
	uint64_t only = setting("COUNTERSIGN_SUITE", 0), seed;
	uint64_t steps = setting("COUNTERSIGN_STEPS", 2000);
	const struct cs_suite *suite;

	(void)state;
	cs_random((uint8_t *)&seed, sizeof seed);
	seed = setting("COUNTERSIGN_SEED", seed);
	/* Said before it starts, for when it does not end. */
	print_message("# COUNTERSIGN_SEED=%" PRIu64 "\n", seed);
	/* The slower suites go a sixteenth of the way. */
	for (size_t i = 0; (suite = cs_suite_at(i)) != NULL; i++)
		if (only == 0 || only == suite->id)
			walk(suite->id, only != 0 ? seed : seed + i,
			    i == 0 || only != 0 ? steps : steps / 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
