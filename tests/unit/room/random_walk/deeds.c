/* SPDX-License-Identifier: MIT */
/* What honest members and the operator do. */
#include <stdio.h>

#include "client/groups/commit.h"
#include "client/home/group.h"
#include "client/home/members.h"
#include "hub/groups/removal.h"
#include "hub/groups/restore.h"
#include "unit/room/random_walk/walk.h"

/* A program that is honest is refused at times, and never fails. */
static void
may_fail(enum cs_err err)
{
	if (err && cs_err_class(err) != CS_ERR_CLASS_THEIRS &&
	    err != CS_ERR_MISUSE && err != CS_ERR_BUSY)
		assert_ok(err);
}

/* Whatever waits, an honest program can commit it: nobody is stuck. */
static void
renewed(const struct walker *m, enum cs_err err)
{
	may_fail(err);
	assert_int_not_equal(err, CS_ERR_PROPOSAL);
	if (err == CS_ERR_DENIED)
		assert_int_not_equal(
		    m->c->link.hub_code, CS_WIRE_E_INVALID_HANDSHAKE);
}

static const char *
somebody(struct walk *w)
{
	return w->v[walk_below(w, w->n)].handle;
}

static void
make_group(struct walk *w, struct walker *m)
{
	const char *who[3];
	char name[32];
	size_t n = 0;

	snprintf(name, sizeof name, "room %u", w->groups++);
	for (size_t i = 1 + walk_below(w, 3); i > 0; i--) {
		const char *handle = somebody(w);
		bool named = strcmp(handle, m->handle) == 0;

		for (size_t k = 0; k < n; k++)
			named |= strcmp(who[k], handle) == 0;
		if (!named)
			who[n++] = handle;
	}
	if (n != 0)
		may_fail(cs_client_group_new(m->c, name,
		    &(struct cs_client_people){ .names = who,
			.n = n,
			.begin = cs_client_begin_with_anybody }));
}

static void
say(struct walk *w, struct walker *m, const struct client_group *g)
{
	const struct cs_client_outgoing out = {
		.to = g->name,
		.begin = cs_client_begin_with_anybody,
		.text = cs_view_str("hello"),
	};
	char mid[65];

	(void)w;
	may_fail(cs_client_send(m->c, &out, mid));
}

static bool
coin(struct walk *w)
{
	return walk_once_in(w, 2);
}

/* Who may do what, mostly by the owner's program, who may say so. */
static void
rule(struct walk *w, struct walker *m, const struct client_group *g)
{
	const struct cs_client_policy which = { coin(w), coin(w), coin(w),
		walk_once_in(w, 4) };
	const struct cs_client_policy to = { coin(w), coin(w), coin(w),
		walk_once_in(w, 4) };

	if (coin(w))
		may_fail(cs_client_group_policy(m->c, g->name, &which, &to));
	else
		may_fail(cs_client_group_role(m->c, g->name, somebody(w),
		    (enum cs_client_role)walk_below(w, 3)));
}

static void
do_in(struct walk *w, struct walker *m, struct client_group *g)
{
	const struct cs_mls_commit_options renew = { .force_path = true };
	const char *who = somebody(w);

	switch (walk_below(w, 9)) {
	case 0:
		may_fail(cs_client_group_add(m->c, g->name,
		    &(struct cs_client_people){ .names = &who,
			.n = 1,
			.begin = cs_client_begin_with_anybody }));
		break;
	case 1:
		if (walk_once_in(w, 2))
			may_fail(cs_client_group_remove(m->c, g->name, who));
		break;
	case 2:
		if (walk_once_in(w, 4))
			may_fail(cs_client_group_leave(m->c, g->name));
		break;
	case 3:
		if (!client_group_over(g))
			renewed(m, client_commit(m->c, g, &renew));
		break;
	case 4:
		rule(w, m, g);
		break;
	default:
		say(w, m, g);
	}
}

/* Decisions of the desk, as far as they concern groups. */
static void
operate(struct walk *w)
{
	struct walker *m = &w->v[walk_below(w, w->n)];
	struct cs_hub *hub = w->w.hub;
	uint64_t disabled, devices;

	/* Sooner back than out. */
	for (size_t i = 0; i < w->n; i++)
		if (!walk_is_welcome(w, &w->v[i]) && walk_once_in(w, 2))
			m = &w->v[i];
	assert_ok(cs_db_get_int(&disabled, hub->db,
	    "SELECT disabled FROM account WHERE id=?",
	    cs_blob(CS_VIEW_OF(m->keys.account))));
	assert_ok(cs_db_get_int(&devices, hub->db,
	    "SELECT COUNT(*) FROM device WHERE account=? AND removed=0",
	    cs_blob(CS_VIEW_OF(m->keys.account))));
	if (devices > 1 && walk_once_in(w, 200)) {
		assert_ok(cs_db_exec(hub->db,
		    "UPDATE device SET removed=? WHERE id=?",
		    cs_int(hub->now_ms), cs_blob(CS_VIEW_OF(m->keys.device))));
		assert_ok(hub_removals_owe(hub, m->keys.account));
		return;
	}
	assert_ok(cs_db_exec(hub->db,
	    "UPDATE account SET disabled=?,disabled_at=0,reason=1,"
	    "statement='' WHERE id=?",
	    cs_int(!disabled), cs_blob(CS_VIEW_OF(m->keys.account))));
	assert_ok(disabled ? hub_restore_pending(hub, m->keys.account)
			   : hub_removals_owe(hub, m->keys.account));
}

void
walk_deed(struct walk *w)
{
	struct walker *m = &w->v[walk_below(w, w->n)];
	struct client_group g;

	w->deeds++;
	if (walk_once_in(w, 12)) {
		operate(w);
		return;
	}
	if (!walk_is_welcome(w, m))
		return;
	if (walk_once_in(w, 15)) {
		may_fail(walk_once_in(w, 5)
			? cs_client_block(m->c, somebody(w))
			: cs_client_accept(m->c, somebody(w)));
	} else if (walk_once_in(w, 10) || !walk_some_group(w, m, &g)) {
		make_group(w, m);
	} else {
		do_in(w, m, &g);
		client_group_clear(&g);
	}
}
