/* SPDX-License-Identifier: MIT */
/* What the delivery service has, and reading it. */
#include "unit/mls/random_walk/walk.h"

#include "base/alloc.h"

void
walk_refuse_changed(struct walk *w, const struct cs_buf *message, unsigned by)
{
	struct walker *m = walk_anybody(w, NULL);
	struct cs_buf bad = { 0 }, before = { 0 }, after = { 0 };
	struct cs_mls_received got;
	size_t at = walk_below(w, message->len);
	enum cs_err err;

	if (m->number == by && (m = walk_anybody(w, m)) == NULL)
		return;
	assert_ok(cs_buf_set(&bad, cs_buf_view(message)));
	bad.data[at] ^= (uint8_t)(1 + walk_below(w, 255));
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
			assert_int_equal(o.removed[i].leaf, who.leaf);
		}
	}
	cs_mls_public_outcome_clear(&o);
}

void
walk_post(struct walk *w, enum kind kind, unsigned by, uint64_t epoch,
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
	walk_refuse_changed(w, &e->message, by);
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

bool
walk_catch_up(struct walk *w, struct walker *m)
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
		} else if (m->n_late < MAX_LATE && walk_once_in(w, 3)) {
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
	if (m->n_late != 0 && walk_once_in(w, 4)) {
		read_mail(m, &m->late[--m->n_late]);
		cs_buf_free(&m->late[m->n_late].message);
	}
	return true;
}

void
walk_everybody_reads(struct walk *w)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (walk_awake(w->v[i]) && !walk_catch_up(w, w->v[i])) {
			w->removed++;
			walk_drop(w, w->v[i]);
		}
}
