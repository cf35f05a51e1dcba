/* SPDX-License-Identifier: MIT */
/*
 * This device's key packages.  The private half of each is stored before the
 * hub gets the public one.
 */
#include "client/groups/key_package.h"

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/leaf.h"
#include "client/hub/call.h"

#define TABLE "key_package"

enum use { ONCE, LAST_RESORT };

/* Make one, store its secrets, and append its public half to ${key_package}. */
static enum cs_err
make(struct cs_client *c, struct cs_buf *key_package, enum use use)
{
	struct cs_mls_identity id;
	struct cs_buf secrets = { 0 }, sealed = { 0 };
	struct cs_mls_hash ref;
	enum cs_err err;

	if ((err = client_identity(&id, c)) ||
	    (err = cs_mls_key_package_new(key_package, &secrets, &ref,
		 CS_SUITE_X25519_AES128, &id, use == LAST_RESORT)) ||
	    (err = cs_vault_seal(&sealed, &c->key, TABLE,
		 cs_mls_hash_view(&ref), cs_buf_view(&secrets))))
		goto out;
	err = cs_db_exec(c->db,
	    "INSERT INTO key_package(ref,last_resort,created,sealed)"
	    " VALUES(?,?,?,?)",
	    cs_blob(cs_mls_hash_view(&ref)), cs_int(use == LAST_RESORT),
	    cs_int(cs_clock_ms()), cs_blob(cs_buf_view(&sealed)));
out:
	cs_buf_free(&secrets);
	cs_buf_free(&sealed);
	return err;
}

/* Key packages past their time open nothing any more. */
static enum cs_err
drop_old(struct cs_client *c)
{
	uint64_t age = (CLIENT_KEY_PACKAGE_DAYS + 30) * CS_DAY_MS;
	uint64_t now = cs_clock_ms();

	return cs_db_exec(c->db, "DELETE FROM key_package WHERE created<?",
	    cs_int(now > age ? now - age : 0));
}

static enum cs_err
make_all(struct cs_client *c, struct cs_buf *list, uint32_t *n,
    struct cs_buf *last_resort, uint32_t count)
{
	struct cs_buf one = { 0 };
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = drop_old(c);
	while (err == CS_OK && *n < count) {
		struct cs_wire_bytes item;

		cs_buf_reset(&one);
		if ((err = make(c, &one, ONCE)))
			break;
		item.v = cs_buf_view(&one);
		err = cs_wire_list_add(list, n, &cs_wire_bytes_shape, &item);
	}
	if (err == CS_OK && !c->link.login.last_resort)
		err = make(c, last_resort, LAST_RESORT);
	err = cs_db_end(c->db, err);
	cs_buf_free(&one);
	return err;
}

enum cs_err
client_key_packages_fill(struct cs_client *c)
{
	struct cs_wire_key_packages_put put = { 0 };
	struct cs_buf list = { 0 }, last_resort = { 0 };
	struct cs_wire_login_answer answer;
	struct cs_identity own;
	enum cs_err err;

	/* Nobody would take one of a device whose certificates have ended. */
	if (cs_identity_peek(&own, cs_buf_view(&c->self.credential)) == CS_OK &&
	    !cs_identity_current(&own, client_now_s(c)))
		return CS_OK;
	if (c->link.login.key_packages >= CLIENT_KEY_PACKAGES / 2 &&
	    c->link.login.last_resort)
		return CS_OK;
	err = make_all(c, &list, &put.key_packages.n, &last_resort,
	    c->link.login.key_packages < CLIENT_KEY_PACKAGES
		? CLIENT_KEY_PACKAGES - c->link.login.key_packages
		: 0);
	put.key_packages.raw = cs_buf_view(&list);
	put.last_resort = cs_buf_view(&last_resort);
	if (err == CS_OK)
		err = client_call(c, CS_WIRE_KEY_PACKAGES_PUT,
		    &cs_wire_key_packages_put_shape, &put,
		    &cs_wire_login_answer_shape, &answer);
	/* The rest of what the login said is not in it. */
	if (err == CS_OK) {
		c->link.login.key_packages = answer.key_packages;
		c->link.login.last_resort = answer.last_resort;
	}
	cs_buf_free(&list);
	cs_buf_free(&last_resort);
	/* Enough for today: the next connect tries again. */
	return err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_LIMIT
	    ? CS_OK
	    : err;
}

enum cs_err
client_key_package_find(struct cs_buf *secrets, bool *last_resort,
    struct cs_client *c, const struct cs_mls_hash *ref)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, c->db,
	    "SELECT last_resort,sealed FROM key_package WHERE ref=?",
	    cs_blob(cs_mls_hash_view(ref)));
	if (err == CS_OK) {
		*last_resort = cs_col_int(&row, 0) != 0;
		err = cs_vault_open(secrets, &c->key, TABLE,
		    cs_mls_hash_view(ref), cs_col_blob(&row, 1));
	}
	return cs_rows_end(&row, err);
}

enum cs_err
client_key_package_forget(struct cs_client *c, const struct cs_mls_hash *ref)
{
	return cs_db_exec(c->db, "DELETE FROM key_package WHERE ref=?",
	    cs_blob(cs_mls_hash_view(ref)));
}
