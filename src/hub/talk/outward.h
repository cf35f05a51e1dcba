/* SPDX-License-Identifier: MIT */
/*
 * How a process begins that asks strangers over the network and has no file:
 * push and witness.  It is told whom to believe for TLS, and then confined.
 */
#pragma once

#include "family/hand.h"

/* All zero before hub_outward_begin(). */
struct hub_outward {
	void *tls; /* crypto/tls_public.h; NULL: nobody is believed */
	struct cs_buf authorities; /* as they were handed over, until then */
};

/* Begin as the part ${name}, and take what the parent hands over, by ${take}
 * (cs_part_take()).  That there are no authorities is no error.  Free with
 * hub_outward_free(). */
CS_CHECKED enum cs_err hub_outward_begin(struct hub_outward *o,
    const char *name, void *arg,
    enum cs_err (*take)(void *arg, struct cs_hand *h));
void hub_outward_free(struct hub_outward *o);

/* Read the authorities, if ${h} is they; ${h->fd} stays the caller's. */
CS_CHECKED enum cs_err hub_outward_take(
    struct hub_outward *o, const struct cs_hand *h);
