/* SPDX-License-Identifier: MIT */
#include "client/home/room.h"

#include <string.h>

#include "base/name.h"
#include "base/reader.h"
#include "base/writer.h"
#include "client/home/client.h"
#include "content/mimi_names.h"

#define ROOM "room"

/* ---- the table ---------------------------------------------------------- */

/* What a row is sealed for. */
struct row {
	uint8_t b[1 + CS_WIRE_GROUP_ID_MAX];
	size_t len;
};

static struct row
row_of(struct cs_view group_id, enum client_room_what what)
{
	struct row row = { .b = { (uint8_t)what }, .len = 1 + group_id.len };

	memcpy(row.b + 1, group_id.data, group_id.len);
	return row;
}

enum cs_err
client_room_find(struct cs_buf *out, uint64_t *seq, struct cs_client *c,
    struct cs_view group_id, enum client_room_what what)
{
	const struct row row = row_of(group_id, what);
	struct cs_rows rows;
	enum cs_err err;

	cs_buf_reset(out);
	if (seq != NULL)
		*seq = 0;
	err = cs_db_row(&rows, c->db,
	    "SELECT sealed,seq FROM room WHERE grp=? AND what=?",
	    cs_blob(group_id), cs_int(what));
	if (err == CS_OK) {
		if (seq != NULL)
			*seq = cs_col_int(&rows, 1);
		err = cs_vault_open(out, &c->key, ROOM, cs_view(row.b, row.len),
		    cs_col_blob(&rows, 0));
	}
	err = cs_rows_end(&rows, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_room_has(bool *out, struct cs_client *c, struct cs_view group_id,
    enum client_room_what what)
{
	uint64_t n = 0;
	enum cs_err err = cs_db_get_int(&n, c->db,
	    "SELECT COUNT(*) FROM room WHERE grp=? AND what=? AND there<>0",
	    cs_blob(group_id), cs_int(what));

	*out = n != 0;
	return err;
}

enum cs_err
client_room_put(struct cs_client *c, struct cs_view group_id,
    enum client_room_what what, uint64_t seq, struct cs_view value)
{
	const struct row row = row_of(group_id, what);
	struct cs_buf sealed = { 0 };
	enum cs_err err = cs_vault_seal(
	    &sealed, &c->key, ROOM, cs_view(row.b, row.len), value);

	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO room(grp,what,seq,there,sealed)"
		    " VALUES(?,?,?,?,?) ON CONFLICT(grp,what) DO UPDATE SET"
		    " seq=excluded.seq,there=excluded.there,"
		    "sealed=excluded.sealed WHERE excluded.seq>room.seq",
		    cs_blob(group_id), cs_int(what), cs_int(seq),
		    cs_int(value.len != 0), cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_room_forget(struct cs_client *c, struct cs_view group_id)
{
	return cs_db_exec(
	    c->db, "DELETE FROM room WHERE grp=?", cs_blob(group_id));
}

enum cs_err
client_room_list(
    struct cs_buf *ids, struct cs_client *c, enum client_room_what what)
{
	struct cs_writer w = cs_writer(ids);
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT grp FROM room WHERE what=? AND there<>0 ORDER BY grp",
	    cs_int(what));
	while (err == CS_OK && cs_rows_next(&rows))
		cs_write_vec(&w, cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

/* ---- a picture ---------------------------------------------------------- */

enum cs_err
client_picture_write(struct cs_buf *out, const struct cs_mimi_external *p)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, p->content_type);
	cs_write_vec(&w, p->url);
	cs_write_u64(&w, p->size);
	cs_write_bytes(&w, CS_VIEW_OF(p->key));
	cs_write_bytes(&w, CS_VIEW_OF(p->content_hash));
	cs_write_bytes(&w, CS_VIEW_OF(p->plain_sha256));
	cs_write_u64(&w, p->plain_size);
	return cs_writer_end(&w);
}

enum cs_err
client_picture_parse(struct cs_mimi_external *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	uint8_t blob[CS_ID_LEN];
	enum cs_err err;

	*out = (struct cs_mimi_external){ 0 };
	out->content_type = cs_read_vec_max(&r, CS_MIMI_TYPE_MAX);
	out->url = cs_read_vec_max(&r, CS_MIMI_URI_MAX);
	out->size = cs_read_u64(&r);
	cs_read_copy(&r, out->key, sizeof out->key);
	cs_read_copy(&r, out->content_hash, sizeof out->content_hash);
	cs_read_copy(&r, out->plain_sha256, sizeof out->plain_sha256);
	out->plain_size = cs_read_u64(&r);
	if ((err = cs_reader_end(&r)))
		return err;
	if (out->size > CS_MIMI_PICTURE_MAX || out->content_type.len < 6 ||
	    memcmp(out->content_type.data, "image/", 6) != 0)
		return CS_ERR_FORMAT;
	return cs_mimi_blob(blob, out);
}

/* ---- for those who join ------------------------------------------------- */

enum kind { DIRECT = 1, GROUP = 2 };

enum cs_err
client_room_info_write(struct cs_buf *out, const struct client_room_info *info)
{
	struct cs_writer w = cs_writer(out);

	cs_write_u8(&w, info->direct ? DIRECT : GROUP);
	cs_write_vec(&w, info->name);
	cs_write_vec(&w, info->link);
	cs_write_vec(&w, info->picture);
	return cs_writer_end(&w);
}

enum cs_err
client_room_info_parse(struct client_room_info *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	uint8_t kind = cs_read_u8(&r);

	*out = (struct client_room_info){ .direct = kind == DIRECT };
	out->name = cs_read_vec_max(&r, CS_NAME_MAX);
	out->link = cs_read_vec_max(&r, CS_MIMI_LINK_LEN);
	out->picture = cs_read_vec_max(&r, CLIENT_PICTURE_MAX);
	if (r.err == CS_OK &&
	    ((kind != DIRECT && kind != GROUP) ||
		(out->link.len != 0 && out->link.len != CS_MIMI_LINK_LEN)))
		cs_reader_fail(&r, CS_ERR_FORMAT);
	return r.err;
}
