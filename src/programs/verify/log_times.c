/* SPDX-License-Identifier: MIT */
#include "programs/verify/log_times.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "store/file.h"
#include "store/folder.h"

#define SUFFIX ".tsr"

struct looking {
	struct log_times *out;
	const char *dir;
	struct cs_view authorities;
	const struct cs_note_key *key;
	uint64_t size;
	cs_tlog_fetch_tile *fetch;
	void *source;
};

static enum cs_err
wrong(struct log_times *t, const char *why)
{
	t->why = why;
	return CS_ERR_MISMATCH;
}

/* "4711.tsr" */
static bool
is_token(uint64_t *size, const char *name)
{
	char again[64];

	if (sscanf(name, "%19" SCNu64, size) != 1)
		return false;
	snprintf(again, sizeof again, "%" PRIu64 SUFFIX, *size);
	return strcmp(again, name) == 0;
}

static enum cs_err
read_file(struct cs_buf *out, const struct looking *l, uint64_t size,
    const char *suffix, size_t max)
{
	char name[64], *path;
	enum cs_err err = CS_ERR_NOMEM;

	snprintf(name, sizeof name, "%" PRIu64 "%s", size, suffix);
	if ((path = cs_path_join(l->dir, name)) != NULL)
		err = cs_file_read(out, path, max);
	cs_free_plain(path);
	return err;
}

/* Do the log's first entries make what the authority has seen? */
static enum cs_err
check_root(const struct looking *l, const struct cs_tlog_checkpoint *c)
{
	struct cs_tlog_edge edge = { 0 };
	struct cs_tlog_hash root;
	enum cs_err err;

	if (c->size > l->size)
		return wrong(l->out,
		    "is of more entries than the log has: it was rolled back");
	if ((err = cs_tlog_edge_load(&edge, c->size, l->fetch, l->source)) ==
		CS_OK &&
	    (err = cs_tlog_edge_root(&root, &edge)) == CS_OK &&
	    !cs_tlog_hash_equal(&root, &c->root))
		err = wrong(l->out,
		    "is of other entries than the log has: it is a fork");
	cs_tlog_edge_clear(&edge);
	return err;
}

static void
count(struct log_times *t, uint64_t size, const struct cs_timestamp *token)
{
	if (t->n == 0 || token->time_s < t->first.time_s ||
	    (token->time_s == t->first.time_s && size < t->first_size)) {
		t->first = *token;
		t->first_size = size;
	}
	if (t->n == 0 || size >= t->last_size) {
		t->last = *token;
		t->last_size = size;
	}
	t->n++;
}

static enum cs_err
check_token(const struct looking *l, uint64_t size, struct cs_view note,
    struct cs_view token)
{
	struct cs_tlog_checkpoint c;
	struct cs_timestamp got;
	enum cs_err err = cs_tlog_checkpoint_open(
	    &c, note, l->key, cs_view_str(l->key->name));

	if (err == CS_ERR_NOMEM)
		return err;
	if (err || c.size != size)
		return wrong(l->out, "has no checkpoint of this log beside it");
	err = cs_timestamp_verify(&got, token, note, NULL, l->authorities);
	if (err == CS_ERR_NOMEM)
		return err;
	if (err)
		return wrong(l->out,
		    err == CS_ERR_SIGNATURE
			? "is of nobody whom the authorities certify"
			: "is no token of the checkpoint beside it");
	if ((err = check_root(l, &c)) == CS_OK)
		count(l->out, size, &got);
	return err;
}

static enum cs_err
check_one(const struct looking *l, uint64_t size)
{
	struct cs_buf note = { 0 }, token = { 0 };
	enum cs_err err;

	snprintf(l->out->at, sizeof l->out->at, "%" PRIu64 SUFFIX, size);
	if ((err = read_file(&token, l, size, SUFFIX, CS_TIMESTAMP_MAX)) ==
	    CS_OK)
		err = read_file(&note, l, size, "", CS_TLOG_NOTE_MAX);
	if (err == CS_OK)
		err = check_token(
		    l, size, cs_buf_view(&note), cs_buf_view(&token));
	else if (err != CS_ERR_NOMEM)
		err = wrong(l->out, "cannot be read, or its checkpoint cannot");
	cs_buf_free(&note);
	cs_buf_free(&token);
	return err;
}

enum cs_err
log_times_check(struct log_times *out, const char *dir,
    struct cs_view authorities, const struct cs_note_key *key, uint64_t size,
    cs_tlog_fetch_tile *fetch, void *source)
{
	const struct looking l = { out, dir, authorities, key, size, fetch,
		source };
	const struct dirent *one;
	uint64_t of;
	DIR *d = opendir(dir);
	enum cs_err err = CS_OK;

	memset(out, 0, sizeof *out);
	if (d == NULL)
		return CS_ERR_IO;
	while (err == CS_OK && (one = readdir(d)) != NULL)
		if (is_token(&of, one->d_name))
			err = out->n < LOG_TIMES_MAX ? check_one(&l, of)
						     : CS_ERR_LIMIT;
	closedir(d);
	return err;
}
