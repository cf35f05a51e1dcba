/* SPDX-License-Identifier: MIT */
/* The daemon's life: open, loop, housekeeping, close. */
#include "hub/hub.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "hub/accounts/standing.h"
#include "hub/blobs/upload.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"
#include "hub/core/spent.h"
#include "hub/core/stamp_key.h"
#include "hub/groups/removal.h"
#include "hub/requests.h"
#include "hub/retention.h"
#include "store/clock.h"
#include "store/file.h"

#define HOUSEKEEPING_MS (10 * 60 * 1000)
#define OWN_FILES 256       /* database, keys, sockets, with some to spare */
#define FILES_ANYWHERE 1024 /* on any system */
#define IDLE_MS 1000        /* a request to stop waits no longer */

static volatile sig_atomic_t stop;

/* What ends by itself; a failure is tried again next time. */
static void
housekeeping(struct cs_hub *hub)
{
	if (hub->now_ms - hub->housekept_ms < HOUSEKEEPING_MS)
		return;
	hub->housekept_ms = hub->now_ms;
	if (hub_batch_begin(hub) != CS_OK || hub_accounts_settle(hub) != CS_OK)
		cs_db_rollback(hub->db);
}

/* Take in what has arrived meanwhile, so that a sender who does not wait for
 * answers has many messages in one commit, too; not for long, because others
 * wait for their answers.  Where many were answered at once their next messages
 * are on the way: while the disk is slow it pays to wait for them. */
static enum cs_err
gather(struct cs_hub *hub)
{
	uint64_t now_us = cs_clock_us(), end_us = now_us + HUB_ROUND_US;
	uint64_t patience_us = hub->answered >= HUB_GATHER_LEAST
	    ? hub->commit_us / HUB_GATHER_PART
	    : 0;
	uint64_t patient_us = now_us + patience_us;
	size_t before = 0;
	enum cs_err err = CS_OK;

	while (err == CS_OK && hub->n_out != 0 &&
	    hub->n_out < HUB_ROUND_OUT_MAX &&
	    hub->batch.len < HUB_ROUND_BYTES_MAX && now_us < end_us) {
		if (hub->n_out == before && now_us >= patient_us)
			break;
		before = hub->n_out;
		err = cs_net_server_run(hub->net, now_us < patient_us ? 1 : 0);
		now_us = cs_clock_us();
	}
	return err;
}

static void
close_hub(struct cs_hub *hub)
{
	if (hub == NULL)
		return;
	cs_net_server_free(hub->net);
	hub_uploads_close(hub);
	hub_budgets_free(hub);
	if (hub->db != NULL && cs_db_in_transaction(hub->db))
		cs_db_rollback(hub->db);
	cs_db_close(hub->db);
	cs_signer_free(hub->external_signer);
	cs_buf_free(&hub->stamp_cert);
	cs_buf_free(&hub->external_cert);
	cs_buf_free(&hub->registrar_cert);
	cs_buf_free(&hub->desk_seal_cert);
	cs_buf_free(&hub->desk_sign_cert);
	hub_batch_free(hub);
	cs_free_plain(hub->dir);
	cs_free(hub, sizeof *hub);
}

static enum cs_err
open_db(struct cs_hub *hub)
{
	char *path = cs_path_join(hub->dir, "hub.db");
	enum cs_err err = CS_ERR_NOMEM;

	if (path != NULL)
		err = cs_db_open(&hub->db, path, CS_DB_SHARED, &cs_hub_schema);
	cs_free_plain(path);
	return err;
}

/* The open files that are needed: may there be so many?  Fewer mean fewer
 * connections. */
static unsigned
connections(const struct cs_hub *hub)
{
	uint64_t most = hub_budget_amount(hub, HUB_B_CONNECTIONS);
	uint64_t needed =
	    most + hub_budget_amount(hub, HUB_B_UPLOADS_ALL) + OWN_FILES;
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		files.rlim_cur = files.rlim_max = FILES_ANYWHERE;
	if (files.rlim_cur < needed) {
		files.rlim_cur =
		    files.rlim_max < needed ? files.rlim_max : (rlim_t)needed;
		(void)!setrlimit(RLIMIT_NOFILE, &files);
		if (getrlimit(RLIMIT_NOFILE, &files) != 0)
			files.rlim_cur = FILES_ANYWHERE;
	}
	/* Uploads and the hub itself need the rest. */
	return files.rlim_cur >= needed ? (unsigned)most
					: (unsigned)(files.rlim_cur / 4 * 3);
}

static struct cs_net_limits
limits(const struct cs_hub *hub)
{
	struct cs_net_limits l = {
		.connections = connections(hub),
		.strangers = (unsigned)hub_budget_amount(hub, HUB_B_STRANGERS),
		.strangers_address =
		    (unsigned)hub_budget_amount(hub, HUB_B_STRANGERS_ADDRESS),
		.connects_address =
		    (unsigned)hub_budget_amount(hub, HUB_B_CONNECTS_ADDRESS),
		.connects = (unsigned)hub_budget_amount(hub, HUB_B_CONNECTS),
		.connects_busy =
		    (unsigned)hub_budget_amount(hub, HUB_B_CONNECTS_BUSY),
		.stranger_s = HUB_LOGIN_MS / CS_SECOND_MS,
		.waiting = hub_budget_amount(hub, HUB_B_WAITING),
		.waiting_all = hub_budget_amount(hub, HUB_B_WAITING_ALL),
	};

	/* Most places are members'. */
	if (l.strangers > l.connections / 4)
		l.strangers = l.connections / 4;
	if (l.strangers_address > l.strangers / 2)
		l.strangers_address = l.strangers / 2;
	return l;
}

static enum cs_err
listen_on(struct cs_hub *hub)
{
	struct cs_net_server_config config = hub_net_callbacks;
	char *chain = cs_path_join(hub->dir, "keys/tls.pem");
	char *key = cs_path_join(hub->dir, "keys/tls.key");
	enum cs_err err = CS_ERR_NOMEM;

	config.host = hub->listen_host;
	config.port = hub->listen_port;
	config.chain_path = chain;
	config.key_path = key;
	config.limits = limits(hub);
	hub->connections = config.limits.connections;
	config.arg = hub;
	if (chain != NULL && key != NULL)
		err = cs_net_server_new(&hub->net, &config);
	cs_free_plain(chain);
	cs_free_plain(key);
	return err == CS_ERR_IO ? CS_ERR_BUSY : err;
}

static enum cs_err
open_hub(struct cs_hub **out, const char *dir)
{
	struct cs_hub *hub = cs_calloc(1, sizeof *hub);
	struct hub_conf conf;
	enum cs_err err;

	*out = NULL;
	if (hub == NULL)
		return CS_ERR_NOMEM;
	hub->batch.max = CS_BUF_MAX;
	hub_clock(hub);
	hub->dir = cs_strdup(dir);
	if (hub->dir == NULL) {
		err = CS_ERR_NOMEM;
		goto out;
	}
	if ((err = hub_conf_read(&conf, dir)))
		goto out;
	strcpy(hub->name, conf.name);
	strcpy(hub->listen_host, conf.host);
	hub->listen_port = conf.port;
	hub->budget_times = conf.budget_times;
	cs_random(hub->blob_key, sizeof hub->blob_key);
	cs_random(hub->hash_key, sizeof hub->hash_key);
	if ((err = hub_keys_load(hub)) || (err = open_db(hub)) ||
	    (err = hub_stamp_key_remember(hub)))
		goto out;
	err = listen_on(hub);
out:
	if (err) {
		close_hub(hub);
		return err;
	}
	*out = hub;
	return CS_OK;
}

static bool
is_idle(const struct cs_hub *hub)
{
	return !hub_removals_due(hub) && !hub_retention_due(hub);
}

enum cs_err
cs_hub_run(const char *dir, void (*ready)(const struct cs_hub_ready *at))
{
	char *lock_path = cs_path_join(dir, "lock");
	struct cs_hub *hub = NULL;
	int lock = -1;
	enum cs_err err = CS_ERR_NOMEM;

	if (lock_path == NULL)
		return CS_ERR_NOMEM;
	if ((err = cs_file_check_dir(dir)) ||
	    (err = cs_file_try_lock(&lock, lock_path)) ||
	    (err = open_hub(&hub, dir)))
		goto out;
	ready(&(struct cs_hub_ready){
	    .name = hub->name,
	    .host = hub->listen_host,
	    .port = hub->listen_port,
	    .connections = hub->connections,
	    .wanted = hub_budget_amount(hub, HUB_B_CONNECTIONS),
	});
	while (!stop) {
		if ((err = cs_net_server_run(
			 hub->net, is_idle(hub) ? IDLE_MS : 0)) ||
		    (err = gather(hub)))
			break;
		hub_clock(hub);
		housekeeping(hub);
		hub_batch_end(hub);
		hub_removals_work(hub);
		hub_retention_work(hub);
	}
	if (err == CS_OK && hub_spent_write(hub, true) == CS_OK &&
	    cs_db_in_transaction(hub->db))
		err = cs_db_commit(hub->db);
out:
	close_hub(hub);
	cs_file_unlock(lock);
	cs_free_plain(lock_path);
	return err;
}

void
cs_hub_stop(void)
{
	stop = 1;
}
