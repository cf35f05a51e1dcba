/* SPDX-License-Identifier: MIT */
/* Releases of the page that members use in a browser. */
#pragma once

#include "family/hand.h"
#include "hub/network/network_internal.h"

/* Take what the parent hands over, and read it once this process is confined:
 * number 0 is what is shown from now on, number 1 what was before.  What is no
 * release is told to the parent, and changes nothing. */
CS_CHECKED enum cs_err network_page_take(
    struct network *n, const struct cs_hand *h);
/* It is confined now. */
CS_CHECKED enum cs_err network_pages_read(struct network *n);
void network_pages_free(struct network *n);
