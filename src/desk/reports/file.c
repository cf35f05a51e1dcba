/* SPDX-License-Identifier: MIT */
#include "desk/reports/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "content/evidence.h"
#include "content/evidence_media.h"
#include "content/media.h"
#include "content/mimi.h"
#include "content/mimi_names.h"
#include "crypto/hash.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/reports/custody.h"
#include "desk/reports/report.h"
#include "net/blob.h"
#include "phash/phash.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/file.h"
#include "wire/codec.h"
#include "wire/messages.h"

#define PATH_SIZE 4096
#define QUALITY_MAX 100
#define DISTANCE_MAX CS_PDQ_BITS
#define MATCHES_MAX 100000

/* ---- what is known of one ----------------------------------------------- */

static const char *const match_kinds[] = { "list", "case", "notice" };
static const struct desk_field match_fields[] = {
	DESK_WORD(desk_match, kind, match_kinds),
	DESK_NUMBER(desk_match, distance, 0, DISTANCE_MAX),
	DESK_TIME(desk_match, list),
	DESK_TEXT(desk_match, list_name),
	DESK_TEXT(desk_match, label),
	DESK_TIME(desk_match, case_id),
	DESK_TIME(desk_match, media),
};
const struct desk_record desk_match_record =
    DESK_RECORD(desk_match, NULL, match_fields);

static const struct desk_field media_fields[] = {
	DESK_FLAG(desk_media_facts, photo),
	DESK_NUMBER(desk_media_facts, quality, 0, QUALITY_MAX),
	DESK_TIME(desk_media_facts, copies),
	DESK_ARRAY(desk_media_facts, matches, &desk_match_record, MATCHES_MAX),
};
const struct desk_record desk_media_record =
    DESK_RECORD(desk_media_facts, "media", media_fields);

/* ---- fetching and opening ----------------------------------------------- */

static void
path_of(char out[static PATH_SIZE], const struct cs_desk *d,
    const uint8_t hash[static CS_HASH_LEN], const char *suffix)
{
	char hex[2 * CS_HASH_LEN + 1];

	/* By what the bytes are, not by blob: two reports may name one blob and
	 * mean two files (FRANKING, rule 4). */
	cs_hex(hex, cs_view(hash, CS_HASH_LEN));
	snprintf(out, PATH_SIZE, "%s/files/%s%s", d->folder.path, hex, suffix);
}

/* What names the file, or NULL. */
static const struct cs_mimi_external *
find_part(const struct cs_desk_report_opened *c, size_t item, size_t part)
{
	const struct cs_evidence *e = c->evidence;

	return e == NULL || item >= e->n_items ||
		part >= e->items[item].proof.content.n_external
	    ? NULL
	    : &e->items[item].proof.content.external[part];
}

/* A file on its way here. */
struct coming {
	int fd;
	struct cs_hasher *hash;
};

static enum cs_err
take(void *arg, struct cs_view bytes)
{
	struct coming *c = arg;
	enum cs_err err = cs_hasher_add(c->hash, bytes);

	return err ? err : cs_file_write_fd(c->fd, bytes);
}

/* Fetch a blob into ${path}, and hash it. */
static enum cs_err
fetch_into(uint8_t hash[static CS_HASH_LEN], struct cs_desk *d,
    const char *path, struct cs_blob_fetch *f)
{
	struct coming c = { .fd = -1 };
	enum cs_err err;

	unlink(path); /* what a crash has left */
	c.fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (c.fd < 0)
		return cs_file_errno();
	f->take = take;
	f->arg = &c;
	if ((err = cs_hasher_new(&c.hash, CS_SHA256)) == CS_OK &&
	    (err = cs_blob_fetch(&d->session, f)) == CS_OK &&
	    (err = cs_hasher_end(c.hash, hash)) == CS_OK && fsync(c.fd) != 0)
		err = cs_file_errno();
	cs_hasher_free(c.hash);
	close(c.fd);
	return err;
}

/* What the hub gave for it when this report was looked at before.
 * CS_ERR_NOT_FOUND: it was not asked. */
static enum cs_err
fetched_before(uint8_t hash[static CS_HASH_LEN], struct cs_desk *d,
    const struct cs_desk_report_opened *c, const uint8_t blob[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, d->db,
	    "SELECT hash FROM fetched WHERE report=? AND blob=?",
	    cs_blob(CS_VIEW_OF(c->report.id)),
	    cs_blob(cs_view(blob, CS_ID_LEN)));
	if (err == CS_OK)
		cs_col_copy(&row, 0, hash, CS_HASH_LEN);
	return cs_rows_end(&row, err);
}

/* Is there room for ${size} bytes that nobody asked for? */
static enum cs_err
check_room(
    struct cs_desk *d, const struct cs_desk_report_opened *c, uint64_t size)
{
	uint64_t report, day;
	enum cs_err err;

	if ((err = cs_db_get_int(&report, d->db,
		 "SELECT COALESCE(SUM(size),0) FROM fetched WHERE report=?",
		 cs_blob(CS_VIEW_OF(c->report.id)))) ||
	    (err = cs_db_get_int(&day, d->db,
		 "SELECT COALESCE(SUM(size),0) FROM fetched WHERE reporter=?"
		 " AND at>?",
		 cs_blob(CS_VIEW_OF(c->report.reporter_id)),
		 cs_int(cs_clock_ms() - CS_DAY_MS))))
		return err;
	return report + size <= DESK_FETCH_REPORT &&
		day + size <= DESK_FETCH_DAY
	    ? CS_OK
	    : CS_ERR_BUSY;
}

static enum cs_err
note_fetched(struct cs_desk *d, const struct cs_desk_report_opened *c,
    const struct cs_blob_fetch *f, const uint8_t hash[static CS_HASH_LEN])
{
	return cs_db_exec(d->db,
	    "INSERT INTO fetched(report,blob,reporter,at,size,hash)"
	    " VALUES(?,?,?,?,?,?) ON CONFLICT DO NOTHING",
	    cs_blob(CS_VIEW_OF(c->report.id)), cs_blob(CS_VIEW_OF(f->blob)),
	    cs_blob(CS_VIEW_OF(c->report.reporter_id)), cs_int(cs_clock_ms()),
	    cs_int(f->done), cs_blob(cs_view(hash, CS_HASH_LEN)));
}

/* Ask the hub.  What it gives is kept if it is what ${part} names. */
static enum cs_err
fetch(struct cs_desk *d, const struct cs_desk_report_opened *c,
    const struct cs_mimi_external *part, struct cs_blob_fetch *f)
{
	char path[PATH_SIZE], tmp[PATH_SIZE];
	uint8_t hash[CS_HASH_LEN] = { 0 };
	enum cs_err err, noted;

	path_of(path, d, part->content_hash, "");
	path_of(tmp, d, part->content_hash, ".part");
	f->total = part->size;
	err = fetch_into(hash, d, tmp, f);
	if (err == CS_ERR_LIMIT)
		err = CS_ERR_DIGEST; /* of another length */
	if (err == CS_OK && memcmp(hash, part->content_hash, sizeof hash) != 0)
		err = CS_ERR_DIGEST;
	if (err == CS_OK && rename(tmp, path) != 0)
		err = cs_file_errno();
	if (err == CS_OK)
		err = cs_file_sync_dir(path);
	else
		unlink(tmp);
	if (err != CS_OK && err != CS_ERR_DIGEST && err != CS_ERR_NOT_FOUND)
		return err;
	noted = note_fetched(d, c, f, hash);
	return noted ? noted : err;
}

enum cs_err
desk_file_fetch(struct cs_desk *d, const struct cs_desk_report_opened *c,
    size_t item, size_t part, enum desk_fetch asked)
{
	const struct cs_mimi_external *external;
	uint8_t hash[CS_HASH_LEN];
	struct cs_blob_fetch f = { 0 };
	char path[PATH_SIZE];
	enum cs_err err;

	if ((external = find_part(c, item, part)) == NULL)
		return CS_ERR_NOT_FOUND;
	path_of(path, d, external->content_hash, "");
	if (access(path, F_OK) == 0)
		return CS_OK;
	if (external->size > cs_media_sealed_size(CS_MEDIA_FILE_MAX))
		return CS_ERR_DIGEST; /* no blob is so long */
	if (cs_mimi_blob(f.blob, external) != CS_OK)
		return CS_ERR_NOT_FOUND;
	err = fetched_before(hash, d, c, f.blob);
	if (err == CS_OK)
		return memcmp(hash, external->content_hash, sizeof hash) == 0
		    ? CS_ERR_NOT_FOUND
		    : CS_ERR_DIGEST;
	if (err != CS_ERR_NOT_FOUND)
		return err;
	if (asked == DESK_FETCH_UNASKED &&
	    (err = check_room(d, c, external->size)))
		return err;
	return fetch(d, c, external, &f);
}

enum cs_err
desk_files_forget(struct cs_desk *d, const uint8_t report[static CS_ID_LEN])
{
	return cs_db_exec(d->db, "DELETE FROM fetched WHERE report=?",
	    cs_blob(cs_view(report, CS_ID_LEN)));
}

/* Append the blobs of photos, or of other files. */
static enum cs_err
add_pins(
    struct cs_buf *list, uint32_t *n, const struct cs_evidence *e, bool photos)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; i < e->n_items; i++) {
		const struct cs_mimi_content *content =
		    &e->items[i].proof.content;

		for (size_t k = 0; k < content->n_external && err == CS_OK &&
		     *n < CS_WIRE_REPORT_BLOBS_MAX;
		     k++) {
			struct cs_wire_blob_get item;

			if (desk_file_is_photo(&content->external[k]) ==
				photos &&
			    cs_mimi_blob(item.blob, &content->external[k]) ==
				CS_OK)
				err = cs_wire_list_add(
				    list, n, &cs_wire_blob_get_shape, &item);
		}
	}
	return err;
}

enum cs_err
desk_files_pins(struct cs_buf *list, uint32_t *n, const struct cs_evidence *e)
{
	enum cs_err err = add_pins(list, n, e, true);

	return err ? err : add_pins(list, n, e, false);
}

bool
desk_file_is_photo(const struct cs_mimi_external *part)
{
	return part->content_type.len > 6 &&
	    memcmp(part->content_type.data, "image/", 6) == 0;
}

enum cs_err
desk_file_open(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_report_opened *c, size_t item, size_t part)
{
	const struct cs_mimi_external *external;
	struct cs_buf sealed = { 0 };
	char path[PATH_SIZE];
	enum cs_err err;

	if ((external = find_part(c, item, part)) == NULL)
		return CS_ERR_NOT_FOUND;
	path_of(path, d, external->content_hash, "");
	if ((err = cs_file_read(&sealed, path,
		 (size_t)cs_media_sealed_size(CS_MEDIA_FILE_MAX))) == CS_OK)
		err = cs_evidence_extract(
		    out, c->evidence, item, part, cs_buf_view(&sealed));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
cs_desk_report_file(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct cs_desk_report_opened *c,
    const struct desk_part *part)
{
	char which[60];
	enum cs_err err;

	if ((err = desk_file_open(out, d, c, part->item, part->part)))
		return err;
	/* Log each opening (DESIGN, "Report, desk, answer"). */
	snprintf(which, sizeof which, "file %zu of message %zu opened",
	    part->part + 1, part->item + 1);
	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db,
	    desk_custody_note(d, c->report.id, actor,
		&(struct desk_custody_event){ .what = which,
		    .event = "file-opened",
		    .fact = "text",
		    .value = which }));
}
