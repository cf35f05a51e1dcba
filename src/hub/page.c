/* SPDX-License-Identifier: MIT */
#include "hub/page.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "hub/admin.h"
#include "store/file.h"
#include "store/folder.h"

#define DEPTH_MAX 8
#define PATH_SIZE 4096
#define HEX_LEN ((size_t)2 * CS_HASH_LEN)

/* ---- the files of a folder ---------------------------------------------- */

/* Paths and bytes are owned; a release has views of them. */
struct found {
	char path[CS_RELEASE_PATH_MAX + 1];
	struct cs_buf bytes;
};
struct folder {
	struct found *all;
	size_t n, bytes;
};

static void
folder_clear(struct folder *f)
{
	for (size_t i = 0; f->all != NULL && i < f->n; i++)
		cs_buf_free(&f->all[i].bytes);
	cs_free(f->all, CS_RELEASE_FILES_MAX * sizeof *f->all);
}

static enum cs_err
take_file(struct folder *f, int fd, const char *path)
{
	struct found *file = &f->all[f->n];
	enum cs_err err;

	if (f->n == CS_RELEASE_FILES_MAX)
		return CS_ERR_LIMIT;
	if (!cs_release_path_valid(cs_view_str(path)))
		return CS_ERR_FORMAT;
	snprintf(file->path, sizeof file->path, "%s", path);
	f->n++;
	file->bytes.max = CS_RELEASE_FILE_MAX;
	if ((err = cs_file_read_fd(&file->bytes, fd, CS_RELEASE_FILE_MAX)))
		return err;
	f->bytes += file->bytes.len;
	return f->bytes <= CS_RELEASE_PACK_MAX - CS_RELEASE_MANIFEST_MAX
	    ? CS_OK
	    : CS_ERR_LIMIT;
}

/* What ${fd} is, which becomes the callee's: a file, or a folder to look
 * through. */
static enum cs_err take_folder(
    struct folder *f, int fd, const char *path, int depth);

static enum cs_err
take_any(struct folder *f, int fd, const char *path, int depth)
{
	struct stat st;
	enum cs_err err = CS_ERR_TYPE;

	if (fstat(fd, &st) != 0)
		err = CS_ERR_IO;
	else if (S_ISDIR(st.st_mode))
		return take_folder(f, fd, path, depth + 1);
	else if (S_ISREG(st.st_mode))
		err = take_file(f, fd, path);
	close(fd);
	return err;
}

static enum cs_err
take_folder(struct folder *f, int fd, const char *path, int depth)
{
	DIR *d = depth < DEPTH_MAX ? fdopendir(fd) : NULL;
	const struct dirent *e;
	enum cs_err err = CS_OK;

	if (d == NULL) {
		close(fd);
		return depth < DEPTH_MAX ? CS_ERR_NOMEM : CS_ERR_LIMIT;
	}
	while (err == CS_OK && (e = readdir(d)) != NULL) {
		char inner[CS_RELEASE_PATH_MAX + 1];
		int next, n;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (depth == 0 && strcmp(e->d_name, CS_HUB_PAGE_MANIFEST) == 0)
			continue;
		n = snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
		if (n < 0 || (size_t)n >= sizeof inner) {
			err = CS_ERR_LIMIT;
			break;
		}
		/* A link would lead out of the folder. */
		next = openat(dirfd(d), e->d_name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		err = next < 0 ? CS_ERR_TYPE : take_any(f, next, inner, depth);
	}
	closedir(d);
	return err;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(
	    ((const struct found *)a)->path, ((const struct found *)b)->path);
}

static enum cs_err
read_folder(struct folder *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum cs_err err;

	if (fd < 0)
		return cs_file_errno();
	out->all = cs_calloc(CS_RELEASE_FILES_MAX, sizeof *out->all);
	if (out->all == NULL) {
		close(fd);
		return CS_ERR_NOMEM;
	}
	if ((err = take_folder(out, fd, "", 0)) == CS_OK)
		qsort(out->all, out->n, sizeof *out->all, by_path);
	return err;
}

/* Append the manifest of what was found. */
static enum cs_err
write_manifest(
    struct cs_buf *out, const struct folder *f, struct cs_view version)
{
	struct cs_release_file *files =
	    cs_calloc(CS_RELEASE_FILES_MAX, sizeof *files);
	enum cs_err err;

	if (files == NULL)
		return CS_ERR_NOMEM;
	for (size_t i = 0; i < f->n; i++) {
		files[i].path = cs_view_str(f->all[i].path);
		files[i].bytes = cs_buf_view(&f->all[i].bytes);
	}
	err = cs_release_manifest(out, version, files, f->n);
	cs_free(files, CS_RELEASE_FILES_MAX * sizeof *files);
	return err;
}

/* Put the key beside what it signs: who runs this release takes the next one
 * by it. */
static enum cs_err
write_key(const char *folder, const struct cs_note_key *key)
{
	char text[CS_NOTE_KEY_SIZE + 1];
	char *path = cs_path_join(folder, &CS_RELEASE_KEY_PATH[1]);
	size_t n;
	enum cs_err err = CS_ERR_NOMEM;

	cs_note_key_text(text, key);
	n = strlen(text);
	text[n] = '\n';
	if (path != NULL)
		err = cs_file_write(
		    path, cs_view((const uint8_t *)text, n + 1), 0644);
	cs_free_plain(path);
	return err;
}

/* ${text} is a manifest and an empty line: add what signs it, or take the empty
 * line away. */
static enum cs_err
finish_manifest(struct cs_buf *text, const struct cs_hub_page_key *key)
{
	char line[CS_NOTE_LINE_SIZE];
	enum cs_err err;

	if (key == NULL) {
		text->len--;
		return CS_OK;
	}
	err = cs_note_sign(
	    line, &key->is, &key->with, cs_view(text->data, text->len - 1));
	return err ? err : cs_buf_add(text, cs_view_str(line));
}

enum cs_err
cs_hub_page_manifest(
    const char *folder, const char *version, const struct cs_hub_page_key *key)
{
	char *path = cs_path_join(folder, CS_HUB_PAGE_MANIFEST);
	struct folder found = { 0 };
	struct cs_buf text = { 0 };
	enum cs_err err = CS_ERR_NOMEM;

	if (path != NULL &&
	    (err = key != NULL ? write_key(folder, &key->is) : CS_OK) ==
		CS_OK &&
	    (err = read_folder(&found, folder)) == CS_OK &&
	    (err = write_manifest(&text, &found, cs_view_str(version))) ==
		CS_OK &&
	    (err = finish_manifest(&text, key)) == CS_OK)
		err = cs_file_write(path, cs_buf_view(&text), 0644);
	folder_clear(&found);
	cs_buf_free(&text);
	cs_free_plain(path);
	return err;
}

/* ---- releases of a hub -------------------------------------------------- */

static bool
path_in(char out[static PATH_SIZE], const char *dir, const char *name)
{
	int n = snprintf(out, PATH_SIZE, "%s/" HUB_PAGE "/%s", dir, name);

	return n > 0 && n < PATH_SIZE;
}

static enum cs_err
read_pack(struct cs_buf *out, const char *dir, const char *name)
{
	char path[PATH_SIZE];

	out->max = CS_RELEASE_PACK_MAX;
	return path_in(path, dir, name)
	    ? cs_file_read(out, path, CS_RELEASE_PACK_MAX)
	    : CS_ERR_LIMIT;
}

static enum cs_err
open_release(struct cs_release **out, const char *dir, const char *name)
{
	struct cs_buf pack = { 0 };
	enum cs_err err = read_pack(&pack, dir, name);

	*out = NULL;
	if (err == CS_OK)
		err = cs_release_open(out, &pack);
	cs_buf_free(&pack);
	return err;
}

/* The key in ${text}, which is a line. */
static enum cs_err
read_key_line(struct cs_note_key *out, struct cs_view text)
{
	if (text.len != 0 && text.data[text.len - 1] == '\n')
		text.len--;
	return cs_note_key_read(out, text);
}

static void
name_signer(char out[static CS_NOTE_NAME_MAX + 1], const struct cs_release *r)
{
	const struct cs_release_file *file =
	    cs_release_at(r, cs_view_str(CS_RELEASE_KEY_PATH));
	struct cs_note_key key;

	if (file != NULL && read_key_line(&key, file->bytes) == CS_OK)
		memcpy(out, key.name, sizeof key.name);
}

static void
describe(struct cs_hub_page *out, const struct cs_release *r, const char *dir)
{
	struct cs_release *now = NULL;

	*out =
	    (struct cs_hub_page){ .files = r->n_files, .bytes = r->pack.len };
	cs_hex(out->hash, CS_VIEW_OF(r->hash));
	memcpy(out->version, r->version.data, r->version.len);
	name_signer(out->signer, r);
	out->now = open_release(&now, dir, HUB_PAGE_NOW) == CS_OK &&
	    memcmp(now->hash, r->hash, sizeof r->hash) == 0;
	cs_release_drop(now);
}

/* The version in ${text}, a manifest: what is wrong with the rest is found when
 * it is compared. */
static enum cs_err
version_of(struct cs_view *out, struct cs_view text)
{
	static const char head[] = "countersign-page 1\nversion ";
	const size_t n = sizeof head - 1;
	const uint8_t *end;

	if (text.len <= n || memcmp(text.data, head, n) != 0 ||
	    (end = memchr(text.data + n, '\n', text.len - n)) == NULL)
		return CS_ERR_FORMAT;
	*out = cs_view(text.data + n, (size_t)(end - text.data) - n);
	return CS_OK;
}

/* The key in ${f}; CS_ERR_NOT_FOUND: there is none. */
static enum cs_err
key_of(struct cs_note_key *out, const struct folder *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->all[i].path, CS_RELEASE_KEY_PATH) == 0)
			return read_key_line(
			    out, cs_buf_view(&f->all[i].bytes));
	return CS_ERR_NOT_FOUND;
}

/* A release whose key did not sign it would be refused by all who have it. */
static enum cs_err
check_signed(const struct folder *f, struct cs_view note)
{
	struct cs_note_key key;
	struct cs_view text;
	enum cs_err err = key_of(&key, f);

	if (err)
		return err == CS_ERR_NOT_FOUND ? CS_OK : CS_ERR_SIGNATURE;
	return cs_note_verify(&text, note, &key) == CS_OK ? CS_OK
							  : CS_ERR_SIGNATURE;
}

/* The whole of the release in ${folder}, whose manifest, with what signs it,
 * has to be ${note}. */
static enum cs_err
pack_folder(struct cs_buf *out, const char *folder, struct cs_view note)
{
	struct folder found = { 0 };
	struct cs_view version, text, lines;
	enum cs_err err;

	if (cs_note_split(&text, &lines, note) != CS_OK) {
		text = note;
		lines = cs_view(NULL, 0);
	}
	if ((err = version_of(&version, text)) ||
	    (err = read_folder(&found, folder)) ||
	    (err = write_manifest(out, &found, version)))
		goto out;
	if (!cs_view_equal(cs_view(out->data, out->len - 1), text)) {
		err = CS_ERR_DIGEST;
		goto out;
	}
	if ((err = check_signed(&found, note)) ||
	    (err = cs_buf_add(out, lines)) ||
	    (err = cs_buf_add(out, cs_view_str("\n"))))
		goto out;
	for (size_t i = 0; err == CS_OK && i < found.n; i++)
		err = cs_buf_add(out, cs_buf_view(&found.all[i].bytes));
out:
	folder_clear(&found);
	return err;
}

/* Keep ${pack}, which is consumed, under its hash. */
static enum cs_err
keep_pack(struct cs_hub_page *out, const char *dir, struct cs_buf *pack)
{
	struct cs_release *r = NULL;
	char path[PATH_SIZE];
	enum cs_err err = cs_release_open(&r, pack);

	if (err)
		return err;
	describe(out, r, dir);
	err = path_in(path, dir, out->hash)
	    ? cs_file_write(path, cs_buf_view(&r->pack), 0600)
	    : CS_ERR_LIMIT;
	cs_release_drop(r);
	return err;
}

enum cs_err
cs_hub_page_install(
    struct cs_hub_page *out, const char *dir, const char *folder)
{
	char *manifest = cs_path_join(folder, CS_HUB_PAGE_MANIFEST);
	char *conf = cs_path_join(dir, "hub.conf");
	char *page = cs_path_join(dir, HUB_PAGE);
	struct cs_buf text = { 0 }, pack = { .max = CS_RELEASE_PACK_MAX };
	enum cs_err err = CS_ERR_NOMEM;

	if (manifest == NULL || conf == NULL || page == NULL)
		goto out;
	if (access(conf, F_OK) != 0)
		err = CS_ERR_NOT_FOUND;
	else if ((err = cs_file_read(
		      &text, manifest, CS_RELEASE_MANIFEST_MAX)) == CS_OK &&
	    (err = cs_file_mkdir(page)) == CS_OK &&
	    (err = pack_folder(&pack, folder, cs_buf_view(&text))) == CS_OK)
		err = keep_pack(out, dir, &pack);
out:
	cs_buf_free(&text);
	cs_buf_free(&pack);
	cs_free_plain(manifest);
	cs_free_plain(conf);
	cs_free_plain(page);
	return err;
}

/* The first hash behind ${after} in the hub's folder that begins with
 * ${begins}; false: none. */
static bool
next_hash(char out[static HEX_LEN + 1], const char *dir, const char *after,
    const char *begins)
{
	char path[PATH_SIZE], best[HEX_LEN + 1] = "";
	DIR *d = path_in(path, dir, "") ? opendir(path) : NULL;
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (strlen(e->d_name) == HEX_LEN &&
		    strspn(e->d_name, "0123456789abcdef") == HEX_LEN &&
		    strcmp(e->d_name, after) > 0 &&
		    strncmp(e->d_name, begins, strlen(begins)) == 0 &&
		    (best[0] == '\0' || strcmp(e->d_name, best) < 0))
			memcpy(best, e->d_name, sizeof best);
	if (d != NULL)
		closedir(d);
	memcpy(out, best, sizeof best);
	return best[0] != '\0';
}

enum cs_err
cs_hub_page_next(struct cs_hub_page *out, const char *dir)
{
	struct cs_release *r = NULL;
	char hash[HEX_LEN + 1];
	enum cs_err err;

	if (!next_hash(hash, dir, out->hash, ""))
		return CS_ERR_NOT_FOUND;
	if ((err = open_release(&r, dir, hash)))
		return err == CS_ERR_NOT_FOUND ? CS_ERR_IO : err;
	describe(out, r, dir);
	cs_release_drop(r);
	return CS_OK;
}

/* What is shown until now is still given by its hashes. */
static enum cs_err
show(const char *dir, const struct cs_release *r)
{
	char now[PATH_SIZE], before[PATH_SIZE];
	struct cs_buf pack = { 0 };
	enum cs_err err;

	if (!path_in(now, dir, HUB_PAGE_NOW) ||
	    !path_in(before, dir, HUB_PAGE_BEFORE))
		return CS_ERR_LIMIT;
	err = read_pack(&pack, dir, HUB_PAGE_NOW);
	if (err == CS_OK)
		err = cs_file_write(before, cs_buf_view(&pack), 0600);
	else if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	cs_buf_free(&pack);
	/* No code is shown to members that is not in the log. */
	if (err || (err = cs_hub_log_release(dir, r->hash)))
		return err;
	return cs_file_write(now, cs_buf_view(&r->pack), 0600);
}

enum cs_err
cs_hub_page_show(struct cs_hub_page *out, const char *dir, const char *hash)
{
	char found[HEX_LEN + 1], other[HEX_LEN + 1];
	struct cs_release *r = NULL;
	enum cs_err err;

	if (hash[0] == '\0' || !next_hash(found, dir, "", hash) ||
	    next_hash(other, dir, found, hash))
		return CS_ERR_NOT_FOUND;
	if ((err = open_release(&r, dir, found)))
		return err;
	describe(out, r, dir);
	if (strcmp(out->hash, found) != 0)
		err = CS_ERR_DIGEST;
	else if (!out->now)
		err = show(dir, r);
	out->now = true;
	cs_release_drop(r);
	return err;
}
