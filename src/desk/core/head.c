/* SPDX-License-Identifier: MIT */
#include "desk/core/head.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/writer.h"
#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/link.h"
#include "desk/core/problem.h"
#include "desk/core/text.h"
#include "desk/core/toml.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/file.h"
#include "store/vault.h"
#include "wire/codec.h"
#include "wire/messages.h"

#define CONF_MAX (64 * CS_KIB)
#define EPOCH "heads-epoch"
#define LINE_NAME "countersign-desk-head/1"
#define HEAD_FORMAT LINE_NAME " %" PRIu32 " %" PRIu64 " %s "
#define LINE_MAX 320
#define WHY_MAX 1000

/* ---- desk.conf ---------------------------------------------------------- */

enum cs_err
desk_heads_config(struct cs_desk *d)
{
	char *path = cs_path_join(d->folder.path, "desk.conf"), problem[160];
	struct cs_buf text = { 0 };
	json_t *doc = NULL;
	const char *file;
	enum cs_err err = CS_ERR_NOMEM;

	if (path == NULL)
		return err;
	if ((err = cs_file_read(&text, path, CONF_MAX)))
		goto out;
	if ((err = desk_toml_parse(&doc, cs_buf_view(&text), problem))) {
		err = desk_problem(
		    d, err, "conf-wrong", "desk.conf: %s.", problem);
		goto out;
	}
	file = json_get_str(doc, "heads_file");
	if (json_object_size(doc) != (*file != '\0'))
		err = desk_problem(d, CS_ERR_FORMAT, "conf-wrong",
		    "desk.conf: %s.",
		    "it may say heads_file, and nothing else");
	else if (*file != '\0' && (d->heads_file = cs_strdup(file)) == NULL)
		err = CS_ERR_NOMEM;
out:
	json_decref(doc);
	cs_buf_free(&text);
	cs_free_plain(path);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* ---- a head ------------------------------------------------------------- */

static enum cs_err
get_epoch(uint32_t *out, struct cs_desk *d)
{
	uint64_t n = 0;
	enum cs_err err = cs_vault_config_get_num(&n, d->db, &d->key, EPOCH);

	*out = (uint32_t)n;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* The log as it is now. */
static enum cs_err
current(struct desk_head *out, struct cs_desk *d)
{
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = get_epoch(&out->epoch, d)))
		return err;
	return desk_audit_head(&out->seq, out->head, d);
}

static enum cs_err
sign(struct desk_head *h, struct cs_desk *d)
{
	static const char label[] = "countersign/desk/head/v1";
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	enum cs_err err;

	h->at_ms = cs_clock_ms();
	cs_write_bytes(&w, cs_view(label, sizeof label));
	cs_write_u32(&w, h->epoch);
	cs_write_u64(&w, h->seq);
	cs_write_bytes(&w, CS_VIEW_OF(h->head));
	cs_write_u64(&w, h->at_ms);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_sign(h->signature, &d->sign_key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

/* Is the log that of ${kept}, or what became of it?  ${where} kept it. */
static enum cs_err
compare(struct cs_desk *d, const struct desk_head *kept, const char *where)
{
	uint8_t hash[CS_HASH_LEN];
	struct desk_head now;
	enum cs_err err;

	if (kept->seq == 0)
		return CS_OK;
	if ((err = current(&now, d)))
		return err;
	if (kept->epoch < now.epoch)
		return CS_OK;
	if (kept->epoch > now.epoch || kept->seq > now.seq)
		return desk_problem(d, CS_ERR_CHAIN, "copy-older",
		    "This is an older copy of the desk: %s has seen its log "
		    "with %llu entries, and here it has %llu. If a backup was "
		    "put back on purpose, \"audit accept WHY\" goes on with "
		    "it, and the log says so.",
		    where, (unsigned long long)kept->seq,
		    (unsigned long long)now.seq);
	err = desk_audit_hash_at(hash, d, kept->seq);
	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK && memcmp(hash, kept->head, sizeof hash) != 0))
		return desk_problem(d, CS_ERR_CHAIN, "copy-other",
		    "This is not the log of which %s has seen %llu entries: it "
		    "was another one up to there.",
		    where, (unsigned long long)kept->seq);
	return err;
}

/* ---- the file ----------------------------------------------------------- */

/* The last whole line of ${text}, which is cut off behind it; "" if none. */
static const char *
last_line(char *text)
{
	char *end = strrchr(text, '\n'), *begin;

	if (end == NULL)
		return "";
	*end = '\0';
	begin = strrchr(text, '\n');
	return begin != NULL ? begin + 1 : text;
}

/* The last head in the file; all zero if there is no such file, or nothing in
 * it. */
static enum cs_err
read_file(struct desk_head *out, struct cs_desk *d)
{
	char text[4 * LINE_MAX], hash[2 * CS_HASH_LEN + 1], again[LINE_MAX];
	const char *line;
	off_t size;
	ssize_t n;
	int fd;

	memset(out, 0, sizeof *out);
	if (d->heads_file == NULL)
		return CS_OK;
	if ((fd = open(d->heads_file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return errno == ENOENT
		    ? CS_OK
		    : desk_problem(d, cs_file_errno(), "heads-file", "%s: %s.",
			  d->heads_file, strerror(errno));
	size = lseek(fd, 0, SEEK_END);
	n = pread(fd, text, sizeof text - 1,
	    size > (off_t)sizeof text - 1 ? size - (off_t)sizeof text + 1 : 0);
	close(fd);
	if (n <= 0)
		return CS_OK;
	text[n] = '\0';
	line = last_line(text);
	/* What is read has to be written the same way. */
	if (sscanf(line, LINE_NAME " %" SCNu32 " %" SCNu64 " %64[0-9a-f]",
		&out->epoch, &out->seq, hash) == 3 &&
	    cs_unhex(out->head, sizeof out->head, hash) == CS_OK &&
	    (size_t)snprintf(again, sizeof again, HEAD_FORMAT, out->epoch,
		out->seq, hash) < sizeof again &&
	    strncmp(line, again, strlen(again)) == 0)
		return CS_OK;
	memset(out, 0, sizeof *out);
	return desk_problem(d, CS_ERR_FORMAT, "heads-file", "%s: %s.",
	    d->heads_file, "its last line is no head of a desk");
}

enum cs_err
cs_desk_heads_check_file(struct cs_desk *d)
{
	struct desk_head kept;
	enum cs_err err = read_file(&kept, d);

	return err ? err : compare(d, &kept, "the file of heads");
}

static enum cs_err
append_file(struct cs_desk *d, const struct desk_head *h)
{
	char line[LINE_MAX], hash[2 * CS_HASH_LEN + 1],
	    signature[2 * CS_SIGNATURE_LEN + 1];
	int n, fd;
	bool written;

	cs_hex(hash, CS_VIEW_OF(h->head));
	cs_hex(signature, CS_VIEW_OF(h->signature));
	n = snprintf(line, sizeof line, HEAD_FORMAT "%" PRIu64 " %s\n",
	    h->epoch, h->seq, hash, h->at_ms, signature);
	fd = open(d->heads_file,
	    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return desk_problem(d, cs_file_errno(), "heads-file", "%s: %s.",
		    d->heads_file, strerror(errno));
	written = write(fd, line, (size_t)n) == n && fsync(fd) == 0;
	if (close(fd) == 0 && written)
		return CS_OK;
	return desk_problem(d, cs_file_errno(), "heads-file", "%s: %s.",
	    d->heads_file, strerror(errno));
}

/* ---- the hub ------------------------------------------------------------ */

static enum cs_err
ask_hub(struct desk_head *out, struct cs_desk *d, const struct desk_head *h)
{
	struct cs_wire_desk_head ask = {
		.epoch = h->epoch, .seq = h->seq, .at_ms = h->at_ms
	};
	struct cs_wire_desk_head answer;
	enum cs_err err;

	memcpy(ask.head, h->head, sizeof ask.head);
	memcpy(ask.signature, h->signature, sizeof ask.signature);
	if ((err = desk_call(d, CS_WIRE_DESK_HEAD, &cs_wire_desk_head_shape,
		 &ask, &cs_wire_desk_head_shape, &answer)))
		return err;
	memset(out, 0, sizeof *out);
	out->epoch = answer.epoch;
	out->seq = answer.seq;
	memcpy(out->head, answer.head, sizeof out->head);
	return CS_OK;
}

enum cs_err
cs_desk_heads_check_hub(struct cs_desk *d)
{
	const struct desk_head none = { 0 };
	struct desk_head kept;
	enum cs_err err = ask_hub(&kept, d, &none);

	return err ? err : compare(d, &kept, "the hub");
}

enum cs_err
desk_heads_deposit(struct cs_desk *d, uint64_t now_ms)
{
	struct desk_head h, kept;
	enum cs_err err;

	/* A clock that was put back does not stop it. */
	if (d->head_ms <= now_ms && now_ms - d->head_ms < DESK_HEAD_EVERY_MS)
		return CS_OK;
	if ((err = current(&h, d)) ||
	    (h.seq == d->head_seq && d->head_ms != 0) || h.seq == 0)
		return err;
	if ((err = sign(&h, d)) || (err = ask_hub(&kept, d, &h)))
		return err;
	/* If the file cannot be written, it is tried again the next time. */
	d->head_ms = now_ms;
	if (d->heads_file != NULL && (err = append_file(d, &h)))
		return err;
	d->head_seq = h.seq;
	return CS_OK;
}

/* ---- going on with an older copy ---------------------------------------- */

/* The highest epoch that is known here, in the file, or to the hub. */
static enum cs_err
highest(uint32_t *out, struct cs_desk *d)
{
	const struct desk_head none = { 0 };
	struct desk_head kept;
	enum cs_err err;

	if ((err = get_epoch(out, d)))
		return err;
	if (read_file(&kept, d) == CS_OK && kept.epoch > *out)
		*out = kept.epoch;
	/* Without the hub, it may have to be said again once it is there. */
	if (ask_hub(&kept, d, &none) == CS_OK && kept.epoch > *out)
		*out = kept.epoch;
	return CS_OK;
}

enum cs_err
cs_desk_accept(struct cs_desk *d, const char *why)
{
	struct desk_facts after = { 0 };
	uint32_t epoch;
	enum cs_err err;

	if ((err = desk_text_check(d, why, WHY_MAX)) ||
	    (err = highest(&epoch, d)) || (err = cs_db_begin(d->db)))
		return err;
	desk_fact_text(&after, "text", why);
	desk_fact_number(&after, "epoch", epoch + 1);
	if ((err = desk_audit_take_rows(d)) == CS_OK &&
	    (err = cs_vault_config_set_num(
		 d->db, &d->key, EPOCH, (uint64_t)epoch + 1)) == CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){ .actor = &cs_desk_operator,
			.what = "copy-accepted",
			.after = &after });
	return cs_db_end(d->db, err);
}
