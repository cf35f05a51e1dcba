/* SPDX-License-Identifier: MIT */
#include "client/hub/names.h"

#include <string.h>

#include "client/home/home.h"
#include "client/home/names.h"
#include "client/home/problem.h"
#include "client/home/tlog.h"
#include "client/hub/tlog.h"
#include "crypto/vrf.h"
#include "franking/tlog_entry.h"
#include "tlog/map.h"

#define NAMES_MAX 16 /* asked for in one look */

/* Does ${a} show that ${handle} leads to ${value}, and nowhere else? */
static enum cs_err
check_map(const struct cs_wire_name_proof *a, const char *handle,
    const uint8_t value[static CS_HASH_LEN])
{
	uint8_t output[CS_VRF_OUTPUT_LEN];
	struct cs_tlog_map_proof proof;
	struct cs_tlog_hash root;
	enum cs_err err;

	memcpy(root.bytes, a->root, sizeof root.bytes);
	if ((err = cs_vrf_verify(
		 output, a->key, a->proof, cs_view_str(handle))))
		return err;
	if (!cs_view_equal(
		cs_view(output, CS_TLOG_MAP_LABEL_LEN), CS_VIEW_OF(a->label)))
		return CS_ERR_MISMATCH;
	err = cs_tlog_map_proof_parse(&proof, a->map_proof);
	return err ? err : cs_tlog_map_verify(&proof, &root, a->label, value);
}

/* Is that the map to which the log's entry commits?  CS_ERR_NOT_FOUND: the log
 * has not come so far, as far as it is known. */
static enum cs_err
check_entry(struct client_tlog_look *l, const struct cs_wire_name_proof *a)
{
	struct cs_tlog_names said;
	struct cs_view entry;
	enum cs_err err;

	if ((err = client_tlog_entry(&entry, l, a->entry)) ||
	    (err = cs_tlog_names_parse(&said, entry)))
		return err;
	return said.n == a->names &&
		cs_view_equal(
		    CS_VIEW_OF(said.root.bytes), CS_VIEW_OF(a->root)) &&
		cs_view_equal(CS_VIEW_OF(said.key), CS_VIEW_OF(a->key))
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

/* CS_ERR_NOT_FOUND: the hub does not say. */
static enum cs_err
ask(struct cs_wire_name_proof *out, struct cs_client *c,
    const struct client_name *name)
{
	struct cs_wire_name_proof_get m;
	enum cs_err err;

	memcpy(m.account, name->account, sizeof m.account);
	if ((err = client_need_hub(c)) || (err = client_may_wait(c)))
		return err;
	/* Nobody waits here until a limit is over. */
	err = cs_session_call(&c->link.session, CS_WIRE_NAME_PROOF,
	    &cs_wire_name_proof_get_shape, &m, &cs_wire_name_proof_shape, out);
	if (err == CS_ERR_DENIED)
		return c->link.session.code == CS_WIRE_E_LIMIT
		    ? CS_ERR_BUSY
		    : CS_ERR_NOT_FOUND;
	if (err)
		client_offline(c);
	return err;
}

/* CS_OK: it is shown.  Of THEIRS: it is not. */
static enum cs_err
look_up(struct cs_client *c, struct client_tlog_look *l,
    const struct client_name *name)
{
	const char *handle = client_names_handle(c, name->account);
	struct cs_wire_name_proof a;
	enum cs_err err;

	if (handle == NULL)
		return CS_ERR_NOT_FOUND;
	if ((err = ask(&a, c, name)) ||
	    (err = check_map(&a, handle, name->value)) ||
	    (err = client_names_key(c, a.key)))
		return err;
	return check_entry(l, &a);
}

static enum cs_err
check_all(struct cs_client *c, struct client_tlog_look *l)
{
	struct client_name names[NAMES_MAX];
	size_t n;
	enum cs_err err = client_names_next(names, &n, NAMES_MAX, c);

	for (size_t i = 0; err == CS_OK && i < n; i++) {
		enum cs_err looked = look_up(c, l, &names[i]);

		/* More than one may ask for at once. */
		if (looked == CS_ERR_BUSY)
			return CS_OK;
		if (looked && cs_err_class(looked) != CS_ERR_CLASS_THEIRS &&
		    looked != CS_ERR_NOT_FOUND)
			return looked;
		if ((err = cs_db_begin(c->db)) == CS_OK)
			err = cs_db_end_as(c->db,
			    client_names_note(c, &names[i], looked == CS_OK),
			    CS_DB_SAFE);
	}
	return err;
}

enum cs_err
client_names_check(struct cs_client *c)
{
	struct client_tlog_look *l;
	struct cs_note_key key;
	bool due;
	enum cs_err err;

	if (!c->link.online || client_tlog_key(&key, c) != CS_OK)
		return CS_OK;
	if ((err = client_names_due(&due, c)) || !due)
		return err;
	if ((err = client_tlog_look_new(&l, c)) == CS_OK)
		err = check_all(c, l);
	client_tlog_look_free(l);
	return err;
}
