/* SPDX-License-Identifier: MIT */
/* Who takes part: walkers, and chance. */
#include "unit/mls/random_walk/walk.h"

#include "base/alloc.h"

static uint64_t
next(struct walk *w)
{
	w->stream ^= w->stream >> 12;
	w->stream ^= w->stream << 25;
	w->stream ^= w->stream >> 27;
	return w->stream * 0x2545f4914f6cdd1dULL;
}

size_t
walk_below(struct walk *w, size_t n)
{
	return (size_t)((next(w) >> 16) % n);
}

bool
walk_once_in(struct walk *w, size_t n)
{
	return walk_below(w, n) == 0;
}

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	return id->type == CS_MLS_PSK_EXTERNAL ? cs_buf_add(out, id->id)
					       : CS_ERR_NOT_FOUND;
}

struct cs_mls_options
walk_options(struct walk *w)
{
	struct cs_mls_options opt = world_options();

	opt.psks.find = find_psk;
	opt.encrypt_handshake = walk_once_in(w, 5);
	opt.padding = walk_once_in(w, 2) ? CS_MLS_PADDING_PADME : 32;
	return opt;
}

bool
walk_awake(const struct walker *m)
{
	return m != NULL && m->in && !m->asleep;
}

size_t
walk_count_awake(const struct walk *w)
{
	size_t n = 0;

	for (size_t i = 0; i < MAX_WALKERS; i++)
		n += walk_awake(w->v[i]);
	return n;
}

struct walker *
walk_anybody(struct walk *w, const struct walker * not )
{
	size_t from = walk_below(w, MAX_WALKERS);

	for (size_t i = 0; i < MAX_WALKERS; i++) {
		struct walker *m = w->v[(from + i) % MAX_WALKERS];

		if (walk_awake(m) && m != not )
			return m;
	}
	return NULL;
}

struct walker *
walk_actor(struct walk *w)
{
	struct cs_mls_options opt = walk_options(w);
	struct walker *m = walk_anybody(w, NULL);

	assert_non_null(m);
	cs_mls_group_set_options(m->m.group, &opt);
	return m;
}

struct walker *
walk_newcomer(struct walk *w)
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

void
walk_forget_late(struct walker *m)
{
	for (size_t i = 0; i < m->n_late; i++)
		cs_buf_free(&m->late[i].message);
	m->n_late = 0;
}

void
walk_drop(struct walk *w, struct walker *m)
{
	for (size_t i = 0; i < MAX_WALKERS; i++)
		if (w->v[i] == m)
			w->v[i] = NULL;
	walk_forget_late(m);
	cs_mls_staged_free(m->own);
	cs_signer_free(m->new_signer);
	world_member_clear(&m->m);
	cs_free_plain(m);
}
