/* SPDX-License-Identifier: MIT */
/*
 * Adding people and devices: their key packages, which are asked of the hub and
 * checked, and the commit that adds them.
 */
#include "client/groups/invite.h"

#include <string.h>

#include "base/alloc.h"
#include "client/account/key_change.h"
#include "client/groups/commit.h"
#include "client/home/away.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/home/problem.h"
#include "client/home/revoked.h"
#include "client/home/room.h"
#include "client/hub/call.h"
#include "crypto/random.h"
#include "room/leaf.h"

/* ---- key packages of others --------------------------------------------- */

/* Check one key package: signed by its device, which is certified by the
 * account that was asked for. */
static enum cs_err
check_package(struct client_leaf_check *check, const char *handle,
    const struct cs_wire_key_packages_answer *answer, struct cs_view bytes)
{
	struct cs_mls_key_package_info info;
	struct cs_room_owner owner;
	struct cs_identity identity;
	enum cs_err err;

	if ((err = cs_room_check_key_package(&info, &owner, bytes,
		 CS_VIEW_OF(check->c->self.root), client_now_s(check->c))) ||
	    (err = client_check_leaf(check,
		 &(struct cs_mls_auth_request){
		     .credential = &info.credential,
		     .signature_key = info.signature_key,
		 })) ||
	    (err = cs_identity_peek(&identity, info.credential.identity)) ||
	    (err = client_revoked_check(check->c, &identity)))
		return err;
	if (!cs_view_equal(owner.handle, cs_view_str(handle)) ||
	    memcmp(owner.account, answer->account, CS_ID_LEN) != 0 ||
	    memcmp(owner.account_key, answer->account_key, CS_KEY_LEN) != 0)
		return CS_ERR_CREDENTIAL;
	return client_contact_learn(check, info.credential.identity);
}

/* Warn of a changed key, if there is one. */
static enum cs_err
warn(struct cs_client *c, const struct client_contact *differs)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	return cs_db_end(c->db, client_contact_warn(c, differs));
}

static enum cs_err
take_packages(struct client_invited *out, struct cs_client *c,
    const char *handle, const struct cs_wire_key_packages_answer *answer)
{
	struct cs_writer w = cs_writer(&out->packages);
	struct cs_view rest = answer->key_packages.raw;
	struct client_leaf_check check = { .c = c };
	struct cs_wire_bytes item;
	enum cs_err err = CS_OK;

	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_bytes_shape, &rest)) {
		err = check_package(&check, handle, answer, item.v);
		if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
			enum cs_err warned = warn(c, &check.differs);

			if (warned)
				return warned;
			return client_problem(c, err,
			    "The hub gave a key for %s that is not theirs "
			    "(%s). Nothing was sent. If %s has a new account, "
			    "compare safety numbers first.",
			    handle, cs_err_text(err), handle);
		}
		cs_write_vec(&w, item.v);
		out->n++;
	}
	return err ? err : cs_writer_end(&w);
}

/* Fetch and check a key package of each device of ${handle} or, if ${device} is
 * not NULL, of that device. */
static enum cs_err
fetch(struct client_invited *out, struct cs_client *c, const char *handle,
    const uint8_t *device)
{
	struct cs_wire_key_packages_get get = { .handle = cs_view_str(handle) };
	struct cs_wire_key_packages_answer answer;
	enum cs_err err;

	if (device != NULL)
		memcpy(get.device, device, sizeof get.device);
	err = client_call(c, CS_WIRE_KEY_PACKAGES_GET,
	    &cs_wire_key_packages_get_shape, &get,
	    &cs_wire_key_packages_answer_shape, &answer);
	if (err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_NO_MEMBER)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "There is nobody called %s here, or they do not take "
		    "messages from people they don't know.",
		    handle);
	if (err)
		return err;
	return take_packages(out, c, handle, &answer);
}

enum cs_err
client_invite_ask(
    struct client_invited *out, struct cs_client *c, const char *handle)
{
	if (strcmp(handle, c->self.handle) == 0)
		return client_problem(
		    c, CS_ERR_MISUSE, "%s is your own name.", handle);
	if (!cs_handle_valid(cs_view_str(handle)))
		return client_problem(c, CS_ERR_FORMAT,
		    "\"%.40s\" is not a name that anybody can have.", handle);
	return fetch(out, c, handle, NULL);
}

enum cs_err
client_invite_ask_own(
    struct client_invited *out, struct cs_client *c, const uint8_t *device)
{
	enum cs_err err;

	if (c->link.login.devices < 2)
		return CS_OK;
	err = fetch(out, c, c->self.handle, device);
	return err == CS_ERR_DENIED &&
		c->link.hub_code == CS_WIRE_E_NO_KEY_PACKAGE
	    ? CS_OK
	    : err;
}

static bool
is_member(const struct client_group *g, struct cs_view package)
{
	struct cs_mls_key_package_info info;
	struct cs_mls_member m;

	if (cs_mls_key_package_check(
		&info, package, client_now_s(g->check->c)) != CS_OK)
		return false;
	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++)
		if (cs_mls_group_member(g->mls, i, &m) &&
		    cs_view_equal(m.credential, info.credential.identity))
			return true;
	return false;
}

/* Put the packages of devices that are not in ${g} into ${v}, which has room
 * for in->n views; returns how many. */
static size_t
package_views(struct cs_view *v, const struct client_invited *in,
    const struct client_group *g)
{
	struct cs_reader r = cs_reader(cs_buf_view(&in->packages));
	size_t n = 0;

	while (cs_reader_more(&r)) {
		v[n] = cs_read_vec(&r);
		n += !is_member(g, v[n]);
	}
	return n;
}

/* Write what is known of the group, for those who join and nobody else. */
static enum cs_err
room_extension(
    struct cs_buf *out, struct cs_client *c, const struct client_group *g)
{
	struct client_room_info info = {
		.direct = g->direct,
		.name = cs_view_str(g->direct ? "" : g->name),
	};
	struct cs_buf link = { 0 }, picture = { 0 };
	enum cs_err err;

	if ((err = client_room_find(&link, NULL, c, client_group_id(g),
		 CLIENT_ROOM_LINK)) == CS_OK &&
	    (err = client_room_find(&picture, NULL, c, client_group_id(g),
		 CLIENT_ROOM_PICTURE)) == CS_OK) {
		info.link = cs_buf_view(&link);
		info.picture = cs_buf_view(&picture);
		err = client_room_info_write(out, &info);
	}
	cs_buf_free(&link);
	cs_buf_free(&picture);
	return err;
}

enum cs_err
client_invite_add(struct cs_client *c, struct client_group *g,
    const struct client_invited *in)
{
	struct cs_buf room = { 0 };
	struct cs_view *packages = cs_calloc(in->n + 1, sizeof *packages);
	struct cs_mls_extension ext = { .type = CLIENT_EXT_ROOM };
	struct cs_mls_commit_options opt = { .add = packages };
	enum cs_err err = CS_ERR_NOMEM;

	if (packages == NULL || (err = client_group_register(c, g)) ||
	    (err = room_extension(&room, c, g)))
		goto out;
	ext.data = cs_buf_view(&room);
	opt.welcome_exts = (struct cs_mls_extensions){ &ext, 1 };
	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		/* A quicker committer may have added some of them. */
		opt.n_add = package_views(packages, in, g);
		err = opt.n_add != 0 ? client_commit(c, g, &opt) : CS_OK;
		if (err != CS_ERR_EPOCH)
			break;
	}
out:
	cs_free(packages, (in->n + 1) * sizeof *packages);
	cs_buf_free(&room);
	return err;
}

static bool
is_in(const struct client_group *g, const uint8_t device[static CS_ID_LEN])
{
	struct cs_identity identity;
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++)
		if (cs_mls_group_member(g->mls, i, &m) &&
		    cs_identity_peek(&identity, m.credential) == CS_OK &&
		    memcmp(identity.device.device, device, CS_ID_LEN) == 0)
			return true;
	return false;
}

/* ---- our other devices -------------------------------------------------- */

struct listing {
	struct cs_buf *ids;
	enum cs_err err;
};

static void
note_other(void *arg, const struct cs_client_device *d)
{
	struct listing *l = arg;

	if (l->err == CS_OK && !d->own)
		l->err = cs_buf_add(l->ids, CS_VIEW_OF(d->id));
}

static enum cs_err
list_others(struct client_other_devices *others, struct cs_client *c)
{
	struct listing l = { .ids = &others->ids };
	enum cs_err err;

	if (others->asked)
		return CS_OK;
	others->asked = true;
	err = cs_client_devices(c, note_other, &l);
	return err ? err : l.err;
}

/* Packages are asked for by device, so that none is used up for a device that
 * is in the group already. */
static enum cs_err
ask_missing(struct client_invited *out, struct cs_client *c,
    const struct client_group *g, struct client_other_devices *others)
{
	struct cs_reader r;
	enum cs_err err = list_others(others, c);

	r = cs_reader(cs_buf_view(&others->ids));
	while (err == CS_OK && cs_reader_more(&r)) {
		const uint8_t *id = cs_read_bytes(&r, CS_ID_LEN).data;

		if (!is_in(g, id))
			err = client_invite_ask_own(out, c, id);
	}
	return err;
}

enum cs_err
client_devices_missing(
    bool *out, struct cs_client *c, const struct client_group *g)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	bool away;
	enum cs_err err;

	*out = false;
	if (client_group_over(g) || !g->registered || g->lost ||
	    client_group_leaves_of(g, c->self.handle, leaves) >=
		c->link.login.devices)
		return CS_OK;
	/* Where the operator took this account out, its devices come back by
	 * themselves: a Welcome would take from them what they have not read
	 * yet. */
	err = client_away_find(&away, c, g, c->self.handle);
	*out = !away;
	return err;
}

enum cs_err
client_devices_bring(struct cs_client *c, struct client_group *g,
    struct client_other_devices *others)
{
	struct client_invited in = { 0 };
	bool missing;
	enum cs_err err = client_devices_missing(&missing, c, g);

	if (err || !missing)
		return err;
	if ((err = ask_missing(&in, c, g, others)) == CS_OK && in.n != 0)
		err = client_invite_add(c, g, &in);
	cs_buf_free(&in.packages);
	/* A hub that invents devices of this account gets none of them in, and
	 * stops nothing; cs_client_devices() reports it. */
	return err && cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
}
