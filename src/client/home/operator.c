/* SPDX-License-Identifier: MIT */
/* The operator that every group is bound to: one, and the same for ever. */
#include "client/home/operator.h"

#include <string.h>

#include "client/home/client.h"
#include "franking/operator_pin.h"

enum cs_err
client_operator_sender(struct cs_buf *out, const struct cs_client *c)
{
	const struct cs_mls_external_sender operator= {
		.signature_key = CS_VIEW_OF(c->link.external_sender),
		.credential = { CS_MLS_CREDENTIAL_BASIC,
		    cs_view_str(c->self.hub) },
	};

	return cs_mls_external_senders(out, &operator, 1);
}

enum cs_err
client_group_check_operator(struct cs_client *c, const struct cs_mls_group *mls)
{
	struct cs_franking_operator_pin pin;
	struct cs_buf want = { 0 };
	struct cs_view got;
	enum cs_err err;

	/* Anybody else who may propose removals would be a back door. */
	if ((err = client_operator_sender(&want, c)) == CS_OK &&
	    (!cs_mls_group_extension(mls, CS_MLS_EXT_EXTERNAL_SENDERS, &got) ||
		!cs_view_equal(got, cs_buf_view(&want))))
		err = CS_ERR_MISMATCH;
	cs_buf_free(&want);
	if (err)
		return err;
	if (!cs_mls_group_extension(mls, CS_MLS_EXT_APP_DATA_DICTIONARY, &got))
		return CS_ERR_MISMATCH;
	if ((err = cs_franking_operator_pin_find(&pin, got)))
		return err;
	return memcmp(pin.root_public, c->self.root, sizeof c->self.root) == 0
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

/* What the members agree on about their operator must not change. */
enum cs_err
client_group_check_staged(
    const struct client_group *g, const struct cs_mls_staged *staged)
{
	static const uint16_t types[] = { CS_MLS_EXT_EXTERNAL_SENDERS,
		CS_MLS_EXT_APP_DATA_DICTIONARY };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct cs_view before, after;

		if (!cs_mls_group_extension(g->mls, types[i], &before) ||
		    !cs_mls_staged_extension(staged, types[i], &after) ||
		    !cs_view_equal(before, after))
			return CS_ERR_MISMATCH;
	}
	return CS_OK;
}
