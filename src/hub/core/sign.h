/* SPDX-License-Identifier: MIT */
/*
 * Signatures of the hub, which the signer's process makes.
 *
 * Orders are carried out one after the other.  Whoever orders stamps does so
 * when a message comes and takes them up when the round ends: meanwhile they
 * are made.
 */
#pragma once

#include "franking/credential.h"
#include "franking/filing.h"
#include "franking/stamp.h"
#include "hub/core/hub.h"
#include "hub/talk/talk.h"

/* Where signatures come from: of the kinds of enum hub_talk_signer. */
struct hub_signing {
	CS_CHECKED enum cs_err (*order)(
	    void *arg, uint8_t kind, struct cs_view what);
	/* Replace ${answer} by that to the first order that waits for one;
	 * empty: it was refused. */
	CS_CHECKED enum cs_err (*await)(void *arg, struct cs_buf *answer);
	void *arg;
};

/* Will the signer make a stamp of that time?  Who asks first fails alone: a
 * refusal fails the round. */
bool hub_stamp_possible(struct cs_hub *hub, uint64_t accepted_ms);
/* Order ${n} stamps, 1 to CS_STAMPS_MAX, under one signature; all but that is
 * filled in. */
CS_CHECKED enum cs_err hub_stamps_order(
    struct cs_hub *hub, const struct cs_stamp *v, size_t n);
/* The signature of those that were ordered first, of which ${s} is one.
 * CS_ERR_EXPIRED: the signer refuses: its certificate is over, or its key has
 * just been changed; CS_ERR_CLOSED: it is gone. */
CS_CHECKED enum cs_err hub_stamps_await(struct cs_hub *hub, struct cs_stamp *s);
/* Forget what was ordered and will not be taken up. */
void hub_orders_drop(struct cs_hub *hub);

/* Append the certificate of an account.  No stamp may be on order. */
CS_CHECKED enum cs_err hub_sign_account(struct cs_buf *out, struct cs_hub *hub,
    const struct cs_account_cert *account);

/* The label of a name, with its proof (crypto/vrf.h).  No stamp may be on
 * order.
 */
CS_CHECKED enum cs_err hub_sign_name(
    struct hub_talk_named *out, struct cs_hub *hub, struct cs_view handle);

/* Append the receipt of what was filed (franking/filing.h), whose deadline the
 * signer computes.  No stamp may be on order. */
CS_CHECKED enum cs_err hub_sign_receipt(
    struct cs_buf *out, struct cs_hub *hub, const struct cs_receipt *receipt);

/* Take over what the signer says of its keys. */
CS_CHECKED enum cs_err hub_keys_told(struct cs_hub *hub, struct cs_view told);
