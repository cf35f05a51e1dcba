/* SPDX-License-Identifier: MIT */
#include "room/leaf.h"

#include "base/reader.h"

static bool
lists(struct cs_view list, uint16_t type)
{
	struct cs_reader r = cs_reader(list);

	while (cs_reader_more(&r))
		if (cs_read_u16(&r) == type)
			return true;
	return false;
}

static bool
too_long(struct cs_view list)
{
	return list.len > 2 * CS_ROOM_CAPABILITIES_MAX;
}

enum cs_err
cs_room_check_leaf(const struct cs_mls_leaf_view *leaf)
{
	if (leaf->credential.type != CS_MLS_CREDENTIAL_BASIC)
		return CS_ERR_CREDENTIAL;
	if (too_long(leaf->versions) || too_long(leaf->suites) ||
	    too_long(leaf->extension_types) || too_long(leaf->proposal_types) ||
	    too_long(leaf->credential_types))
		return CS_ERR_LIMIT;
	/* MLS itself has looked at the version, and at what the context of the
	 * group needs.  Without SelfRemove nobody could leave by one. */
	if (leaf->extensions.len != 0 || !lists(leaf->suites, CS_ROOM_SUITE) ||
	    !lists(leaf->extension_types, CS_MLS_EXT_APP_DATA_DICTIONARY) ||
	    !lists(leaf->proposal_types, CS_MLS_PROPOSAL_SELF_REMOVE) ||
	    !lists(leaf->credential_types, CS_MLS_CREDENTIAL_BASIC))
		return CS_ERR_UNSUPPORTED;
	return CS_OK;
}

enum cs_err
cs_room_check_key_package_extensions(struct cs_view extensions)
{
	struct cs_mls_extension e;

	while (cs_mls_extension_next(&extensions, &e))
		if (e.type != CS_MLS_EXT_LAST_RESORT || e.data.len != 0)
			return CS_ERR_UNSUPPORTED;
	return CS_OK;
}

enum cs_err
cs_room_check_key_package(struct cs_mls_key_package_info *out,
    struct cs_room_owner *owner, struct cs_view key_package,
    struct cs_view root_public, uint64_t now_s)
{
	enum cs_err err;

	if ((err = cs_mls_key_package_check(out, key_package, now_s)))
		return err;
	if (out->suite_id != CS_ROOM_SUITE)
		return CS_ERR_UNSUPPORTED;
	if ((err = cs_room_check_leaf(&out->leaf)) ||
	    (err = cs_room_check_key_package_extensions(out->extensions)))
		return err;
	return cs_room_check_credential(owner,
	    &(struct cs_mls_auth_request){
		.credential = &out->credential,
		.signature_key = out->signature_key,
	    },
	    root_public, now_s);
}
