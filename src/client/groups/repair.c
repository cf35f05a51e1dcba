/* SPDX-License-Identifier: MIT */
/*
 * The way back into a group whose log this device cannot follow: a commit that
 * does not verify here, an entry that never came, a state that is damaged.  The
 * device enters by an external commit that takes the place of its old leaf (RFC
 * 9420, section 12.4.3.2).  By itself it does so only where that is safe
 * (decision 0021); else the user is asked.
 */
#include "client/groups/repair.h"

#include <string.h>

#include "client/groups/enter.h"
#include "client/groups/send.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/joining.h"
#include "client/home/problem.h"
#include "client/home/todo.h"
#include "client/hub/call.h"

enum cs_err
client_groups_repair(struct cs_client *c)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err = client_todo_list_lost(&ids, c);

	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct client_group g;

		err = client_group_load_meta(&g, c, cs_read_vec(&r));
		if (err == CS_OK && g.lost && g.state == CS_CLIENT_ACTIVE)
			err = client_joining_add(c, &g);
		else if (client_group_damaged(err))
			err = CS_OK;
		client_group_clear(&g);
	}
	cs_buf_free(&ids);
	return err;
}

/* ---- for people --------------------------------------------------------- */

/* Find a group by its name without its MLS state, which may be damaged;
 * ${*damaged}: it is. */
static enum cs_err
find(struct client_group *out, bool *damaged, struct cs_client *c,
    const char *name)
{
	struct client_group whole;
	struct client_meant meant;
	enum cs_err err;

	if ((err = client_find(&meant, c, name, CLIENT_FIND_ANY)) ||
	    (err = client_meant_load_meta(out, c, &meant)))
		return err == CS_ERR_NOT_FOUND && meant.person
		    ? client_problem(c, err,
			  "You have no conversation with %s.", meant.handle)
		    : err;
	err = client_group_load(&whole, c, client_group_id(out));
	client_group_clear(&whole);
	*damaged = client_group_damaged(err);
	return *damaged ? CS_OK : err;
}

static enum cs_err
explain(struct cs_client *c, const char *name, enum cs_err err)
{
	switch (err) {
	case CS_ERR_MEMBER:
		return client_problem(c, err,
		    "This device cannot tell whether it is still the same "
		    "people in %.255s: some are new to it, or it no longer "
		    "knows who was there. Nothing was changed. With --force "
		    "it enters all the same, and then shows who is in it.",
		    name);
	case CS_ERR_REPLAY:
		return client_problem(c, err,
		    "The hub shows %.255s as it was before. Nothing was "
		    "changed.",
		    name);
	case CS_ERR_NOT_FOUND:
		return client_problem(c, err,
		    "The hub knows no device of yours in %.255s. A member has "
		    "to add you.",
		    name);
	default:
		return err && cs_err_class(err) == CS_ERR_CLASS_THEIRS &&
			err != CS_ERR_DENIED
		    ? client_problem(c, err,
			  "What the hub gave for %.255s does not verify (%s). "
			  "Nothing was changed.",
			  name, cs_err_text(err))
		    : err;
	}
}

/* Was it entered since this home was opened: while it connected? */
static bool
was_entered(const struct cs_client *c, const struct client_group *g)
{
	struct cs_reader r = cs_reader(cs_buf_view(&c->entered));

	while (cs_reader_more(&r))
		if (cs_view_equal(cs_read_vec(&r), client_group_id(g)))
			return true;
	return false;
}

/* Send what waited for the way back. */
static enum cs_err
flush(struct cs_client *c, struct cs_view id)
{
	struct client_group g;
	enum cs_err err = client_group_load(&g, c, id);

	if (err == CS_OK)
		err = client_flush(c, &g);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_repair(struct cs_client *c, const char *name, bool force,
    uint8_t ref[static CS_HASH_LEN])
{
	struct client_group g = { 0 };
	bool damaged = false;
	enum cs_err err;

	if ((err = client_need_hub(c)) || (err = find(&g, &damaged, c, name)))
		goto out;
	memcpy(ref, g.ref, sizeof g.ref);
	if (was_entered(c, &g))
		goto out;
	if (!g.lost && !damaged && !force) {
		err = client_problem(c, CS_ERR_EXISTS,
		    "Nothing is wrong with %.255s. With --force this device "
		    "enters it anew all the same.",
		    name);
		goto out;
	}
	if ((err = client_joining_add(c, &g)) == CS_OK)
		err = client_group_enter(c, client_group_id(&g),
		    force ? CLIENT_ANY_COMPANY : CLIENT_KNOWN_COMPANY);
	if (err == CS_OK) {
		err = flush(c, client_group_id(&g));
		goto out;
	}
	/* What was well stays as it is. */
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS && !g.lost &&
	    !damaged) {
		enum cs_err forgot =
		    client_joining_forget(c, client_group_id(&g));

		if (forgot)
			err = forgot;
	}
	err = explain(c, name, err);
out:
	client_group_clear(&g);
	return err;
}
