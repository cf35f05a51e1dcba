/* SPDX-License-Identifier: MIT */
/*
 * The map from names to accounts, for everybody to check (decision 0049).
 *
 * A name's label is the value of a verifiable function of it; the map leads
 * from there to the hash of the account's certificate.  Names come in when a
 * turn of the log ends, together with the entries that say so, and stay for
 * good.
 */
#pragma once

#include "hub/core/hub.h"
#include "tlog/map.h"

/* Put ${leaf} into the map.  CS_ERR_EXISTS: the label is in it. */
CS_CHECKED enum cs_err hub_names_add(
    struct cs_hub *hub, const struct cs_tlog_map_leaf *leaf);
/* Its root. */
CS_CHECKED enum cs_err hub_names_root(
    struct cs_tlog_hash *out, struct cs_hub *hub);
/* What leads from the root to a label, or shows that nothing does. */
CS_CHECKED enum cs_err hub_names_prove(struct cs_tlog_map_proof *out,
    struct cs_hub *hub, const uint8_t label[static CS_TLOG_MAP_LABEL_LEN]);

/* If a turn is about to end, take in the accounts that are new, some of them if
 * there are many, and queue the entries. */
CS_CHECKED enum cs_err hub_names_turn(struct cs_hub *hub);

/* CS_WIRE_NAME_PROOF. */
hub_handler hub_name_proof;
