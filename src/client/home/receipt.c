/* SPDX-License-Identifier: MIT */
#include "client/home/receipt.h"

#include "client/home/change.h"
#include "client/home/client.h"

#define WANTED "receipts"

enum cs_err
client_receipts_wanted(bool *out, struct cs_client *c)
{
	uint64_t n = 0;
	enum cs_err err = cs_vault_config_get_num(&n, c->db, &c->key, WANTED);

	*out = n != 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
cs_client_receipts(struct cs_client *c, bool on)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	if ((err = cs_vault_config_set_num(c->db, &c->key, WANTED, on)) ==
		CS_OK &&
	    !on)
		err = cs_db_exec(c->db, "DELETE FROM receipt_due");
	return cs_db_end(c->db, err);
}

#define DUE                                                                    \
	"INSERT INTO receipt_due(message,status)"                              \
	" SELECT id,? FROM message WHERE kind=? AND part=? AND gone=0 AND"
#define OR_MORE " ON CONFLICT(message) DO UPDATE SET status=excluded.status"

enum cs_err
client_receipt_delivered(struct cs_client *c, uint64_t id)
{
	bool wanted;
	enum cs_err err = client_receipts_wanted(&wanted, c);

	return err || !wanted
	    ? err
	    : cs_db_exec(c->db, DUE " id=?" OR_MORE, cs_int(CS_MIMI_DELIVERED),
		  cs_int(CS_CLIENT_RECEIVED), cs_int(CLIENT_PART_MESSAGE),
		  cs_int(id));
}

enum cs_err
client_receipt_read(struct cs_client *c, uint64_t last)
{
	bool wanted;
	enum cs_err err = client_receipts_wanted(&wanted, c);

	return err || !wanted
	    ? err
	    : cs_db_exec(c->db, DUE " seen=0 AND id<=?" OR_MORE,
		  cs_int(CS_MIMI_READ), cs_int(CS_CLIENT_RECEIVED),
		  cs_int(CLIENT_PART_MESSAGE), cs_int(last));
}

enum cs_err
client_receipt_read_in(
    struct cs_client *c, struct cs_view group_id, uint64_t last)
{
	bool wanted;
	enum cs_err err = client_receipts_wanted(&wanted, c);

	return err || !wanted
	    ? err
	    : cs_db_exec(c->db, DUE " seen=0 AND id<=? AND grp=?" OR_MORE,
		  cs_int(CS_MIMI_READ), cs_int(CS_CLIENT_RECEIVED),
		  cs_int(CLIENT_PART_MESSAGE), cs_int(last), cs_blob(group_id));
}
