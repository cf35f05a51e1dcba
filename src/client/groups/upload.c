/* SPDX-License-Identifier: MIT */
#include "client/groups/upload.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/groups/send.h"
#include "client/groups/spool.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/outbox.h"
#include "client/home/problem.h"
#include "client/hub/transfer.h"
#include "content/media.h"
#include "content/mimi_names.h"
#include "store/file.h"

/* ---- a file ------------------------------------------------------------- */

/* Is it as good later? */
static bool
is_for_now(const struct cs_client *c, enum cs_err err)
{
	if (err == CS_ERR_DENIED)
		return c->link.hub_code != CS_WIRE_E_TOO_LARGE &&
		    c->link.hub_code != CS_WIRE_E_NO_BLOB;
	return err != CS_ERR_DIGEST && err != CS_ERR_IO &&
	    err != CS_ERR_NOT_FOUND && err != CS_ERR_CORRUPT;
}

static enum cs_err
open_spool(struct client_upload *u, const struct cs_client *c,
    const struct cs_mimi_external *part)
{
	struct stat st;
	enum cs_err err;

	if (cs_mimi_blob(u->ask.blob, part) != CS_OK)
		return CS_ERR_CORRUPT;
	u->ask.size = part->size;
	memcpy(u->ask.sha256, part->content_hash, CS_HASH_LEN);
	if ((err = client_spool_open(&u->fd, c, u->ask.blob)))
		return err;
	if (fstat(u->fd, &st) != 0)
		return cs_file_errno();
	return (uint64_t)st.st_size == u->ask.size ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
client_upload(struct cs_client *c, const struct cs_mimi_external *part,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct client_upload u = { .fd = -1, .progress = progress };
	enum cs_err err = open_spool(&u, c, part);

	if (err == CS_OK)
		err = client_transfer_put(c, &u);
	if (u.fd >= 0)
		close(u.fd);
	return err;
}

/* ---- a message with a file ---------------------------------------------- */

/* What goes no way at all: the message failed. */
static enum cs_err
give_up(struct cs_client *c, const struct client_sending *s, enum cs_err why)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)) ||
	    (err = cs_db_end(c->db, client_outbox_fail(c, s))))
		return err;
	return why == CS_ERR_DENIED
	    ? why
	    : client_problem(c, CS_ERR_DENIED,
		  "What was kept of a file for the hub is damaged or gone. The "
		  "message was not sent: send the file again.");
}

static enum cs_err
uploaded(struct cs_client *c, uint64_t id)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	return cs_db_end(c->db, client_outbox_uploaded(c, id));
}

static enum cs_err
send_file(struct cs_client *c, struct client_group *g, uint64_t id,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_mimi_content content = { 0 };
	struct client_sending s;
	uint8_t blob[CS_ID_LEN];
	enum cs_err err;

	if ((err = client_outbox_load(&s, c, id)) == CS_OK &&
	    ((err = cs_mimi_parse(&content, s.record.body)) != CS_OK ||
		content.n_external != 1 ||
		cs_mimi_blob(blob, &content.external[0]) != CS_OK))
		err = CS_ERR_CORRUPT;
	if (err)
		goto out;
	err = client_upload(c, &content.external[0], progress);
	if (err == CS_OK)
		err = uploaded(c, id);
	else if (!is_for_now(c, err))
		err = give_up(c, &s, err);
	else
		goto out;
	/* It is known to be there, or not wanted: nothing waits for it. */
	client_spool_remove(c, blob);
	if (err == CS_OK)
		err = client_flush(c, g);
out:
	cs_wipe(&content, sizeof content);
	client_sending_clear(&s);
	return err;
}

static enum cs_err
send_in(struct cs_client *c, struct cs_view group_id, uint64_t id,
    void (*progress)(uint64_t done, uint64_t total))
{
	struct client_group g = { 0 };
	enum cs_err err = client_group_load(&g, c, group_id);

	/* It waits until this device has found its way back. */
	if (client_group_damaged(err))
		err = CS_OK;
	else if (err == CS_OK && !g.lost && !client_group_over(&g))
		err = send_file(c, &g, id, progress);
	client_group_clear(&g);
	return err;
}

enum cs_err
client_uploads_flush(
    struct cs_client *c, void (*progress)(uint64_t done, uint64_t total))
{
	struct cs_buf group_id = { 0 };
	uint64_t id = 0;
	enum cs_err err = client_spools_sweep(c), one = CS_OK;

	while (err == CS_OK &&
	    (err = client_outbox_next_file(&id, &group_id, c, id)) == CS_OK) {
		if ((err = client_need_hub(c)))
			break;
		err = send_in(c, cs_buf_view(&group_id), id, progress);
		/* One that failed does not stop the others. */
		if (err == CS_ERR_DENIED && c->link.online) {
			one = err;
			err = CS_OK;
		}
	}
	cs_buf_free(&group_id);
	return err == CS_ERR_NOT_FOUND ? one : err;
}
