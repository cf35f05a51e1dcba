/* SPDX-License-Identifier: MIT */
/*
 * A witness's folder:
 *
 *	lock	held by the witness that runs
 *	key	its private key; mode 0600
 *	logs/	store/tlog_seen.h
 */
#pragma once

#include "store/folder.h"
#include "store/tlog_witness.h"

struct place {
	const char *dir; /* as it was given */
	struct cs_folder folder;
	int logs; /* the folder logs/ */
};

/* All of these return an exit status; if it is not 0, the user was told why. */

/* Make a new one with ${key}. */
int place_make(const char *dir, const struct cs_tlog_witness_key *key);
/* Open it; close it in any case. */
int place_open(struct place *out, const char *dir);
void place_close(struct place *p);

/* The key; wipe it after use. */
int place_key(struct cs_tlog_witness_key *out, const struct place *p);
/* The same from ${fd}, which is read from where it is. */
CS_CHECKED enum cs_err place_key_read(struct cs_tlog_witness_key *out, int fd);
/* The file of the key, to hand over; -1: there is none. */
int place_key_open(const struct place *p);

/* Take the lock, waiting ${patience_ms} for whoever has it: CS_ERR_BUSY. */
CS_CHECKED enum cs_err place_lock(
    int *lock, const struct place *p, int patience_ms);
