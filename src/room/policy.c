/* SPDX-License-Identifier: MIT */
#include "room/policy.h"

#include <assert.h>
#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "room/owner.h"

#define VERSION 1
#define NOBODY SIZE_MAX

static bool
same(const uint8_t a[static CS_ID_LEN], const uint8_t b[static CS_ID_LEN])
{
	return memcmp(a, b, CS_ID_LEN) == 0;
}

/* Its place among the admins, or NOBODY. */
static size_t
admin(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN])
{
	for (size_t i = 0; i < policy->n_admins; i++)
		if (same(policy->admins[i], account))
			return i;
	return NOBODY;
}

static bool
account_at(uint8_t account[static CS_ID_LEN], const struct cs_mls_public *g,
    uint32_t leaf)
{
	struct cs_room_owner owner;
	struct cs_mls_leaf_view v;

	if (!cs_mls_view_leaf(g, leaf, &v) ||
	    cs_room_owner_of(&owner, &v.credential) != CS_OK)
		return false;
	memcpy(account, owner.account, CS_ID_LEN);
	return true;
}

/* ---- as bytes ----------------------------------------------------------- */

static bool
is_valid(const struct cs_room_policy *policy)
{
	if (cs_view_is_zero(CS_VIEW_OF(policy->owner)) ||
	    (policy->flags & ~CS_ROOM_FLAGS) != 0)
		return false;
	for (size_t i = 0; i < policy->n_admins; i++)
		if (cs_view_is_zero(CS_VIEW_OF(policy->admins[i])) ||
		    same(policy->admins[i], policy->owner) ||
		    admin(policy, policy->admins[i]) != i)
			return false;
	return true;
}

enum cs_err
cs_room_policy_write(struct cs_buf *out, const struct cs_room_policy *policy)
{
	struct cs_writer w = cs_writer(out);

	if (policy->n_admins > CS_ROOM_ADMINS_MAX || !is_valid(policy))
		return CS_ERR_MISUSE;
	cs_write_u8(&w, VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(policy->owner));
	cs_write_vec(
	    &w, cs_view(policy->admins[0], policy->n_admins * CS_ID_LEN));
	cs_write_u8(&w, policy->flags);
	return cs_writer_end(&w);
}

enum cs_err
cs_room_policy_parse(struct cs_room_policy *out, struct cs_view component)
{
	struct cs_reader r = cs_reader(component);
	struct cs_view admins;
	uint8_t version = cs_read_u8(&r);

	*out = (struct cs_room_policy){ .written = true };
	/* Whatever stands behind it. */
	if (version != VERSION)
		cs_reader_fail(
		    &r, version > VERSION ? CS_ERR_VERSION : CS_ERR_FORMAT);
	cs_read_copy(&r, out->owner, sizeof out->owner);
	admins = cs_read_vec_max(&r, sizeof out->admins);
	out->flags = cs_read_u8(&r);
	if (cs_reader_end(&r) != CS_OK)
		return cs_reader_end(&r);
	if (admins.len % CS_ID_LEN != 0)
		return CS_ERR_FORMAT;
	out->n_admins = admins.len / CS_ID_LEN;
	if (admins.len != 0)
		memcpy(out->admins, admins.data, admins.len);
	return is_valid(out) ? CS_OK : CS_ERR_FORMAT;
}

bool
cs_room_policy_equal(
    const struct cs_room_policy *a, const struct cs_room_policy *b)
{
	return a->written == b->written && same(a->owner, b->owner) &&
	    a->flags == b->flags && a->n_admins == b->n_admins &&
	    memcmp(a->admins, b->admins, a->n_admins * CS_ID_LEN) == 0;
}

enum cs_err
cs_room_policy_find(struct cs_room_policy *out, struct cs_view extensions)
{
	struct cs_mls_extension e;
	struct cs_view component;
	enum cs_err err;

	while (cs_mls_extension_next(&extensions, &e)) {
		if (e.type != CS_MLS_EXT_APP_DATA_DICTIONARY)
			continue;
		err = cs_mls_app_data_find(
		    &component, e.data, CS_COMPONENT_ROOM_POLICY);
		return err ? err : cs_room_policy_parse(out, component);
	}
	return CS_ERR_NOT_FOUND;
}

static void
write_component(struct cs_writer *w, uint16_t id, struct cs_view data)
{
	cs_write_u16(w, id);
	cs_write_vec(w, data);
}

/* Components are sorted by their ids. */
static enum cs_err
put_component(
    struct cs_writer *w, struct cs_view dictionary, struct cs_view policy)
{
	struct cs_reader r = cs_reader(dictionary), sub = cs_read_sub(&r);
	size_t open = cs_write_open(w);
	bool put = false;

	while (cs_reader_more(&sub)) {
		uint16_t id = cs_read_u16(&sub);
		struct cs_view data = cs_read_vec(&sub);

		if (!put && id >= CS_COMPONENT_ROOM_POLICY) {
			write_component(w, CS_COMPONENT_ROOM_POLICY, policy);
			put = true;
		}
		if (id != CS_COMPONENT_ROOM_POLICY)
			write_component(w, id, data);
	}
	if (!put)
		write_component(w, CS_COMPONENT_ROOM_POLICY, policy);
	cs_write_close(w, open);
	cs_read_sub_end(&r, &sub);
	return cs_reader_end(&r);
}

enum cs_err
cs_room_policy_put(struct cs_buf *out, struct cs_view extensions,
    const struct cs_room_policy *policy)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(out);
	struct cs_mls_extension e;
	bool put = false;
	enum cs_err err = cs_room_policy_write(&bytes, policy);

	while (err == CS_OK && cs_mls_extension_next(&extensions, &e)) {
		cs_write_u16(&w, e.type);
		if (e.type == CS_MLS_EXT_APP_DATA_DICTIONARY) {
			size_t open = cs_write_open(&w);

			err = put_component(&w, e.data, cs_buf_view(&bytes));
			cs_write_close(&w, open);
			put = true;
		} else {
			cs_write_vec(&w, e.data);
		}
	}
	cs_buf_free(&bytes);
	if (err == CS_OK)
		err = cs_writer_end(&w);
	return err == CS_OK && !put ? CS_ERR_NOT_FOUND : err;
}

/* ---- in a room ---------------------------------------------------------- */

enum cs_err
cs_room_policy_of(struct cs_room_policy *out, const struct cs_mls_public *g)
{
	enum cs_err err = cs_room_policy_find(out, cs_mls_view_extensions(g));

	if (err != CS_ERR_NOT_FOUND)
		return err;
	*out = (struct cs_room_policy){ 0 };
	for (uint32_t i = 0; i < cs_mls_view_leaves(g); i++)
		if (account_at(out->owner, g, i))
			break;
	return CS_OK;
}

static void
keep_admins(struct cs_room_policy *policy, const bool *keep)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_admins; i++)
		if (keep[i])
			memmove(
			    policy->admins[n++], policy->admins[i], CS_ID_LEN);
	policy->n_admins = n;
}

static void
take_out(struct cs_room_policy *policy, size_t i)
{
	policy->n_admins--;
	memmove(policy->admins[i], policy->admins[i + 1],
	    (policy->n_admins - i) * CS_ID_LEN);
}

void
cs_room_policy_without(struct cs_room_policy *policy,
    const struct cs_mls_public *g, const bool *going)
{
	bool stay[CS_ROOM_ADMINS_MAX] = { false }, owner = false, any = false;
	uint8_t account[CS_ID_LEN], lowest[CS_ID_LEN] = { 0 };

	for (uint32_t i = 0; i < cs_mls_view_leaves(g); i++) {
		size_t k;

		if (going[i] || !account_at(account, g, i))
			continue;
		if (!any)
			memcpy(lowest, account, CS_ID_LEN);
		any = true;
		owner |= same(account, policy->owner);
		k = admin(policy, account);
		if (k != NOBODY)
			stay[k] = true;
	}
	keep_admins(policy, stay);
	if (owner || !any)
		return;
	memcpy(policy->owner,
	    policy->n_admins != 0 ? policy->admins[0] : lowest, CS_ID_LEN);
	if (policy->n_admins != 0)
		take_out(policy, 0);
}

bool
cs_room_policy_fits(
    const struct cs_room_policy *policy, const struct cs_mls_public *g)
{
	bool there[CS_ROOM_ADMINS_MAX] = { false }, owner = false;
	uint8_t account[CS_ID_LEN];
	size_t n = 0;

	for (uint32_t i = 0; i < cs_mls_view_leaves(g); i++) {
		size_t k;

		if (!account_at(account, g, i))
			continue;
		owner |= same(account, policy->owner);
		k = admin(policy, account);
		if (k == NOBODY || there[k])
			continue;
		there[k] = true;
		n++;
	}
	return owner && n == policy->n_admins;
}

/* ---- questions ---------------------------------------------------------- */

enum cs_room_role
cs_room_role_of(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN])
{
	if (same(policy->owner, account))
		return CS_ROOM_OWNER;
	return admin(policy, account) != NOBODY ? CS_ROOM_ADMIN
						: CS_ROOM_MEMBER;
}

static enum cs_room_role
least(const struct cs_room_policy *policy, enum cs_room_act act)
{
	uint8_t flag = 0;

	switch (act) {
	case CS_ROOM_ADD:
		flag = CS_ROOM_ADMINS_ADD;
		break;
	case CS_ROOM_RENAME:
		flag = CS_ROOM_ADMINS_RENAME;
		break;
	case CS_ROOM_SET_TIMER:
		flag = CS_ROOM_ADMINS_SET_TIMERS;
		break;
	case CS_ROOM_WRITE:
		flag = CS_ROOM_ADMINS_WRITE;
		break;
	case CS_ROOM_REMOVE:
	case CS_ROOM_SET_FLAGS:
		return CS_ROOM_ADMIN;
	case CS_ROOM_GIVE_ROLES:
		return CS_ROOM_OWNER;
	}
	return policy->flags & flag ? CS_ROOM_ADMIN : CS_ROOM_MEMBER;
}

bool
cs_room_may(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN], enum cs_room_act act)
{
	return cs_room_role_of(policy, account) >= least(policy, act);
}

bool
cs_room_may_remove(const struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN],
    const uint8_t other[static CS_ID_LEN])
{
	return same(account, other) ||
	    (cs_room_may(policy, account, CS_ROOM_REMOVE) &&
		cs_room_role_of(policy, other) <
		    cs_room_role_of(policy, account));
}

bool
cs_room_may_change(const struct cs_room_policy *from,
    const struct cs_room_policy *to, const uint8_t account[static CS_ID_LEN])
{
	struct cs_room_policy roles = *to;

	roles.flags = from->flags;
	roles.written = from->written;
	return (to->flags == from->flags ||
		   cs_room_may(from, account, CS_ROOM_SET_FLAGS)) &&
	    (cs_room_policy_equal(from, &roles) ||
		cs_room_may(from, account, CS_ROOM_GIVE_ROLES));
}

enum cs_err
cs_room_policy_give(struct cs_room_policy *policy,
    const uint8_t account[static CS_ID_LEN], enum cs_room_role role)
{
	uint8_t before[CS_ID_LEN];
	size_t i = admin(policy, account);

	if (same(policy->owner, account))
		return role == CS_ROOM_OWNER ? CS_OK : CS_ERR_MISUSE;
	if (role == CS_ROOM_ADMIN && i != NOBODY)
		return CS_OK;
	memcpy(before, policy->owner, CS_ID_LEN);
	if (role != CS_ROOM_ADMIN && i != NOBODY)
		take_out(policy, i);
	if (role == CS_ROOM_MEMBER)
		return CS_OK;
	if (policy->n_admins == CS_ROOM_ADMINS_MAX)
		return CS_ERR_LIMIT;
	if (role == CS_ROOM_OWNER)
		memcpy(policy->owner, account, CS_ID_LEN);
	memcpy(policy->admins[policy->n_admins++],
	    role == CS_ROOM_OWNER ? before : account, CS_ID_LEN);
	return CS_OK;
}
