/* SPDX-License-Identifier: MIT */
/* Photos and files: cleaning and encrypting; fetching and checking. */
#include "client/groups/media.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/units.h"
#include "client/groups/spool.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/hub/transfer.h"
#include "content/media.h"
#include "content/mimi_names.h"
#include "content/photo.h"
#include "content/photo_clean.h"
#include "content/voice.h"
#include "content/voice_clean.h"
#include "crypto/random.h"
#include "store/db.h"
#include "store/file.h"
#include "store/file_out.h"

/* ---- encrypting ---------------------------------------------------------- */

/* What is to be sent: bytes in memory, or a file. */
struct source {
	int fd;
	struct cs_view bytes;
};

static enum cs_err
source_read(struct source *s, uint8_t *chunk, size_t size, size_t *n)
{
	ssize_t got;

	if (s->fd < 0) {
		*n = s->bytes.len < size ? s->bytes.len : size;
		if (*n != 0)
			memcpy(chunk, s->bytes.data, *n);
		s->bytes.data += *n;
		s->bytes.len -= *n;
		return CS_OK;
	}
	do
		got = read(s->fd, chunk, size);
	while (got < 0 && errno == EINTR);
	*n = got < 0 ? 0 : (size_t)got;
	return got < 0 ? cs_file_errno() : CS_OK;
}

static enum cs_err
encrypt_file(int to, struct source *from,
    const uint8_t key[static CS_MEDIA_KEY_LEN],
    struct cs_media_digests *digests)
{
	struct cs_media_sealer *sealer = NULL;
	struct cs_buf out = { 0 };
	uint8_t *chunk = cs_calloc(CS_MEDIA_CHUNK, 1);
	size_t n;
	enum cs_err err;

	if (chunk == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_media_sealer_new(&sealer, key)))
		goto out;
	do {
		cs_buf_reset(&out);
		if ((err = source_read(from, chunk, CS_MEDIA_CHUNK, &n)) ||
		    (err = n != 0
			    ? cs_media_sealer_add(
				  sealer, &out, cs_view(chunk, n))
			    : cs_media_sealer_end(sealer, &out, digests)) ||
		    (err = cs_file_write_fd(to, cs_buf_view(&out))))
			break;
	} while (n != 0);
out:
	cs_media_sealer_free(sealer);
	cs_buf_free(&out);
	cs_free(chunk, CS_MEDIA_CHUNK);
	return err;
}

/* ---- what is sent ------------------------------------------------------- */

static enum cs_err
open_path(struct cs_client *c, const char *path, uint64_t max, int *fd,
    uint64_t *size)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &st) != 0)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "%.300s cannot be read: %s.", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return client_problem(
		    c, CS_ERR_MISUSE, "%.300s is not a file.", path);
	if (st.st_size == 0)
		return client_problem(
		    c, CS_ERR_FORMAT, "%.300s is empty.", path);
	*size = (uint64_t)st.st_size;
	if (*size > max)
		return client_problem(c, CS_ERR_LIMIT,
		    "%.300s is too large: at most %llu MiB.", path,
		    (unsigned long long)(max >> 20));
	return CS_OK;
}

static enum cs_err
read_whole(struct cs_buf *out, int fd, uint64_t size)
{
	uint8_t *at;
	enum cs_err err = cs_buf_extend(out, (size_t)size, &at);

	if (err == CS_OK && pread(fd, at, (size_t)size, 0) != (ssize_t)size)
		err = CS_ERR_IO;
	return err;
}

/* What is sent of a file: all of it, or what is left of it. */
struct outgoing {
	struct source source;
	uint64_t size;
	struct cs_photo photo;
	struct cs_voice voice;
	char type[CS_MIMI_TYPE_MAX + 1];
};

static enum cs_err
no_decoder(struct cs_client *c, const char *of)
{
	return client_problem(c, CS_ERR_IO,
	    "What cleans %s is missing, so nothing was sent: the program "
	    "countersign-photo beside this one, or a part of the page that the "
	    "browser could not load.",
	    of);
}

/* Decode and encode the photo, without what the camera added to it. */
static enum cs_err
clean_photo(struct cs_client *c, struct outgoing *o, const char *path,
    enum cs_err (*clean)(struct cs_photo *out, struct cs_view file))
{
	struct cs_buf file = { 0 };
	enum cs_err err = read_whole(&file, o->source.fd, o->size);

	/* In a page, it waits. */
	assert(!cs_db_in_transaction(c->db));
	if (err == CS_OK)
		err = clean(&o->photo, cs_buf_view(&file));
	cs_buf_free(&file);
	switch (err) {
	case CS_ERR_TYPE:
		return client_problem(c, err,
		    "%.300s is not a photo that can be cleaned (JPEG, PNG, "
		    "WebP, GIF, HEIC or AVIF), so it was not sent. Other files "
		    "go with --file, as they are.",
		    path);
	case CS_ERR_UNSUPPORTED:
		return client_problem(c, err,
		    "%.300s is a photo that cannot be cleaned here, so it was "
		    "not sent. Save it as a JPEG and send that.",
		    path);
	case CS_ERR_NOMEM: /* the decoder has a limit of its own */
	case CS_ERR_LIMIT:
		return client_problem(c, err,
		    "%.300s is too large to be unpacked safely, so it was not "
		    "sent. Make it smaller, and send that.",
		    path);
	case CS_ERR_FORMAT:
	case CS_ERR_TIMEOUT:
		return client_problem(c, err,
		    "%.300s is damaged, or is not the kind of file that it "
		    "claims to be.",
		    path);
	case CS_ERR_NOT_FOUND:
		return no_decoder(c, "photos");
	case CS_OK:
		o->source = (struct source){ -1, cs_buf_view(&o->photo.bytes) };
		snprintf(o->type, sizeof o->type, "%s", o->photo.media_type);
		return CS_OK;
	default:
		return err;
	}
}

/* Take the recording apart, and put together what is heard. */
static enum cs_err
clean_voice(struct cs_client *c, struct cs_voice *voice, int fd, uint64_t size,
    const char *path)
{
	struct cs_buf file = { 0 };
	enum cs_err err = read_whole(&file, fd, size);

	/* In a page, it waits. */
	assert(!cs_db_in_transaction(c->db));
	if (err == CS_OK)
		err = cs_voice_clean(voice, cs_buf_view(&file));
	cs_buf_free(&file);
	switch (err) {
	case CS_ERR_TYPE:
	case CS_ERR_UNSUPPORTED:
		return client_problem(c, err,
		    "%.300s is no recording that can be sent as a voice "
		    "message (Opus in Ogg, or WAV of 16 bits), so it was not "
		    "sent. Other files go with --file, as they are.",
		    path);
	case CS_ERR_LIMIT:
	case CS_ERR_NOMEM:
		return client_problem(c, err,
		    "%.300s is longer than the %u minutes of a voice message, "
		    "so it was not sent. Send it in parts, or with --file.",
		    path, CS_VOICE_MS_MAX / (unsigned)CS_MINUTE_MS);
	case CS_ERR_FORMAT:
	case CS_ERR_TIMEOUT:
		return client_problem(c, err,
		    "%.300s is damaged, or is not the kind of file that it "
		    "claims to be, so it was not sent.",
		    path);
	case CS_ERR_NOT_FOUND:
		return no_decoder(c, "recordings");
	default:
		return err;
	}
}

static enum cs_err
prepare(struct outgoing *o, struct cs_client *c,
    const struct cs_client_outgoing *what)
{
	enum cs_err err;

	snprintf(o->type, sizeof o->type, "application/octet-stream");
	if (what->photo_path != NULL)
		return clean_photo(c, o, what->photo_path, cs_photo_clean);
	if (what->voice_path != NULL) {
		if ((err = clean_voice(c, &o->voice, o->source.fd, o->size,
			 what->voice_path)))
			return err;
		o->source = (struct source){ -1, cs_buf_view(&o->voice.bytes) };
		snprintf(o->type, sizeof o->type, "%s%u", CS_VOICE_TYPE,
		    (unsigned)o->voice.duration_ms);
	}
	return CS_OK;
}

/* Fill in the strings of ${out}, which live in ${hold}: URL, name, type. */
static enum cs_err
fill_strings(struct cs_client *c, struct cs_mimi_external *out,
    struct cs_buf *hold, const uint8_t blob[static CS_ID_LEN], const char *path,
    const char *media_type)
{
	const char *slash = strrchr(path, '/');
	const char *ext = strrchr(media_type, '/') + 1;
	char name[CS_MIMI_FILENAME_MAX + 1];
	size_t url_len, name_len;
	enum cs_err err;

	if ((err = cs_mimi_blob_url(hold, c->self.hub, blob)))
		return err;
	url_len = hold->len;
	/* The name that a camera or recorder gives may tell when it was. */
	if (strncmp(media_type, "audio/", 6) == 0)
		snprintf(name, sizeof name, "voice.ogg");
	else if (strncmp(media_type, "image/", 6) == 0)
		snprintf(name, sizeof name, "photo.%s",
		    strcmp(ext, "jpeg") == 0 ? "jpg" : ext);
	else
		cs_mimi_filename(
		    name, cs_view_str(slash != NULL ? slash + 1 : path));
	name_len = strlen(name);
	if ((err = cs_buf_add(hold, cs_view(name, name_len))) ||
	    (err = cs_buf_add(hold, cs_view_str(media_type))))
		return err;
	out->url = cs_view(hold->data, url_len);
	out->filename = cs_view(hold->data + url_len, name_len);
	out->content_type = cs_view(
	    hold->data + url_len + name_len, hold->len - url_len - name_len);
	return CS_OK;
}

static const char *
path_of(const struct cs_client_outgoing *what)
{
	return what->photo_path != NULL ? what->photo_path
	    : what->voice_path != NULL  ? what->voice_path
					: what->file_path;
}

static uint64_t
most_of(const struct cs_client_outgoing *what)
{
	return what->photo_path != NULL ? CS_PHOTO_SOURCE_FILE_MAX
	    : what->voice_path != NULL  ? CS_VOICE_SOURCE_FILE_MAX
					: CS_MEDIA_FILE_MAX;
}

/* Encrypt into the spool, and have it on the disk before a message says so. */
static enum cs_err
fill_spool(struct cs_client *c, struct cs_mimi_external *out,
    struct source *from, const uint8_t blob[static CS_ID_LEN])
{
	struct cs_media_digests digests;
	char *path = NULL;
	int fd = -1;
	enum cs_err err;

	cs_random(out->key, sizeof out->key);
	if ((err = client_spool_new(&fd, &path, c, blob)) == CS_OK &&
	    (err = encrypt_file(fd, from, out->key, &digests)) == CS_OK &&
	    (fsync(fd) != 0 || (err = cs_file_sync_dir(path)) != CS_OK) &&
	    err == CS_OK)
		err = cs_file_errno();
	if (fd >= 0)
		close(fd);
	if (err && fd >= 0)
		unlink(path);
	cs_free_plain(path);
	if (err)
		return err;
	out->size = digests.size;
	out->plain_size = digests.plain_size;
	memcpy(out->content_hash, digests.content_hash, CS_HASH_LEN);
	memcpy(out->plain_sha256, digests.plain_sha256, CS_HASH_LEN);
	return CS_OK;
}

static void
outgoing_clear(struct outgoing *o, int fd)
{
	cs_photo_clear(&o->photo);
	cs_voice_clear(&o->voice);
	if (fd >= 0)
		close(fd);
}

enum cs_err
client_media_prepare(struct cs_client *c, struct cs_mimi_external *out,
    struct cs_buf *hold, uint8_t blob[static CS_ID_LEN],
    const struct cs_client_outgoing *what)
{
	const char *path = path_of(what);
	struct outgoing o = { .size = 0 };
	int fd = -1;
	enum cs_err err;

	cs_random(blob, CS_ID_LEN);
	if ((err = client_spools_sweep(c)) ||
	    (err = open_path(c, path, most_of(what), &fd, &o.size)))
		goto out;
	o.source.fd = fd;
	if ((err = prepare(&o, c, what)) == CS_OK &&
	    (err = fill_strings(c, out, hold, blob, path, o.type)) == CS_OK)
		err = fill_spool(c, out, &o.source, blob);
out:
	outgoing_clear(&o, fd);
	return err;
}

enum cs_err
client_media_prepare_icon(struct cs_client *c, struct cs_mimi_external *out,
    struct cs_buf *hold, uint8_t blob[static CS_ID_LEN], const char *path)
{
	struct outgoing o = { .size = 0 };
	int fd = -1;
	enum cs_err err;

	cs_random(blob, CS_ID_LEN);
	if ((err = client_spools_sweep(c)) ||
	    (err = open_path(c, path, CS_PHOTO_SOURCE_FILE_MAX, &fd, &o.size)))
		goto out;
	o.source.fd = fd;
	if ((err = clean_photo(c, &o, path, cs_photo_clean_icon)) == CS_OK &&
	    (err = fill_strings(c, out, hold, blob, path, o.type)) == CS_OK)
		err = fill_spool(c, out, &o.source, blob);
out:
	outgoing_clear(&o, fd);
	return err;
}

/* ---- fetching ----------------------------------------------------------- */

enum cs_err
client_media_fetch(struct cs_client *c, const struct cs_mimi_external *part,
    enum cs_err (*take)(void *arg, struct cs_view bytes), void *arg,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_blob_fetch f = {
		.take = take,
		.arg = arg,
		.total = part->size,
		.progress = progress,
	};
	enum cs_err err = client_need_hub(c);

	if (err)
		return err;
	if (cs_mimi_blob(f.blob, part) != CS_OK)
		return client_problem(c, CS_ERR_FORMAT,
		    "The message does not say where the file is.");
	err = client_transfer_get(c, &f);
	if (err == CS_ERR_NOT_FOUND &&
	    c->link.session.code == CS_WIRE_E_QUARANTINED)
		return client_problem(
		    c, err, "%s", cs_wire_code_text(CS_WIRE_E_QUARANTINED));
	if (err == CS_ERR_NOT_FOUND && f.take_err == CS_OK)
		return client_problem(
		    c, err, "The hub does not have the file any more.");
	return err;
}

/* ---- saving ------------------------------------------------------------- */

struct saving {
	struct cs_media_opener *opener;
	struct cs_buf out;
	int fd;
};

static enum cs_err
save_take(void *arg, struct cs_view bytes)
{
	struct saving *s = arg;
	enum cs_err err;

	cs_buf_reset(&s->out);
	if ((err = cs_media_opener_add(s->opener, &s->out, bytes)))
		return err;
	return cs_file_write_fd(s->fd, cs_buf_view(&s->out));
}

/* The file gets its name once every hash matches. */
static enum cs_err
save_to(struct cs_client *c, const struct cs_mimi_external *part,
    const char *path, void (*progress)(uint64_t done, uint64_t total))
{
	struct saving s = { 0 };
	struct cs_file_out file;
	enum cs_err err = cs_file_out_open(&file, path);

	if (err)
		return client_problem(c, err, "%.300s cannot be written: %s.",
		    path, cs_err_text(err));
	s.fd = file.fd;
	if ((err = cs_media_opener_new(&s.opener, part)) == CS_OK &&
	    (err = client_media_fetch(c, part, save_take, &s, progress)) ==
		CS_OK) {
		cs_buf_reset(&s.out);
		if ((err = cs_media_opener_end(s.opener, &s.out)) == CS_OK)
			err = cs_file_write_fd(s.fd, cs_buf_view(&s.out));
	}
	err = cs_file_out_end(&file, err);
	cs_media_opener_free(s.opener);
	cs_buf_free(&s.out);
	return err;
}

static enum cs_err
explain_file(struct cs_client *c, enum cs_err err)
{
	return err && cs_err_class(err) == CS_ERR_CLASS_THEIRS &&
		c->problem[0] == '\0'
	    ? client_problem(c, err,
		  "The file is not the one that was sent (%s); nothing was "
		  "written.",
		  cs_err_name(err))
	    : err;
}

struct loading {
	struct cs_media_opener *opener;
	struct cs_buf *out;
};

static enum cs_err
load_take(void *arg, struct cs_view bytes)
{
	struct loading *l = arg;

	return cs_media_opener_add(l->opener, l->out, bytes);
}

enum cs_err
client_media_load(struct cs_client *c, struct cs_buf *out,
    const struct cs_mimi_external *part)
{
	struct loading l = { .out = out };
	size_t from = out->len;
	enum cs_err err;

	c->problem[0] = '\0';
	if ((err = cs_media_opener_new(&l.opener, part)) == CS_OK &&
	    (err = client_media_fetch(c, part, load_take, &l, NULL)) == CS_OK)
		err = cs_media_opener_end(l.opener, out);
	cs_media_opener_free(l.opener);
	if (err)
		out->len = from;
	return explain_file(c, err);
}

enum cs_err
cs_client_message_save(struct cs_client *c,
    const uint8_t mid[static CS_CLIENT_MID_LEN], const char *path,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_buf plain = { 0 }, group_id = { 0 };
	struct cs_mimi_content content;
	struct client_group g = { 0 };
	struct client_record r;
	uint64_t id;
	enum cs_err err;

	if ((err = client_message_by_mid(&id, &group_id, c, mid)) ||
	    (err = client_message_there(c, id)) ||
	    (err = client_message_load(&r, &plain, c, id)) ||
	    (err = client_message_content(&content, &r)) ||
	    (err = client_group_load_meta(&g, c, cs_buf_view(&group_id))))
		goto out;
	if (content.n_external == 0) {
		err = client_problem(
		    c, CS_ERR_NOT_FOUND, "That message has no photo or file.");
		goto out;
	}
	if (g.state == CS_CLIENT_REQUEST && r.kind == CS_CLIENT_RECEIVED) {
		err = client_problem(c, CS_ERR_MISUSE,
		    "This is from somebody you have not accepted: nothing of "
		    "theirs is fetched before \"countersign accept %s\".",
		    g.added_by);
		goto out;
	}
	c->problem[0] = '\0';
	err = explain_file(c, save_to(c, &content.external[0], path, progress));
out:
	client_group_clear(&g);
	cs_buf_free(&plain);
	cs_buf_free(&group_id);
	return err;
}
