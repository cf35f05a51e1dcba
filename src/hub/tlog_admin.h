/* SPDX-License-Identifier: MIT */
/* What an operator sees of the hub's log, and does to it. */
#pragma once

#include "tlog/policy.h"

/* Of the log in a hub's folder, and of who has cosigned it. */
struct cs_hub_log {
	char origin[CS_NOTE_NAME_MAX + 1];
	char key[CS_NOTE_KEY_SIZE]; /* as witnesses and verifiers want it */
	uint64_t size;
	struct cs_tlog_hash root;
	uint64_t written_s; /* when its checkpoint was written last */
	/* Whom hub.conf names: the policy's file, and what is wrong with it. */
	char policy[256]; /* empty: nobody */
	enum cs_err policy_err;
	unsigned policy_line; /* at fault; 0: all of it */
	uint64_t policy_s;    /* when the file was changed last */
	/* The last checkpoint that a quorum has cosigned, and since when no
	 * larger one was seen; 0: there is none. */
	uint64_t quorum_size, quorum_s;
	size_t n;
	struct {
		char name[CS_TLOG_POLICY_NAME_MAX + 1];
		uint64_t time_s; /* of its last cosignature; 0: none is kept */
	} witnesses[CS_TLOG_POLICY_EACH];
};

/* Look at the log of the hub in ${dir} at ${now_s}, whether the hub runs or
 * not.  CS_ERR_NOT_FOUND: there is no hub, or no log yet; CS_ERR_CORRUPT,
 * CS_ERR_SIGNATURE, CS_ERR_FORMAT: its checkpoint is none of its key. */
CS_CHECKED enum cs_err cs_hub_log_look(
    struct cs_hub_log *out, const char *dir, uint64_t now_s);

/* The key of the log, as text of type 1 (C2SP signed-note).
 * CS_ERR_NOT_FOUND: there is no hub, or it never ran. */
CS_CHECKED enum cs_err cs_hub_log_key(
    char out[static CS_NOTE_KEY_SIZE], const char *dir);

/* Write the policy ${file} into hub.conf; NULL: nobody is asked any more.  A
 * hub that runs takes it up once it is started anew.  CS_ERR_IO: the file
 * cannot be read; as cs_tlog_policy_parse(), with the ${*line} at fault;
 * CS_ERR_MISMATCH: it names no witness that has a URL; CS_ERR_NOT_FOUND: there
 * is no hub. */
CS_CHECKED enum cs_err cs_hub_log_witnesses(
    unsigned *line, const char *dir, const char *file);

/*
 * The database was put back from a backup, and the log has more than it knows:
 * let it go on behind the log's last entry, and say so in the log
 * (CS_TLOG_RESTORED).  ${*from} is the first number that was lost, ${*to} where
 * it goes on.  CS_ERR_EXISTS: the log has nothing that the database does not
 * know; CS_ERR_EXPIRED: it has less than it once had, and the newest copy has
 * to be put back; CS_ERR_BUSY: the hub runs; else as cs_hub_log_look().
 */
CS_CHECKED enum cs_err cs_hub_log_restored(
    uint64_t *from, uint64_t *to, const char *dir);
/* The same, without doing it. */
CS_CHECKED enum cs_err cs_hub_log_lost(
    uint64_t *from, uint64_t *to, const char *dir);
