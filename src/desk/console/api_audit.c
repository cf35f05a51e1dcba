/* SPDX-License-Identifier: MIT */
#include "desk/console/api_audit.h"

#include "base/text.h"
#include "base/units.h"
#include "desk/cases/queue.h"
#include "desk/console/call.h"
#include "desk/core/audit.h"
#include "desk/core/head.h"
#include "desk/core/json.h"
#include "desk/core/link.h"
#include "desk/core/problem.h"
#include "desk/show/account.h"
#include "desk/show/audit.h"
#include "desk/show/statements.h"
#include "desk/show/statistics.h"

enum cs_err
api_account(struct api_call *c)
{
	uint8_t id[CS_ID_LEN];
	enum cs_err err = api_hex_id(id, c->d, c->id);

	return err ? err : cs_desk_account_show(c->out, c->d, &c->actor, id);
}

enum cs_err
api_audit(struct api_call *c)
{
	json_t *items = json_array();
	uint64_t before = api_num_arg(c, "cursor");
	unsigned limit = (unsigned)api_num_arg(c, "limit");
	size_t n;
	enum cs_err err;

	if (limit == 0 || limit > CS_DESK_PAGE_MAX)
		limit = 50;
	err = desk_show_audit(items, c->d, before != 0 ? before : INT64_MAX,
	    api_num_arg(c, "case"), limit);
	n = json_array_size(items);
	json_put(c->out, "items", items, &err);
	if (n == limit)
		json_put_id(c->out, "next",
		    json_get_num(json_array_get(items, n - 1), "seq"), &err);
	else
		json_put(c->out, "next", json_null(), &err);
	return err;
}

struct head {
	uint64_t n;
	char hash[2 * CS_HASH_LEN + 1];
};

static void
see_line(void *arg, const struct cs_desk_audit_line *line)
{
	struct head *h = arg;

	h->n = line->seq;
	cs_hex(h->hash, cs_view(line->hash, CS_HASH_LEN));
}

enum cs_err
api_audit_verify(struct api_call *c)
{
	struct head h = { 0 };
	enum cs_err err = CS_OK,
		    found = cs_desk_audit_verify(c->d, see_line, &h);

	/* And with what was deposited, as far as that can be asked. */
	if (found == CS_OK)
		found = cs_desk_heads_check_file(c->d);
	if (found == CS_OK && api_online(c->api) &&
	    cs_desk_heads_check_hub(c->d) == CS_ERR_CHAIN)
		found = CS_ERR_CHAIN;
	desk_disconnect(c->d);

	json_put_bool(c->out, "ok", found == CS_OK, &err);
	json_put_num(c->out, "entries", h.n, &err);
	json_put_str(c->out, "head", h.hash, &err);
	json_put_str(c->out, "problem",
	    found == CS_OK ? "" : cs_desk_problem(c->d), &err);
	if (found == CS_OK || found == CS_ERR_CHAIN || found == CS_ERR_CORRUPT)
		return err;
	return found;
}

enum cs_err
api_statistics(struct api_call *c)
{
	uint64_t days = api_num_arg(c, "days");

	if (days == 0 || days > 3660)
		days = 30;
	return cs_desk_statistics(c->out, c->d, (unsigned)days);
}

enum cs_err
api_statements(struct api_call *c)
{
	json_t *items = json_array();
	enum cs_err err = cs_desk_statements(
	    items, c->d, &c->actor, api_num_arg(c, "from_ms"));

	json_put(c->out, "statements", items, &err);
	return err;
}
