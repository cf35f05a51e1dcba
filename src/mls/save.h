/* SPDX-License-Identifier: MIT */
/* What all saved states begin with, and keys in them. */
#pragma once

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hpke.h"

/* First bytes of each kind of saved state: what it is and its version. */
enum cs_mls_saved {
	CS_MLS_SAVED_GROUP = 'G', /* the secret half of a member's group */
	CS_MLS_SAVED_STAGED = 'S',
	CS_MLS_SAVED_PUBLIC = 'P',
};
void cs_mls_saved_write(struct cs_writer *w, enum cs_mls_saved kind);
/* CS_ERR_CORRUPT: another kind; CS_ERR_NEWER: of a later version. */
void cs_mls_saved_read(struct cs_reader *r, enum cs_mls_saved kind);

/* What is malformed in our own state is CS_ERR_CORRUPT. */
enum cs_err cs_mls_saved_error(enum cs_err err);

void cs_mls_write_hpke_key(struct cs_writer *w, const struct cs_hpke_key *key);
void cs_mls_read_hpke_key(
    struct cs_reader *r, const struct cs_suite *suite, struct cs_hpke_key *out);
