/* SPDX-License-Identifier: MIT */
/*
 * The one writer of a log, over a folder:
 *
 *	lock			held while it is open
 *	journal			the batch under way
 *	public/checkpoint	what the log says of itself
 *	public/tile/...		C2SP tlog-tiles; written once
 *
 * A batch is decided when the journal has its entries and the checkpoint after
 * them, on disk.  Only then its tiles are written, then its checkpoint is
 * published, then the journal removed.  Whoever is ended anywhere in between
 * does the rest when the log is opened again; so nothing is ever in public/
 * that a later checkpoint contradicts (docs/decisions/0044-log.md).
 *
 * Cosignatures come later than the checkpoint that they are for: the same one
 * is put again then, with them, and its text stays.  So whether a batch is done
 * is seen by the text of the checkpoint, and not by its lines.
 *
 * What is held in memory is the right edge of the tree: less than 256 hashes of
 * each of eight levels, and less than 256 entries.
 */
#pragma once

#include "crypto/note.h"
#include "tlog/checkpoint.h"
#include "tlog/tile.h"

/* Of one batch: its journal is read whole when it was cut short. */
#define CS_TLOG_BATCH_ENTRIES 65536
#define CS_TLOG_BATCH_BYTES ((size_t)64 << 20)

struct cs_tlog_writer;

/* Whose log it is: the key's name is the origin.  Borrowed while the writer is
 * open. */
struct cs_tlog_owner {
	const struct cs_note_key *key;
	const struct cs_sign_key *with; /* its private half */
};

/*
 * Begin a log in the folder ${path}, which is made if it is not there, with the
 * checkpoint of an empty tree.  CS_ERR_EXISTS: there is one, or what is left of
 * one; CS_ERR_BUSY: somebody else has it open; as cs_folder_make() otherwise.
 */
CS_CHECKED enum cs_err cs_tlog_writer_create(struct cs_tlog_writer **out,
    const char *path, const struct cs_tlog_owner *owner);

/*
 * Open the log in the folder ${path}, after doing the rest of a batch that was
 * cut short.  ${seen} is a checkpoint of it that somebody else kept, or NULL.
 * CS_ERR_CORRUPT: what is there contradicts its checkpoint, or ${seen}: it was
 * rolled back, forked or damaged, and nothing may be added; CS_ERR_NOT_FOUND:
 * there is none; CS_ERR_SIGNATURE, CS_ERR_MISMATCH: it is not ${owner}'s;
 * CS_ERR_BUSY: somebody else has it open; as cs_folder_open() otherwise.
 */
CS_CHECKED enum cs_err cs_tlog_writer_open(struct cs_tlog_writer **out,
    const char *path, const struct cs_tlog_owner *owner,
    const struct cs_tlog_checkpoint *seen);

/* Close it; NULL is fine. */
void cs_tlog_writer_close(struct cs_tlog_writer *w);

/*
 * Append ${n} entries; ${*first} gets the index of the first.  They are on disk
 * and in the public checkpoint when this returns.  CS_ERR_LIMIT: too many or
 * too long, and CS_ERR_MISUSE: none, change nothing; nor does CS_ERR_NOMEM that
 * comes before anything is written.  CS_ERR_CORRUPT: the checkpoint in the
 * folder is not the one that was put there.  After that, and after any other
 * error, nothing more can be appended until the log is opened again, and then
 * the entries are in it or not: the size says which.
 */
CS_CHECKED enum cs_err cs_tlog_writer_append(struct cs_tlog_writer *w,
    uint64_t *first, const struct cs_view *entries, size_t n);

/*
 * Put the public checkpoint again, with ${lines} of others below the owner's
 * own, in place of what lines of others it had; the caller has verified them,
 * under whatever policy.  It is on disk when this returns.  CS_ERR_FORMAT,
 * CS_ERR_LIMIT: these are no lines of a note, or too many, and
 * CS_ERR_SIGNATURE: a wrong one of the owner, change nothing; nor does
 * CS_ERR_NOMEM that comes before anything is written.
 * CS_ERR_CORRUPT, and any other error, as cs_tlog_writer_append().
 */
CS_CHECKED enum cs_err cs_tlog_writer_cosigned(
    struct cs_tlog_writer *w, struct cs_view lines);

/* How many entries it has. */
uint64_t cs_tlog_writer_size(const struct cs_tlog_writer *w);

/* Its checkpoint, as the note that is public; until the next batch, or
 * cs_tlog_writer_cosigned(). */
struct cs_view cs_tlog_writer_note(const struct cs_tlog_writer *w);

/* Nodes and entries out of the public files, as of now: set up ${out} for
 * cs_tlog_tiles_node().  Lives as long as the writer. */
void cs_tlog_writer_tiles(struct cs_tlog_writer *w, struct cs_tlog_tiles *out);
