/* SPDX-License-Identifier: MIT */
#include "client/home/proxy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/home/problem.h"

#define PROXY "proxy"
#define PROXY_SIZE 1024 /* of what is stored */

static const char *given;

enum cs_err
cs_client_use_proxy(const char *where)
{
	struct cs_net_proxy p;
	enum cs_err err = strlen(where) < PROXY_SIZE
	    ? cs_net_proxy_parse(&p, where)
	    : CS_ERR_FORMAT;

	cs_wipe(&p, sizeof p);
	if (err == CS_OK)
		given = where;
	return err;
}

static enum cs_err
store(struct cs_client *c, const char *where)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	err = cs_vault_config_set(c->db, &c->key, PROXY, cs_view_str(where));
	return cs_db_end_as(c->db, err, CS_DB_SAFE);
}

enum cs_err
cs_client_proxy_set(struct cs_client *c, const char *where)
{
	enum cs_err err = cs_client_use_proxy(where);

	return err ? err : store(c, where);
}

enum cs_err
client_proxy_keep(struct cs_client *c)
{
	const char *where = given;

	given = NULL;
	return where != NULL ? store(c, where) : CS_OK;
}

/* ---- the environment ---------------------------------------------------- */

/* Is ${host} the item, or below it? */
static bool
is_below(const char *host, const char *item, size_t n)
{
	size_t len = strlen(host);

	while (n != 0 && *item == '.') {
		item++;
		n--;
	}
	return n != 0 && len >= n &&
	    strncasecmp(host + len - n, item, n) == 0 &&
	    (len == n || host[len - n - 1] == '.');
}

static bool
is_excepted(const char *host)
{
	const char *list = getenv("NO_PROXY");

	if (list == NULL)
		list = getenv("no_proxy");
	if (strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
	    strcmp(host, "::1") == 0)
		return true;
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ", ");

		if ((n == 1 && *list == '*') || is_below(host, list, n))
			return true;
		list += n + (list[n] != '\0');
	}
	return false;
}

static enum cs_err
from_environment(struct cs_net_proxy *out, struct cs_client *c)
{
	static const char *const names[] = { "ALL_PROXY", "all_proxy",
		"HTTPS_PROXY", "https_proxy" };

	if (is_excepted(c->self.host))
		return CS_OK;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *where = getenv(names[i]);

		if (where == NULL || where[0] == '\0')
			continue;
		/* To go straight would show whoever hides behind it. */
		if (cs_net_proxy_parse(out, where) != CS_OK)
			return client_problem(c, CS_ERR_FORMAT,
			    "%s does not name a proxy of a kind that is known: "
			    "socks5h://HOST:PORT or http://HOST:PORT. Nothing "
			    "was sent.",
			    names[i]);
		return CS_OK;
	}
	return CS_OK;
}

/* ---- which one ---------------------------------------------------------- */

enum cs_err
client_proxy(struct cs_net_proxy *out, struct cs_client *c)
{
	struct cs_buf stored = { 0 };
	enum cs_err err;

	*out = (struct cs_net_proxy){ .kind = CS_NET_PROXY_NONE };
	if (given != NULL)
		return cs_net_proxy_parse(out, given);
	err = cs_vault_config_get(&stored, c->db, &c->key, PROXY);
	if (err == CS_ERR_NOT_FOUND)
		return from_environment(out, c);
	if (err == CS_OK &&
	    (err = cs_buf_add(&stored, cs_view("", 1))) == CS_OK)
		err =
		    cs_net_proxy_parse(out, (const char *)stored.data) == CS_OK
		    ? CS_OK
		    : CS_ERR_CORRUPT;
	cs_buf_free(&stored);
	return err;
}
