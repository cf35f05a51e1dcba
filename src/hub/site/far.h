/* SPDX-License-Identifier: MIT */
/* What the site asks of the database: a connection for each visit that needs
 * one, with the address of who visits, so that budgets are theirs. */
#pragma once

#include "hub/site/visit.h"

/* Call ${then} once the database has said hello; a visit that gets none is
 * refused. */
void site_far_greet(struct site_visit *v, site_begin *then);
/* Ask, after that; ${step} gets the answer. */
void site_far_ask(struct site_visit *v, uint8_t kind,
    const struct cs_wire_shape *shape, const void *message, site_step *step);
/* The visit is over. */
void site_far_leave(struct site_visit *v);

/* What the database says.  CS_ERR_FORMAT: it does not say that. */
CS_CHECKED enum cs_err site_far_told(
    struct site *s, const struct cs_channel_message *m);
/* It is gone, and so is what waits for it. */
void site_far_fail(struct site *s);
