/* SPDX-License-Identifier: MIT */
/* mls-interop: groups that follow on others. */
#include "interop/mls_interop.h"

/* The ReInit is committed: a key package for the new group.  The old one goes
 * over from the state to the reinit. */
static enum cs_err
begin(struct interop_call *c, struct interop_thing *t)
{
	struct cs_view group_id, extensions;
	struct cs_buf kp = { 0 };
	struct interop_thing *re = NULL;
	struct cs_mls_identity id;
	struct cs_mls_hash h;
	uint16_t suite_id;
	enum cs_err err;

	if (!cs_mls_group_reinit(t->group, &group_id, &suite_id, &extensions))
		return CS_ERR_PROPOSAL;
	if ((err = interop_thing_new(
		 &re, INTEROP_REINIT, suite_id, cs_buf_view(&t->name))))
		return err;
	id = interop_identity(re);
	if ((err = cs_mls_key_package_new(
		 &kp, &re->secrets, NULL, suite_id, &id, CS_MLS_SINGLE_USE)) ||
	    (err = cs_mls_group_epoch_authenticator(t->group, &h)))
		goto out;
	re->encrypt = t->encrypt;
	re->group = t->group;
	t->group = NULL;
	(void)interop_drop(t->id, INTEROP_STATE);
	interop_keep(re);
	interop_put_number(c, "reinit_id", re->id);
	interop_put_bytes(c, "key_package", cs_buf_view(&kp));
	interop_put_bytes(c, "epoch_authenticator", cs_mls_hash_view(&h));
	re = NULL;
out:
	interop_thing_free(re);
	cs_buf_free(&kp);
	return err;
}

enum cs_err
interop_handle_pending_reinit(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	enum cs_err err = c->err;

	if (err || (err = interop_merge_pending(t)))
		return err;
	return begin(c, t);
}

enum cs_err
interop_handle_reinit(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	enum cs_err err = c->err;

	if (err || (err = interop_merge_commit(c, t)))
		return err;
	return begin(c, t);
}

/* A state of whom ${t} is in a group, from now on ${t}'s no more. */
static enum cs_err
state_of(struct interop_thing **out, const struct interop_thing *t)
{
	enum cs_err err;

	if ((err = interop_thing_new(
		 out, INTEROP_STATE, t->suite_id, cs_buf_view(&t->name))))
		return err;
	/* With the key that is in the tree. */
	cs_signer_free((*out)->signer);
	(*out)->signer = cs_signer_hold(t->signer);
	(*out)->encrypt = t->encrypt;
	return CS_OK;
}

/* Found the group that succeeds the one of ${from}. */
static enum cs_err
found(struct interop_call *c, struct interop_thing *from,
    const struct cs_mls_successor_options *what)
{
	struct cs_mls_options opt = interop_options(from->encrypt);
	struct cs_mls_identity id = interop_identity(from);
	struct cs_buf welcome = { 0 }, tree = { 0 };
	struct interop_thing *t = NULL;
	enum cs_err err;

	if ((err = state_of(&t, from)) ||
	    (err = cs_mls_group_succeed(
		 &t->group, &welcome, from->group, &id, &opt, what)) ||
	    (what->without_tree && (err = cs_mls_group_tree(t->group, &tree))))
		goto out;
	interop_put_bytes(c, "welcome", cs_buf_view(&welcome));
	interop_put_bytes(c, "ratchet_tree", cs_buf_view(&tree));
	interop_keep(t);
	err = interop_put_state(c, t);
	t = NULL;
out:
	interop_thing_free(t);
	cs_buf_free(&welcome);
	cs_buf_free(&tree);
	return err;
}

enum cs_err
interop_reinit_welcome(struct interop_call *c)
{
	struct interop_thing *re = interop_find(c, "reinit_id", INTEROP_REINIT);
	struct cs_mls_successor_options what = {
		.force_path = interop_flag(c, "force_path"),
		.without_tree = interop_flag(c, "external_tree"),
	};
	enum cs_err err;

	what.add = interop_bytes_list(c, &what.n_add, "key_package");
	if ((err = c->err) || (err = found(c, re, &what)))
		return err;
	(void)interop_drop(re->id, INTEROP_REINIT);
	return CS_OK;
}

/* Join the group that succeeds ${from}, as ${t}. */
static enum cs_err
follow(struct interop_call *c, const struct interop_thing *t,
    struct interop_thing *from)
{
	struct interop_thing *to = NULL;
	enum cs_err err;

	if ((err = state_of(&to, t)) ||
	    (err = interop_welcome(
		 &to->group, c, t, from->encrypt, from->group))) {
		interop_thing_free(to);
		return err;
	}
	to->encrypt = from->encrypt;
	interop_keep(to);
	return interop_put_state(c, to);
}

enum cs_err
interop_handle_reinit_welcome(struct interop_call *c)
{
	struct interop_thing *re = interop_find(c, "reinit_id", INTEROP_REINIT);
	enum cs_err err = c->err;

	if (err || (err = follow(c, re, re)))
		return err;
	(void)interop_drop(re->id, INTEROP_REINIT);
	return CS_OK;
}

enum cs_err
interop_create_branch(struct interop_call *c)
{
	struct interop_thing *from = interop_find(c, "state_id", INTEROP_STATE);
	struct cs_mls_successor_options what = {
		.group_id = interop_bytes(c, c->in, "group_id"),
		.context_exts = interop_extensions(c, c->in),
		.force_path = interop_flag(c, "force_path"),
		.without_tree = interop_flag(c, "external_tree"),
	};

	what.add = interop_bytes_list(c, &what.n_add, "key_packages");
	return c->err ? c->err : found(c, from, &what);
}

enum cs_err
interop_handle_branch(struct interop_call *c)
{
	struct interop_thing *from = interop_find(c, "state_id", INTEROP_STATE);
	struct interop_thing *t =
	    interop_find(c, "transaction_id", INTEROP_TRANSACTION);
	enum cs_err err = c->err;

	if (err || (err = follow(c, t, from)))
		return err;
	(void)interop_drop(t->id, INTEROP_TRANSACTION);
	return CS_OK;
}
