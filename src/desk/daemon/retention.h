/* SPDX-License-Identifier: MIT */
/*
 * How long the desk keeps what was reported.
 *
 * A case that is decided goes when the policy's keep_days for its reason are
 * over: bundles, photos, hashes, notes, accounts.  What stays: that there was
 * one, its reason, what was decided and when, and the entry in the audit log
 * that says that it was destroyed.  A legal hold, an open appeal and a decision
 * under way stop it.  A report that did not verify goes after rejected_days.
 * How many reports somebody made counts those that are still there.
 */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/* Destroy what is due at ${now_ms}; ${*destroyed} says how many cases that
 * was.  CS_ERR_CORRUPT if one is damaged on the disk and stays; the others
 * are destroyed all the same. */
CS_CHECKED enum cs_err cs_desk_retention(
    struct cs_desk *d, uint64_t now_ms, uint64_t *destroyed);
