/* SPDX-License-Identifier: MIT */
#include "desk/reports/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/units.h"
#include "content/evidence.h"
#include "content/evidence_media.h"
#include "content/media.h"
#include "content/mimi.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/reports/custody.h"
#include "desk/reports/report.h"
#include "net/blob.h"
#include "phash/phash.h"
#include "store/db.h"
#include "store/file.h"

#define PATH_SIZE 4096
#define QUALITY_MAX 100
#define DISTANCE_MAX CS_PDQ_BITS
#define MATCHES_MAX 100000

/* ---- what is known of one ----------------------------------------------- */

static const char *const match_kinds[] = { "list", "case" };
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

	/* By hash, not by blob: two reports may name one blob and mean two
	 * files (FRANKING, rule 4). */
	cs_hex(hex, cs_view(hash, CS_HASH_LEN));
	snprintf(out, PATH_SIZE, "%s/files/%s%s", d->dir, hex, suffix);
}

static enum cs_err
take(void *arg, struct cs_view bytes)
{
	return cs_file_write_fd(*(int *)arg, bytes);
}

static enum cs_err
fetch(struct cs_desk *d, const struct cs_mimi_external *part)
{
	char path[PATH_SIZE], tmp[PATH_SIZE];
	struct cs_blob_fetch f = { .take = take, .total = part->size };
	enum cs_err err;
	int fd;

	path_of(path, d, part->content_hash, "");
	path_of(tmp, d, part->content_hash, ".part");
	if (part->size > cs_media_sealed_size(CS_MEDIA_FILE_MAX))
		return CS_ERR_LIMIT;
	if (access(path, F_OK) == 0 || cs_mimi_blob(f.blob, part) != CS_OK)
		return CS_OK;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return cs_file_errno();
	f.arg = &fd;
	if ((err = cs_blob_fetch(&d->session, &f)) == CS_OK && fsync(fd) != 0)
		err = cs_file_errno();
	close(fd);
	if (err == CS_OK && rename(tmp, path) != 0)
		err = cs_file_errno();
	if (err == CS_OK)
		err = cs_file_sync_dir(path);
	else
		unlink(tmp);
	return err;
}

enum cs_err
desk_files_fetch(struct cs_desk *d, const struct cs_evidence *e)
{
	for (size_t i = 0; i < e->n_items; i++) {
		const struct cs_mimi_content *content =
		    &e->items[i].proof.content;

		for (size_t k = 0; k < content->n_external; k++) {
			enum cs_err err = fetch(d, &content->external[k]);

			/* It is gone, or not what was reported; the text is
			 * proved without it. */
			if (err && cs_err_class(err) != CS_ERR_CLASS_THEIRS)
				return err;
		}
	}
	return CS_OK;
}

enum cs_err
desk_file_open(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_report_opened *c, size_t item, size_t part)
{
	const struct cs_mimi_external *external;
	struct cs_buf sealed = { 0 };
	char path[PATH_SIZE];
	enum cs_err err;

	if (c->evidence == NULL || item >= c->evidence->n_items ||
	    part >= c->evidence->items[item].proof.content.n_external)
		return CS_ERR_NOT_FOUND;
	external = &c->evidence->items[item].proof.content.external[part];
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
