/* SPDX-License-Identifier: MIT */
#include "hub/accounts/names.h"

#include <string.h>

#include "crypto/hash.h"
#include "hub/core/batch.h"
#include "hub/core/refusal.h"
#include "hub/core/sign.h"
#include "hub/core/tlog.h"

/* Parts of the map with more leaves have their nodes stored; the others are
 * made of their leaves when they are asked for. */
#define HUB_NAMES_BUCKET 64
/* Names that come in with one turn: each takes the signer some 0.2 ms. */
#define HUB_NAMES_TURN 64

/* ---- parts of the map --------------------------------------------------- */

/* The first ${depth} bits of ${label}, and then zeroes, or ones. */
static void
bounds(uint8_t first[static CS_TLOG_MAP_LABEL_LEN],
    uint8_t last[static CS_TLOG_MAP_LABEL_LEN], unsigned depth,
    const uint8_t *label)
{
	for (unsigned i = 0; i < CS_TLOG_MAP_LABEL_LEN; i++) {
		unsigned kept = depth > 8 * i ? depth - 8 * i : 0;
		uint8_t mask =
		    kept >= 8 ? 0xff : (uint8_t)(0xff00 >> kept & 0xff);

		first[i] = label[i] & mask;
		last[i] = (uint8_t)(label[i] | (uint8_t)~mask);
	}
}

/* Its leaves, in order; one more than a bucket has, if there are more. */
static enum cs_err
leaves_below(struct cs_tlog_map_leaf v[static HUB_NAMES_BUCKET + 1], size_t *n,
    struct cs_hub *hub, unsigned depth, const uint8_t *label)
{
	uint8_t first[CS_TLOG_MAP_LABEL_LEN], last[CS_TLOG_MAP_LABEL_LEN];
	struct cs_rows rows;
	enum cs_err err;

	bounds(first, last, depth, label);
	err = cs_db_query(&rows, hub->db,
	    "SELECT label,value FROM name_leaf WHERE label>=? AND label<=?"
	    " ORDER BY label LIMIT ?",
	    cs_blob(CS_VIEW_OF(first)), cs_blob(CS_VIEW_OF(last)),
	    cs_int(HUB_NAMES_BUCKET + 1));
	for (*n = 0; err == CS_OK && cs_rows_next(&rows); ++*n) {
		cs_col_copy(&rows, 0, v[*n].label, sizeof v[*n].label);
		cs_col_copy(&rows, 1, v[*n].value, sizeof v[*n].value);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
stored_node(struct cs_tlog_map_node *out, struct cs_hub *hub, unsigned depth,
    const uint8_t *label)
{
	uint8_t first[CS_TLOG_MAP_LABEL_LEN], last[CS_TLOG_MAP_LABEL_LEN];
	struct cs_rows row;
	enum cs_err err;

	bounds(first, last, depth, label);
	err = cs_db_row(&row, hub->db,
	    "SELECT hash FROM name_node WHERE depth=? AND at=?", cs_int(depth),
	    cs_blob(CS_VIEW_OF(first)));
	if (err == CS_OK) {
		cs_col_copy(&row, 0, out->hash.bytes, CS_HASH_LEN);
		out->kind = CS_TLOG_MAP_NODE;
	}
	return cs_rows_end(&row, err);
}

/* A node of struct cs_tlog_map_source, whose arg is the hub. */
static enum cs_err
node(void *arg, struct cs_tlog_map_node *out, unsigned depth,
    const uint8_t *label)
{
	struct cs_tlog_map_leaf v[HUB_NAMES_BUCKET + 1];
	size_t n;
	enum cs_err err = stored_node(out, arg, depth, label);

	if (err != CS_ERR_NOT_FOUND)
		return err;
	if ((err = leaves_below(v, &n, arg, depth, label)))
		return err;
	/* So many have their node stored. */
	return n > HUB_NAMES_BUCKET ? CS_ERR_CORRUPT
				    : cs_tlog_map_fold(out, v, n, depth);
}

static enum cs_err
leaf(void *arg, struct cs_tlog_map_leaf *out, unsigned depth,
    const uint8_t *label)
{
	struct cs_tlog_map_leaf v[HUB_NAMES_BUCKET + 1];
	size_t n;
	enum cs_err err = leaves_below(v, &n, arg, depth, label);

	if (err == CS_OK && n != 1)
		err = CS_ERR_CORRUPT;
	if (err == CS_OK)
		*out = v[0];
	return err;
}

/* ---- changing it -------------------------------------------------------- */

static enum cs_err
store_node(struct cs_hub *hub, unsigned depth, const uint8_t *label,
    const struct cs_tlog_map_node *n)
{
	uint8_t first[CS_TLOG_MAP_LABEL_LEN], last[CS_TLOG_MAP_LABEL_LEN];

	bounds(first, last, depth, label);
	return cs_db_exec(hub->db,
	    "INSERT INTO name_node(depth,at,hash) VALUES(?,?,?)"
	    " ON CONFLICT(depth,at) DO UPDATE SET hash=excluded.hash",
	    cs_int(depth), cs_blob(CS_VIEW_OF(first)),
	    cs_blob(CS_VIEW_OF(n->hash.bytes)));
}

/* The part at ${depth} on the way to ${label}, which has just come in: make it
 * anew, and store what is to be stored of it.  No deeper than labels of a VRF
 * part. */
static enum cs_err
make_anew(struct cs_tlog_map_node *out, struct cs_hub *hub, unsigned depth,
    const uint8_t *label)
{
	struct cs_tlog_map_leaf v[HUB_NAMES_BUCKET + 1];
	struct cs_tlog_map_node beside;
	uint8_t other[CS_TLOG_MAP_LABEL_LEN];
	bool right = cs_tlog_map_bit(label, depth);
	size_t n;
	enum cs_err err;

	if (depth == CS_TLOG_MAP_DEPTH_MAX)
		return CS_ERR_LIMIT;
	if ((err = leaves_below(v, &n, hub, depth, label)))
		return err;
	if (n <= HUB_NAMES_BUCKET)
		return cs_tlog_map_fold(out, v, n, depth);
	memcpy(other, label, sizeof other);
	other[depth / 8] ^= (uint8_t)(0x80 >> depth % 8);
	if ((err = make_anew(out, hub, depth + 1, label)))
		return err;
	/* Where this part has just become so large, so may that one be. */
	err = node(hub, &beside, depth + 1, other);
	if (err == CS_ERR_CORRUPT)
		err = make_anew(&beside, hub, depth + 1, other);
	if (err ||
	    (err = right ? cs_tlog_map_join(out, &beside, out)
			 : cs_tlog_map_join(out, out, &beside)))
		return err;
	return store_node(hub, depth, label, out);
}

enum cs_err
hub_names_add(struct cs_hub *hub, const struct cs_tlog_map_leaf *added)
{
	struct cs_tlog_map_node root;
	enum cs_err err = cs_db_exec(hub->db,
	    "INSERT INTO name_leaf(label,value) VALUES(?,?)",
	    cs_blob(CS_VIEW_OF(added->label)),
	    cs_blob(CS_VIEW_OF(added->value)));

	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "INSERT INTO name_total(one,n) VALUES(TRUE,?)"
		    " ON CONFLICT(one) DO UPDATE SET n=n+excluded.n",
		    cs_int(1));
	return err ? err : make_anew(&root, hub, 0, added->label);
}

enum cs_err
hub_names_root(struct cs_tlog_hash *out, struct cs_hub *hub)
{
	static const uint8_t any[CS_TLOG_MAP_LABEL_LEN];
	struct cs_tlog_map_node root;
	enum cs_err err = node(hub, &root, 0, any);

	*out = root.hash;
	return err;
}

enum cs_err
hub_names_prove(struct cs_tlog_map_proof *out, struct cs_hub *hub,
    const uint8_t label[static CS_TLOG_MAP_LABEL_LEN])
{
	const struct cs_tlog_map_source source = { node, leaf, hub };

	return cs_tlog_map_prove(out, &source, label);
}

/* ---- turns -------------------------------------------------------------- */

/* Accounts whose names have no labels yet: ids, names and certificates. */
static enum cs_err
list_new(struct cs_buf *out, struct cs_hub *hub)
{
	struct cs_writer w = cs_writer(out);
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, hub->db,
	    "SELECT id,handle,cert FROM account WHERE label IS NULL"
	    " ORDER BY created LIMIT ?",
	    cs_int(HUB_NAMES_TURN));

	while (err == CS_OK && cs_rows_next(&rows))
		for (int i = 0; i < 3; i++)
			cs_write_vec(&w, cs_col_blob(&rows, i));
	err = cs_rows_end(&rows, err);
	return err ? err : cs_writer_end(&w);
}

static enum cs_err
take_in(struct cs_hub *hub, struct cs_view id, struct cs_view handle,
    struct cs_view cert)
{
	uint8_t entry[CS_TLOG_NAME_LEN];
	struct cs_tlog_map_leaf added;
	struct hub_talk_named named;
	enum cs_err err;

	if ((err = hub_sign_name(&named, hub, handle)))
		return err;
	memcpy(added.label, named.label, sizeof added.label);
	if ((err = cs_sha256(added.value, cert)))
		return err;
	err = hub_names_add(hub, &added);
	/* Somebody gave the name a second account: none is shown for it. */
	if (err == CS_ERR_EXISTS)
		return cs_db_exec(hub->db,
		    "UPDATE account SET label=x'' WHERE id=?", cs_blob(id));
	if (err ||
	    (err = cs_db_exec(hub->db,
		 "UPDATE account SET label=?,label_proof=? WHERE id=?",
		 cs_blob(CS_VIEW_OF(named.label)),
		 cs_blob(CS_VIEW_OF(named.proof)), cs_blob(id))))
		return err;
	cs_tlog_name_entry(entry, &added);
	return hub_tlog_add_entry(hub, CS_VIEW_OF(entry));
}

static enum cs_err
count(uint64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_get_int(
	    n, hub->db, "SELECT n FROM name_total WHERE one=TRUE");

	if (err == CS_ERR_NOT_FOUND)
		*n = 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
queue_root(struct cs_hub *hub)
{
	struct cs_tlog_names names;
	struct cs_buf entry = { 0 };
	enum cs_err err;

	memcpy(names.key, hub->names_public, sizeof names.key);
	if ((err = hub_names_root(&names.root, hub)) ||
	    (err = count(&names.n, hub)) ||
	    (err = cs_tlog_names_write(&entry, &names)))
		return err;
	err = hub_tlog_add_entry(hub, cs_buf_view(&entry));
	cs_buf_free(&entry);
	return err;
}

enum cs_err
hub_names_turn(struct cs_hub *hub)
{
	struct cs_buf new = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if (!hub_tlog_turn_due(hub) || hub->n_orders != 0)
		return CS_OK;
	err = list_new(&new, hub);
	if (err == CS_OK && new.len != 0)
		err = hub_batch_begin(hub);
	r = cs_reader(cs_buf_view(&new));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct cs_view id = cs_read_vec(&r);
		struct cs_view handle = cs_read_vec(&r);

		err = take_in(hub, id, handle, cs_read_vec(&r));
	}
	if (err == CS_OK && new.len != 0)
		err = queue_root(hub);
	/* All of it, or nothing. */
	if (err && cs_db_in_transaction(hub->db))
		hub->broken = true;
	cs_buf_free(&new);
	return err;
}

/* ---- requests ----------------------------------------------------------- */

static enum cs_err
answer_with(struct hub_request *rq, struct cs_wire_name_proof *answer)
{
	struct cs_tlog_map_proof proof;
	struct cs_tlog_hash root;
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	if ((err = hub_names_prove(&proof, rq->hub, answer->label)) ||
	    (err = hub_names_root(&root, rq->hub)) ||
	    (err = hub_tlog_last(&answer->entry, rq->hub, CS_TLOG_NAMES)) ||
	    (err = count(&answer->names, rq->hub)) ||
	    (err = cs_tlog_map_proof_write(&bytes, &proof)))
		goto out;
	memcpy(answer->root, root.bytes, sizeof answer->root);
	memcpy(answer->key, rq->hub->names_public, sizeof answer->key);
	answer->map_proof = cs_buf_view(&bytes);
	err = hub_answer(rq, &cs_wire_name_proof_shape, answer);
out:
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
hub_name_proof(struct hub_request *rq)
{
	struct cs_wire_name_proof_get m;
	struct cs_wire_name_proof answer = { .entry = 0 };
	struct cs_rows row;
	bool labelled = false;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_name_proof_get_shape, rq->body)))
		return err;
	err = cs_db_row(&row, rq->hub->db,
	    "SELECT label,label_proof FROM account WHERE id=? AND gone=0",
	    cs_blob(CS_VIEW_OF(m.account)));
	if (err == CS_OK && !cs_col_null(&row, 0) &&
	    cs_col_blob(&row, 0).len == 0)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK && !cs_col_null(&row, 0)) {
		labelled = true;
		cs_col_copy(&row, 0, answer.label, sizeof answer.label);
		cs_col_copy(&row, 1, answer.proof, sizeof answer.proof);
	}
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
	if (err == CS_OK && !labelled)
		return hub_refuse(rq, CS_WIRE_E_WAITING);
	return err ? err : answer_with(rq, &answer);
}
