/* SPDX-License-Identifier: MIT */
/* The secrets of an epoch and of a path, in saved groups and staged commits. */
#pragma once

#include "mls/key_schedule.h"
#include "mls/save.h"
#include "mls/treekem.h"

/* All secrets of an epoch. */
void cs_mls_write_secrets(struct cs_writer *w, const struct cs_suite *suite,
    const struct cs_mls_epoch_secrets *s);
void cs_mls_read_secrets(struct cs_reader *r, const struct cs_suite *suite,
    struct cs_mls_epoch_secrets *out);

void cs_mls_write_private(
    struct cs_writer *w, const struct cs_mls_private_tree *p);
void cs_mls_read_private(struct cs_reader *r, const struct cs_suite *suite,
    struct cs_mls_private_tree *out);
