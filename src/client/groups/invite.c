/* SPDX-License-Identifier: MIT */
/* Making groups, and asking people in or out. */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/home/client.h"
#include "crypto/random.h"
#include "franking/operator_pin.h"

#define GROUP_ID_LEN 32
#define ASK_MAX 100 /* people added by one command */

/* ---- key packages of others --------------------------------------------- */

struct invited {
	struct cs_buf packages; /* each as <V> */
	size_t n;
};

/* One key package: signed by the device, certified by the account, and the
 * account the one that was asked for. */
static enum cs_err
check_package(struct cs_client *c, const char *handle,
    const struct cs_wire_key_packages_answer *answer, struct cs_view bytes)
{
	struct cs_mls_key_package_info info;
	struct cs_credential credential;
	char name[CS_HANDLE_MAX + 1];
	enum cs_err err;

	if ((err = cs_mls_key_package_check(
		 &info, bytes, cs_clock_ms() / 1000)) ||
	    (err = client_check_leaf(c,
		 &(struct cs_mls_auth_request){
		     .credential = &info.credential,
		     .signature_key = info.signature_key,
		 })) ||
	    (err = cs_credential_parse(&credential, info.credential.identity)))
		return err;
	client_handle_of(name, info.credential.identity);
	if (info.suite_id != CS_SUITE_X25519_AES128 ||
	    strcmp(name, handle) != 0 ||
	    memcmp(credential.account_key, answer->account_key, 32) != 0)
		return CS_ERR_CREDENTIAL;
	return client_contact_learn(c, info.credential.identity);
}

/* Keep in mind that the key has changed, if it is that. */
static enum cs_err
warn(struct cs_client *c)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	if ((err = client_contact_warn(c)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

static enum cs_err
take_packages(struct invited *out, struct cs_client *c, const char *handle,
    const struct cs_wire_key_packages_answer *answer)
{
	struct cs_writer w = cs_writer(&out->packages);
	struct cs_view rest = answer->key_packages.raw;
	struct cs_wire_bytes item;
	enum cs_err err = CS_OK;

	memset(&c->differs, 0, sizeof c->differs);
	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_bytes_shape, &rest)) {
		err = check_package(c, handle, answer, item.v);
		if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
			enum cs_err warned = warn(c);

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

/* A key package of each device of ${handle}, checked; or, if ${device} is not
 * NULL, of that one. */
static enum cs_err
fetch(struct invited *out, struct cs_client *c, const char *handle,
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
	if (err == CS_ERR_DENIED && c->hub_code == CS_WIRE_E_NO_MEMBER)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "There is nobody called %s here, or they do not take "
		    "messages from people they don't know.",
		    handle);
	if (err)
		return err;
	return take_packages(out, c, handle, &answer);
}

static enum cs_err
ask(struct invited *out, struct cs_client *c, const char *handle)
{
	if (strcmp(handle, c->handle) == 0)
		return client_problem(
		    c, CS_ERR_MISUSE, "%s is your own name.", handle);
	if (!cs_handle_valid(cs_view_str(handle)))
		return client_problem(c, CS_ERR_FORMAT,
		    "\"%.40s\" is not a name that anybody can have.", handle);
	return fetch(out, c, handle, NULL);
}

/* Our other devices, or one of them, as far as they can be reached. */
static enum cs_err
ask_own(struct invited *out, struct cs_client *c, const uint8_t *device)
{
	enum cs_err err;

	if (c->login.devices < 2)
		return CS_OK;
	err = fetch(out, c, c->handle, device);
	return err == CS_ERR_DENIED && c->hub_code == CS_WIRE_E_NO_KEY_PACKAGE
	    ? CS_OK
	    : err;
}

static bool
is_member(const struct client_group *g, struct cs_view package)
{
	struct cs_mls_key_package_info info;
	struct cs_mls_member m;

	if (cs_mls_key_package_check(&info, package, cs_clock_ms() / 1000) !=
	    CS_OK)
		return false;
	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++)
		if (cs_mls_group_member(g->mls, i, &m) &&
		    cs_view_equal(m.credential, info.credential.identity))
			return true;
	return false;
}

/* Into ${v}, which holds in->n views: packages of devices that are not in ${g}
 * by now; how many. */
static size_t
package_views(
    struct cs_view *v, const struct invited *in, const struct client_group *g)
{
	struct cs_reader r = cs_reader(cs_buf_view(&in->packages));
	size_t n = 0;

	while (cs_reader_more(&r)) {
		v[n] = cs_read_vec(&r);
		n += !is_member(g, v[n]);
	}
	return n;
}

/* ---- groups ------------------------------------------------------------- */

static enum cs_err
context_extensions(
    struct cs_client *c, struct cs_buf *senders, struct cs_buf *dictionary)
{
	struct cs_franking_operator_pin pin = {
		.log_origin = cs_view_str(c->hub),
		.desk_hpke = cs_view(c->desk_hpke, c->have_desk ? 32 : 0),
		.report_window_s = CLIENT_REPORT_WINDOW_S,
	};
	enum cs_err err;

	memcpy(pin.root_public, c->root, sizeof pin.root_public);
	if ((err = cs_operator_id(pin.operator_id, c->root)) ||
	    (err = cs_franking_operator_pin_write(dictionary, &pin)))
		return err;
	return client_operator_sender(senders, c);
}

/* A group of ours alone, stored; the hub does not know it yet. */
static enum cs_err
make(struct client_group *g, struct cs_client *c, const char *name, bool direct)
{
	struct cs_mls_options opt = client_mls_options(c);
	struct cs_mls_identity id;
	struct cs_buf senders = { 0 }, dictionary = { 0 };
	struct cs_mls_extension exts[2] = {
		{ .type = CS_MLS_EXT_EXTERNAL_SENDERS },
		{ .type = CS_MLS_EXT_APP_DATA_DICTIONARY },
	};
	enum cs_err err;

	memset(g, 0, sizeof *g);
	g->direct = direct;
	g->id_len = GROUP_ID_LEN;
	g->chain_known = true; /* the first chain is all zero */
	cs_random(g->id, GROUP_ID_LEN);
	strcpy(g->name, name); /* checked by the callers */
	strcpy(g->added_by, c->handle);
	g->committed_ms = cs_clock_ms();
	if ((err = client_identity(&id, c)) ||
	    (err = context_extensions(c, &senders, &dictionary)) ||
	    (err = cs_group_ref(g->ref, client_group_id(g))))
		goto out;
	exts[0].data = cs_buf_view(&senders);
	exts[1].data = cs_buf_view(&dictionary);
	if ((err = cs_mls_group_new(&g->mls, CS_SUITE_X25519_AES128,
		 client_group_id(g), &id, (struct cs_mls_extensions){ exts, 2 },
		 &opt)) == CS_OK)
		err = client_group_store(c, g);
out:
	cs_buf_free(&senders);
	cs_buf_free(&dictionary);
	return err;
}

enum cs_err
client_group_register(struct cs_client *c, struct client_group *g)
{
	struct cs_buf info = { 0 };
	struct cs_wire_group_new m;
	enum cs_err err;

	if (g->registered)
		return CS_OK;
	if ((err = cs_mls_group_info(g->mls, &info, true)) == CS_OK) {
		m.group_info = cs_buf_view(&info);
		err = client_call_empty(
		    c, CS_WIRE_GROUP_NEW, &cs_wire_group_new_shape, &m);
	}
	cs_buf_free(&info);
	if (err)
		return err;
	g->registered = true;
	return client_group_store(c, g);
}

/* Kind and name, for those who join and nobody else. */
static enum cs_err
room_extension(struct cs_buf *out, const struct client_group *g)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, g->direct ? 1 : 2);
	cs_write_vec(&w, cs_view_str(g->direct ? "" : g->name));
	return cs_writer_end(&w);
}

/* Commit the addition of those in ${in}, against whoever is quicker. */
static enum cs_err
add(struct cs_client *c, struct client_group *g, const struct invited *in)
{
	struct cs_buf room = { 0 };
	struct cs_view *packages = cs_calloc(in->n + 1, sizeof *packages);
	struct cs_mls_extension ext = { .type = CLIENT_EXT_ROOM };
	struct cs_mls_commit_options opt = { .add = packages };
	enum cs_err err = CS_ERR_NOMEM;

	if (packages == NULL || (err = client_group_register(c, g)) ||
	    (err = room_extension(&room, g)))
		goto out;
	ext.data = cs_buf_view(&room);
	opt.welcome_exts = (struct cs_mls_extensions){ &ext, 1 };
	for (unsigned i = 0; i < CLIENT_TRIES; i++) {
		/* Whoever was quicker may have added the same. */
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

struct missing {
	const struct client_group *g;
	struct cs_buf ids;
	enum cs_err err;
};

static bool
is_in(const struct client_group *g, const uint8_t device[static 16])
{
	struct cs_credential credential;
	struct cs_device_cert cert;
	struct cs_mls_member m;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++)
		if (cs_mls_group_member(g->mls, i, &m) &&
		    cs_credential_parse(&credential, m.credential) == CS_OK &&
		    cs_device_cert_peek(&cert, credential.device_cert) ==
			CS_OK &&
		    memcmp(cert.device, device, 16) == 0)
			return true;
	return false;
}

/* Ids of our devices that are not in the group, one after the other. */
static void
note_missing(void *arg, const struct cs_client_device *d)
{
	struct missing *m = arg;

	if (m->err == CS_OK && !d->own && !is_in(m->g, d->id))
		m->err = cs_buf_add(&m->ids, CS_VIEW_OF(d->id));
}

/* Asked for by name: what others are given is not used up for it. */
static enum cs_err
ask_missing(
    struct invited *out, struct cs_client *c, const struct client_group *g)
{
	struct missing m = { .g = g };
	struct cs_reader r;
	enum cs_err err = cs_client_devices(c, note_missing, &m);

	if (err == CS_OK)
		err = m.err;
	r = cs_reader(cs_buf_view(&m.ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = ask_own(out, c, cs_read_bytes(&r, 16).data);
	cs_buf_free(&m.ids);
	return err;
}

enum cs_err
client_devices_bring(struct cs_client *c, struct client_group *g)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct invited in = { 0 };
	bool away;
	enum cs_err err;

	if (client_group_over(g) || !g->registered ||
	    client_group_leaves_of(g, c->handle, leaves) >= c->login.devices)
		return CS_OK;
	/* Where the operator took us out they come back by themselves: a
	 * Welcome would take from them what they have not read yet. */
	if ((err = client_away_find(&away, c, g, c->handle)) || away)
		return err;
	if ((err = ask_missing(&in, c, g)) == CS_OK && in.n != 0)
		err = add(c, g, &in);
	cs_buf_free(&in.packages);
	/* A hub that makes up devices of ours gets none in, and stops
	 * nothing; cs_client_devices() says so. */
	return err && cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
}

enum cs_err
client_group_direct(
    struct client_group *out, struct cs_client *c, const char *handle)
{
	struct invited in = { 0 };
	struct client_contact *contact;
	enum cs_err err;

	err = client_group_find(out, c, handle, true);
	if (err == CS_OK && out->state == CS_CLIENT_BLOCKED)
		return client_problem(c, CS_ERR_DENIED,
		    "You blocked %s. \"countersign accept %s\" undoes that.",
		    handle, handle);
	if (err == CS_OK && client_group_people(out) > 1)
		return CS_OK;
	if (err != CS_OK && err != CS_ERR_NOT_FOUND)
		return err;
	if ((err = client_need_hub(c)) || (err = ask(&in, c, handle)))
		goto out;
	if (out->mls == NULL &&
	    ((err = ask_own(&in, c, NULL)) ||
		(err = make(out, c, handle, true))))
		goto out;
	if ((err = add(c, out, &in)))
		goto out;
	/* Whom we write to may write to us. */
	contact = client_contact_by_handle(c, handle);
	if (contact != NULL && contact->state == CONTACT_KNOWN)
		err = client_contact_set_state(
		    c, contact, CONTACT_ACCEPTED, cs_clock_ms());
out:
	cs_buf_free(&in.packages);
	return err;
}

/* ---- for people --------------------------------------------------------- */

static enum cs_err
check_name(struct cs_client *c, const char *name)
{
	struct cs_view v = cs_view_str(name);

	if (v.len == 0 || v.len > 255 || !cs_utf8_valid(v))
		return client_problem(c, CS_ERR_FORMAT,
		    "A group's name has 1 to 255 bytes of UTF-8.");
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] < 0x20 || v.data[i] == 0x7f)
			return client_problem(c, CS_ERR_FORMAT,
			    "A group's name has no control characters.");
	return CS_OK;
}

static enum cs_err
find_group(struct client_group *out, struct cs_client *c, const char *name)
{
	enum cs_err err = client_group_find(out, c, name, false);

	if (err == CS_ERR_NOT_FOUND)
		return client_problem(
		    c, err, "You are in no group called %.255s.", name);
	if (err == CS_ERR_EXISTS)
		return client_problem(c, err,
		    "You are in more than one group called %.255s; that name "
		    "is not enough to tell them apart.",
		    name);
	return err;
}

/* Key packages of those in ${handles} who are not in ${g} yet. */
static enum cs_err
ask_all(struct invited *out, struct cs_client *c, const struct client_group *g,
    const char *const *handles, size_t n)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	enum cs_err err = CS_OK;

	if (n > ASK_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "At most %d people can be added at once.", ASK_MAX);
	for (size_t i = 0; i < n && err == CS_OK; i++) {
		for (size_t k = 0; k < i; k++)
			if (strcmp(handles[i], handles[k]) == 0)
				return client_problem(c, CS_ERR_EXISTS,
				    "%.40s is named twice.", handles[i]);
		/* There already: what was asked for. */
		if (g->mls != NULL && strcmp(handles[i], c->handle) != 0 &&
		    client_group_leaves_of(g, handles[i], leaves) != 0)
			continue;
		err = ask(out, c, handles[i]);
	}
	return err;
}

enum cs_err
cs_client_group_new(
    struct cs_client *c, const char *name, const char *const *handles, size_t n)
{
	struct client_group g = { 0 };
	struct invited in = { 0 };
	enum cs_err err;

	if ((err = check_name(c, name)) || (err = client_need_hub(c)))
		return err;
	err = client_group_find(&g, c, name, false);
	if (err == CS_ERR_EXISTS ||
	    (err == CS_OK && client_group_people(&g) > 1)) {
		err = client_problem(c, CS_ERR_EXISTS,
		    "You are in a group called %.255s already.", name);
		goto out;
	}
	if (err != CS_OK && err != CS_ERR_NOT_FOUND)
		goto out;
	if ((err = ask_all(&in, c, &g, handles, n)))
		goto out;
	/* One that was cut off before anybody was in it is taken up again. */
	if (g.mls == NULL &&
	    ((err = ask_own(&in, c, NULL)) || (err = make(&g, c, name, false))))
		goto out;
	if (in.n != 0)
		err = add(c, &g, &in);
out:
	cs_buf_free(&in.packages);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_add(
    struct cs_client *c, const char *name, const char *const *handles, size_t n)
{
	struct client_group g = { 0 };
	struct invited in = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)) == CS_OK &&
	    (err = find_group(&g, c, name)) == CS_OK &&
	    (err = ask_all(&in, c, &g, handles, n)) == CS_OK && in.n != 0)
		err = add(c, &g, &in);
	cs_buf_free(&in.packages);
	client_group_clear(&g);
	return err;
}

enum cs_err
cs_client_group_remove(
    struct cs_client *c, const char *name, const char *handle)
{
	struct client_group g = { 0 };
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_mls_commit_options opt = { .remove = leaves };
	enum cs_err err;

	if ((err = client_need_hub(c)) || (err = find_group(&g, c, name)))
		goto out;
	if (strcmp(handle, c->handle) == 0) {
		err = client_problem(c, CS_ERR_MISUSE,
		    "To take out yourself is to leave: countersign group "
		    "leave.");
		goto out;
	}
	err = CS_ERR_EPOCH;
	for (unsigned i = 0; err == CS_ERR_EPOCH && i < CLIENT_TRIES; i++) {
		opt.n_remove = client_group_leaves_of(&g, handle, leaves);
		if (opt.n_remove == 0) {
			err = client_problem(c, CS_ERR_NOT_FOUND,
			    "%.40s is not in %.255s.", handle, name);
			goto out;
		}
		err = client_commit(c, &g, &opt);
	}
out:
	client_group_clear(&g);
	return err;
}
