/* SPDX-License-Identifier: MIT */
/*
 * A hub's folder whose root key is kept elsewhere: the way out for the root
 * key, and what waits for its word (core/root.h says what travels).
 *
 *	keys/desk.asks		the public keys of a desk that is to join
 *	keys/next/request	what was asked for
 *	keys/next/NAME.key	the private halves, not yet used
 *	keys/next/answer	verified; its certificates lie beside it, and
 *all that is new here goes to keys/
 *
 * Everything new is complete in keys/next before the answer is put there, and
 * the answer goes last.  So a crash leaves what was before, or something that
 * hub_root_install() completes when it is called again.
 */
#pragma once

#include "hub/core/root.h"

/* Is the private root key in the hub's folder ${dir}?  CS_ERR_NOT_FOUND: there
 * is no hub. */
CS_CHECKED enum cs_err hub_root_here(bool *here, const char *dir);

/*
 * Move the root key from ${dir} to the new file ${path}, which has the format
 * of keys/root.key and mode 0600: it is written, synced, read back and
 * compared before the first one is overwritten and removed.  CS_ERR_NOT_FOUND:
 * the key is not in ${dir}; CS_ERR_EXISTS: something is at ${path};
 * CS_ERR_DIGEST: what was read back is not what was written, and the key stays
 * where it was; CS_ERR_CORRUPT: it is not the key that keys/root.pub names.
 */
CS_CHECKED enum cs_err hub_root_move(const char *dir, const char *path);

/*
 * Make the keys that are due at ${now}, without using them, and write what the
 * root has to say about them into the new file ${path}, and into ${out}.  An
 * earlier request waits no more.  CS_ERR_EXISTS: something is at ${path}, and
 * nothing has changed; CS_ERR_NOT_FOUND: there is no hub.
 */
CS_CHECKED enum cs_err hub_root_request_new(
    struct cs_buf *out, const char *dir, const char *path, uint64_t now);

/*
 * Put the keys that wait and their certificates in ${answer} into use.
 * Complete what an earlier call has begun.  Errors are those of
 * hub_root_answer_verify(); CS_ERR_NOT_FOUND: nothing waits; CS_ERR_CORRUPT:
 * the keys that wait are not those of the request.
 */
CS_CHECKED enum cs_err hub_root_install(
    const char *dir, struct cs_view answer, uint64_t now);

/* Drop what waits: the root is here and has made everything anew. */
CS_CHECKED enum cs_err hub_root_forget(const char *dir);

/* Let the next request name these keys of a desk. */
CS_CHECKED enum cs_err hub_root_desk_ask(const char *dir,
    const uint8_t seal_public[static CS_KEY_LEN],
    const uint8_t sign_public[static CS_KEY_LEN]);
