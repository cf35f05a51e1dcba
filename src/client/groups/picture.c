/* SPDX-License-Identifier: MIT */
/* The picture of a group: a photo like any other, and a message that says that
 * it is the group's. */
#include "client/client.h"
#include "client/groups/media.h"
#include "client/groups/send.h"
#include "client/groups/spool.h"
#include "client/groups/upload.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/problem.h"
#include "client/home/roles.h"
#include "client/home/room.h"
#include "store/file.h"
#include "store/file_out.h"

/* ---- setting it --------------------------------------------------------- */

/* Nothing is said before the picture is with the hub. */
static enum cs_err
upload(struct cs_mimi_content *content, struct cs_buf *hold,
    struct cs_client *c, const char *path,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_mimi_external *part = &content->external[0];
	uint8_t blob[CS_ID_LEN];
	enum cs_err err;

	content->n_external = 1;
	if ((err = client_media_prepare_icon(c, part, hold, blob, path)))
		return err;
	err = client_upload(c, part, progress);
	client_spool_remove(c, blob);
	return err;
}

enum cs_err
cs_client_group_picture(struct cs_client *c, const char *name, const char *path,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_mimi_content content = { .kind = CS_MIMI_PICTURE };
	struct client_group g = { 0 };
	struct cs_buf hold = { 0 };
	char mid[65];
	enum cs_err err;

	if ((err = client_need_hub(c)) == CS_OK &&
	    (err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) ==
		CS_OK &&
	    (err = client_may(c, &g, CS_ROOM_RENAME)) == CS_OK &&
	    (err = client_may(c, &g, CS_ROOM_WRITE)) == CS_OK &&
	    (path == NULL ||
		(err = upload(&content, &hold, c, path, progress)) == CS_OK))
		err = client_send_content(c, &g, &content, mid);
	cs_buf_free(&hold);
	client_group_clear(&g);
	cs_wipe(&content, sizeof content);
	return err;
}

/* ---- looking at it ------------------------------------------------------ */

/* The file that is kept here, if it is that of ${picture}; empty: it is not. */
static enum cs_err
find_kept(struct cs_buf *out, struct cs_client *c, const struct client_group *g,
    const struct cs_mimi_external *picture)
{
	struct cs_view sha256 = CS_VIEW_OF(picture->plain_sha256);
	struct cs_buf kept = { 0 };
	enum cs_err err = client_room_find(
	    &kept, NULL, c, client_group_id(g), CLIENT_ROOM_PICTURE_FILE);

	if (err == CS_OK && kept.len > sha256.len &&
	    cs_view_equal(cs_view(kept.data, sha256.len), sha256))
		err = cs_buf_set(out,
		    cs_view(kept.data + sha256.len, kept.len - sha256.len));
	cs_buf_free(&kept);
	return err;
}

/* The hub has files for 30 days, and a picture stays for longer. */
static enum cs_err
keep(struct cs_client *c, const struct client_group *g,
    const struct cs_mimi_external *picture, struct cs_view file)
{
	struct cs_buf kept = { 0 };
	uint64_t seq;
	enum cs_err err = client_room_find(
	    &kept, &seq, c, client_group_id(g), CLIENT_ROOM_PICTURE_FILE);

	if (err == CS_OK &&
	    (err = cs_buf_set(&kept, CS_VIEW_OF(picture->plain_sha256))) ==
		CS_OK &&
	    (err = cs_buf_add(&kept, file)) == CS_OK)
		err = client_room_put(c, client_group_id(g),
		    CLIENT_ROOM_PICTURE_FILE, seq + 1, cs_buf_view(&kept));
	cs_buf_free(&kept);
	return err;
}

static enum cs_err
load(struct cs_buf *out, struct cs_client *c, const struct client_group *g,
    struct cs_view bytes)
{
	struct cs_mimi_external picture;
	enum cs_err err;

	if ((err = client_picture_parse(&picture, bytes)) == CS_OK &&
	    (err = find_kept(out, c, g, &picture)) == CS_OK && out->len == 0 &&
	    (err = client_media_load(c, out, &picture)) == CS_OK)
		err = keep(c, g, &picture, cs_buf_view(out));
	cs_wipe(&picture, sizeof picture);
	return err;
}

static enum cs_err
write_out(struct cs_client *c, const char *path, struct cs_view file)
{
	struct cs_file_out out;
	enum cs_err err = cs_file_out_open(&out, path);

	if (err)
		return client_problem(c, err, "%.300s cannot be written: %s.",
		    path, cs_err_text(err));
	return cs_file_out_end(&out, cs_file_write_fd(out.fd, file));
}

enum cs_err
cs_client_group_picture_save(
    struct cs_client *c, const char *name, const char *path)
{
	struct client_group g = { 0 };
	struct cs_buf bytes = { 0 }, file = { 0 };
	enum cs_err err;

	if ((err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) ||
	    (err = client_room_find(
		 &bytes, NULL, c, client_group_id(&g), CLIENT_ROOM_PICTURE)))
		goto out;
	/* Nothing of strangers is fetched. */
	if (g.state == CS_CLIENT_REQUEST)
		err = client_problem(c, CS_ERR_MEMBER,
		    "This is from somebody you have not accepted: nothing of "
		    "theirs is fetched before \"countersign accept %s\".",
		    g.added_by);
	else if (bytes.len == 0)
		err = client_problem(
		    c, CS_ERR_NOT_FOUND, "%.255s has no picture.", g.name);
	else if ((err = load(&file, c, &g, cs_buf_view(&bytes))) == CS_OK)
		err = write_out(c, path, cs_buf_view(&file));
out:
	cs_buf_free(&bytes);
	cs_buf_free(&file);
	client_group_clear(&g);
	return err;
}
