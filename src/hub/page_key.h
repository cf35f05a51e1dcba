/* SPDX-License-Identifier: MIT */
/* Keys that sign releases of the page. */
#pragma once

#include "crypto/note.h"

/*
 * A key that signs releases, in a file of its own, as C2SP's tools have it:
 * "PRIVATE+KEY+NAME+ID+BASE64".  Who runs one release takes another by itself
 * only if this key signed it.
 */
struct cs_hub_page_key {
	struct cs_note_key is;
	struct cs_sign_key with;
};

/* A new one of ${name}, in the new file ${path}.  CS_ERR_FORMAT: that is no
 * name; CS_ERR_EXISTS. */
CS_CHECKED enum cs_err cs_hub_page_key_new(
    struct cs_hub_page_key *out, const char *name, const char *path);
/* CS_ERR_FORMAT: ${path} has no such key. */
CS_CHECKED enum cs_err cs_hub_page_key_read(
    struct cs_hub_page_key *out, const char *path);
void cs_hub_page_key_clear(struct cs_hub_page_key *key);
