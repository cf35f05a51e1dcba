/* SPDX-License-Identifier: MIT */
#include "mls/leaf_validate.h"

#include "mls/leaf_node.h"

/* Is each of ${wanted} in ${have}, or at most ${known} and so a default? */
static bool
covers(struct cs_view have, struct cs_view wanted, uint16_t known)
{
	struct cs_reader r = cs_reader(wanted);

	while (cs_reader_more(&r)) {
		uint16_t x = cs_read_u16(&r);

		if ((x < 1 || x > known) && !cs_mls_u16s_have(have, x))
			return false;
	}
	return true;
}

enum cs_err
cs_mls_leaf_check_context(
    const struct cs_mls_leaf *leaf, const struct cs_mls_ext_list *context)
{
	const struct cs_mls_capabilities *c = &leaf->capabilities;
	struct cs_mls_required_capabilities required;
	struct cs_reader r = cs_reader(context->raw);
	struct cs_view data;
	enum cs_err err;

	/* Section 13.4: support for each extension in the GroupContext. */
	while (cs_reader_more(&r)) {
		struct cs_mls_extension e = cs_mls_ext_next(&r);

		if (!cs_mls_ext_is_default(e.type) &&
		    !cs_mls_u16s_have(c->extensions, e.type))
			return CS_ERR_UNSUPPORTED;
	}
	if (!cs_mls_ext_find(context, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data))
		return CS_OK;
	/* Section 11.1; defaults need not be listed, credentials do. */
	if ((err = cs_mls_required_capabilities_parse(&required, data)))
		return err;
	if (!covers(c->extensions, required.extensions, 5) ||
	    !covers(c->proposals, required.proposals, 7) ||
	    !covers(c->credentials, required.credentials, 0))
		return CS_ERR_UNSUPPORTED;
	return CS_OK;
}

static enum cs_err
check_lifetime(
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules)
{
	const struct cs_mls_options *opt = rules->opt;

	if (leaf->source != CS_MLS_LEAF_KEY_PACKAGE || opt->any_lifetime)
		return CS_OK;
	/* Section 7.2: a longest lifetime that is acceptable. */
	if (leaf->not_after < leaf->not_before ||
	    leaf->not_after - leaf->not_before > CS_MLS_MAX_LIFETIME_S)
		return CS_ERR_LIMIT;
	if (rules->in_time &&
	    (opt->now_s < leaf->not_before || opt->now_s > leaf->not_after))
		return CS_ERR_EXPIRED;
	return CS_OK;
}

enum cs_err
cs_mls_leaf_check_content(
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules)
{
	const struct cs_mls_capabilities *c = &leaf->capabilities;
	enum cs_err err;

	if (rules->source != CS_MLS_LEAF_ANY && leaf->source != rules->source)
		return CS_ERR_MISMATCH;
	if (!cs_hpke_public_valid(rules->suite->kem, leaf->encryption_key))
		return CS_ERR_KEY;
	/* The suite is proved by keys and signature of it; the RFC does not ask
	 * that it be listed, and there are clients that do not. */
	if (!cs_mls_u16s_have(c->versions, CS_MLS_VERSION_10))
		return CS_ERR_UNSUPPORTED;
	/* Its own credential's type, at least; that of the others is a matter
	 * of the tree (cs_mls_tree_check_credentials). */
	if (!cs_mls_u16s_have(c->credentials, leaf->credential.type))
		return CS_ERR_CREDENTIAL;
	/* An Update or the leaf of a path brings a new key. */
	if (rules->old != NULL &&
	    cs_view_equal(rules->old->encryption_key, leaf->encryption_key))
		return CS_ERR_KEY;
	if ((err = cs_mls_leaf_check_extensions(leaf)) ||
	    (err = check_lifetime(leaf, rules)))
		return err;
	return rules->context == NULL
	    ? CS_OK
	    : cs_mls_leaf_check_context(leaf, rules->context);
}

enum cs_err
cs_mls_leaf_ask(
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules)
{
	const struct cs_mls_auth *auth = &rules->opt->auth;

	/* Section 5.3.1; nobody to ask means that nobody vouches. */
	if (auth->check == NULL)
		return CS_ERR_CREDENTIAL;
	return auth->check(auth->arg,
	    &(struct cs_mls_auth_request){
		.credential = &leaf->credential,
		.signature_key = leaf->signature_key,
		.old = rules->old == NULL ? NULL : &rules->old->credential,
		.settled = rules->source == CS_MLS_LEAF_ANY,
	    });
}

enum cs_err
cs_mls_leaf_validate(struct cs_mls_valid_leaf *out,
    const struct cs_mls_leaf *leaf, const struct cs_mls_leaf_rules *rules)
{
	enum cs_err err;

	if ((err = cs_mls_leaf_check_content(leaf, rules)) ||
	    (err = cs_mls_leaf_verify_signature(
		 leaf, rules->suite, rules->place)) ||
	    (err = cs_mls_leaf_ask(leaf, rules)))
		return err;
	out->leaf = *leaf;
	return CS_OK;
}
