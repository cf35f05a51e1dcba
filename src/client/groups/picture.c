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

enum cs_err
cs_client_group_picture_save(struct cs_client *c, const char *name,
    const char *path, void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_mimi_external picture = { 0 };
	struct client_group g = { 0 };
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	/* A request is found by its id only, and not at all here: nothing of
	 * strangers is fetched. */
	if ((err = client_group_find(&g, c, name, CLIENT_FIND_GROUP)) ||
	    (err = client_room_find(
		 &bytes, NULL, c, client_group_id(&g), CLIENT_ROOM_PICTURE)))
		goto out;
	if (g.state == CS_CLIENT_REQUEST)
		err = client_problem(c, CS_ERR_MEMBER,
		    "This is from somebody you have not accepted: nothing of "
		    "theirs is fetched before \"countersign accept %s\".",
		    g.added_by);
	else if (bytes.len == 0)
		err = client_problem(
		    c, CS_ERR_NOT_FOUND, "%.255s has no picture.", g.name);
	else if ((err = client_picture_parse(&picture, cs_buf_view(&bytes))) ==
	    CS_OK)
		err = client_media_save(c, &picture, path, progress);
out:
	cs_buf_free(&bytes);
	cs_wipe(&picture, sizeof picture);
	client_group_clear(&g);
	return err;
}
