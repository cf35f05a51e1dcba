/* SPDX-License-Identifier: MIT */
#include "programs/verify/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "content/evidence.h"
#include "content/evidence_media.h"
#include "content/sniff.h"

/* Nothing of a bundle goes into a name, and no file is written over. */
static enum cs_err
write_new(int dir, const char *name, struct cs_view content,
    enum verify_telling telling)
{
	int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return CS_ERR_IO;
	while (content.len > 0) {
		ssize_t n = write(fd, content.data, content.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		content = cs_view(content.data + n, content.len - (size_t)n);
	}
	if (close(fd) != 0 || content.len > 0)
		return errno == ENOSPC ? CS_ERR_DISK_FULL : CS_ERR_IO;
	if (telling == VERIFY_TELL)
		printf("Extracted %s\n", name);
	return CS_OK;
}

/* The type is checked against the first bytes; what is no photo stays what no
 * program opens by itself. */
static const char *
extension(struct cs_view content)
{
	const char *type = cs_media_sniff(content);

	if (type == NULL)
		return "bin";
	return strcmp(type, "image/jpeg") == 0 ? "jpg" : type + 6;
}

static enum cs_err
extract_media(
    int dir, const struct cs_evidence *e, size_t i, enum verify_telling telling)
{
	const struct cs_evidence_item *item = &e->items[i];
	enum cs_err err = CS_OK;

	for (size_t j = 0; j < item->n_media && err == CS_OK; j++) {
		const struct cs_evidence_media_result *m = &item->media[j];
		struct cs_buf plain = { 0 };
		char name[64];

		if (m->err != CS_OK || !m->has_bytes)
			continue;
		err = cs_evidence_extract(&plain, e, i, j, m->bytes);
		if (cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
			fprintf(stderr,
			    "File %zu of message %zu is not extracted: %s\n",
			    j + 1, i + 1, cs_err_text(err));
			err = CS_OK;
		} else if (err == CS_OK) {
			snprintf(name, sizeof name,
			    "message-%02zu-file-%02zu.%s", i + 1, j + 1,
			    extension(cs_buf_view(&plain)));
			err =
			    write_new(dir, name, cs_buf_view(&plain), telling);
		}
		cs_buf_free(&plain);
	}
	return err;
}

enum cs_err
verify_extract(
    const char *path, const struct cs_evidence *e, enum verify_telling telling)
{
	enum cs_err err = CS_OK;
	int dir;

	if (mkdir(path, 0700) != 0)
		return errno == EEXIST ? CS_ERR_EXISTS : CS_ERR_IO;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return CS_ERR_IO;
	for (size_t i = 0; i < e->n_items && err == CS_OK; i++) {
		const struct cs_proof *p = &e->items[i].proof;
		char name[64];

		if (p->links[CS_LINK_CONTENT] == CS_OK && p->content.has_text) {
			snprintf(name, sizeof name, "message-%02zu.txt", i + 1);
			err = write_new(dir, name, p->content.text, telling);
		}
		if (err == CS_OK)
			err = extract_media(dir, e, i, telling);
	}
	if (close(dir) != 0 && err == CS_OK)
		err = CS_ERR_IO;
	return err;
}
