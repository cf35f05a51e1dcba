/* SPDX-License-Identifier: MIT */
/* Connecting to the hub, and accepting from it only what verifies. */
#include "client/hub/reach.h"

#include <string.h>
#include <strings.h>

#include "client/home/activity.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/home/proxy.h"
#include "client/hub/stamp.h"
#include "crypto/tls_tickets.h"
#include "net/client.h"

/* The keys that the hub shows are certified neither now nor at the time that
 * it says it is. */
static enum cs_err
out_of_time(struct cs_client *c)
{
	const struct cs_hub_info *info = &c->link.session.info;
	int64_t ahead = info->clock_skew_ms;
	char words[CLIENT_DURATION_SIZE], now[CLIENT_UTC_SIZE];

	client_utc(now, cs_clock_ms());
	client_duration(words, (uint64_t)(ahead < 0 ? -ahead : ahead));
	if (ahead <= (int64_t)CLIENT_CLOCK_TOLERANCE_MS &&
	    ahead >= -(int64_t)CLIENT_CLOCK_TOLERANCE_MS)
		return client_problem(c, CS_ERR_EXPIRED,
		    "The keys of the hub at %s:%d have run out, or are not "
		    "valid yet: its operator has to renew them. (Here it is "
		    "%s.)",
		    c->self.host, c->self.port, now);
	return client_problem(c, CS_ERR_EXPIRED,
	    "The keys of the hub at %s:%d are not valid now. This device's "
	    "clock is %s %s the hub's: if %s is not the right time, set it. "
	    "Otherwise the operator has to set the hub's, or renew its keys.",
	    c->self.host, c->self.port, words,
	    ahead > 0 ? "behind" : "ahead of", now);
}

/* It went wrong on the way to the proxy, or in the talk with it; whatever that
 * was, there is no line to the hub. */
static enum cs_err
proxy_failed(struct cs_client *c, const struct cs_net_proxy *p, bool reached,
    enum cs_err err)
{
	const char *kind = p->kind == CS_NET_PROXY_SOCKS5 ? "SOCKS5" : "HTTP";

	if (!reached)
		return client_problem(c, CS_ERR_CLOSED,
		    "The proxy at %s:%d does not answer, so nothing was sent. "
		    "Start it, or see: countersign settings proxy.",
		    p->host, p->port);
	if (err == CS_ERR_DENIED)
		return client_problem(c, CS_ERR_CLOSED,
		    "The proxy at %s:%d does not let you through to %s:%d: "
		    "its name or password may be wrong. Nothing was sent.",
		    p->host, p->port, c->self.host, c->self.port);
	if (err == CS_ERR_FORMAT)
		return client_problem(c, CS_ERR_CLOSED,
		    "What answers at %s:%d is no %s proxy. Nothing was sent. "
		    "See: countersign settings proxy.",
		    p->host, p->port, kind);
	return client_problem(c, CS_ERR_CLOSED,
	    "Nobody answers at %s:%d behind the proxy at %s:%d.", c->self.host,
	    c->self.port, p->host, p->port);
}

static bool
is_onion(const char *host)
{
	size_t n = strlen(host);

	return n > 6 && strcasecmp(host + n - 6, ".onion") == 0;
}

static enum cs_err
unreachable(struct cs_client *c, enum cs_err err)
{
	switch (err) {
	case CS_ERR_CLOSED:
	case CS_ERR_TIMEOUT:
		return client_problem(c, CS_ERR_CLOSED,
		    "Nobody answers at %s:%d.", c->self.host, c->self.port);
	case CS_ERR_VERSION:
		return client_problem(c, err,
		    "The hub at %s:%d speaks another version.", c->self.host,
		    c->self.port);
	case CS_ERR_NOMEM:
		return err;
	default:
		return client_problem(c, err,
		    "What answers at %s:%d is not the hub of this operator "
		    "key (%s). Somebody may stand in between.",
		    c->self.host, c->self.port, cs_err_text(err));
	}
}

/* Take the desk's keys if the root certifies them.  A certificate that has
 * expired counts as none: members go on without a desk. */
static enum cs_err
take_desk(struct cs_client *c, uint64_t now_s)
{
	const struct cs_hub_info *info = &c->link.session.info;
	struct cs_view root = CS_VIEW_OF(c->self.root);
	struct cs_role_key_cert seal, sign;
	enum cs_err err;

	c->link.desk.known = c->link.desk.expired = false;
	memset(c->link.desk.sign, 0, sizeof c->link.desk.sign);
	if (info->desk_seal_cert.len == 0)
		return CS_OK;
	if ((err = cs_role_key_cert_verify(&seal,
		 cs_buf_view(&info->desk_seal_cert), root, CS_ROLE_DESK_HPKE,
		 now_s)) == CS_OK)
		err = cs_role_key_cert_verify(&sign,
		    cs_buf_view(&info->desk_sign_cert), root,
		    CS_ROLE_DESK_SIGNING, now_s);
	c->link.desk.expired = err == CS_ERR_EXPIRED;
	if (err)
		return c->link.desk.expired ? CS_OK : err;
	c->link.desk.known = true;
	memcpy(c->link.desk.hpke, seal.public, sizeof c->link.desk.hpke);
	memcpy(c->link.desk.sign, sign.public, sizeof c->link.desk.sign);
	return CS_OK;
}

enum cs_err
client_no_desk(struct cs_client *c)
{
	return client_problem(c, CS_ERR_NOT_FOUND,
	    c->link.desk.expired
		? "The operator's certificate of the report desk's keys "
		  "has expired. The operator has to renew it "
		  "(countersignctl renew); until then nothing can be "
		  "sealed to the desk."
		: "No report desk has joined this hub yet.");
}

static enum cs_err
check_tls(const struct cs_client *c, uint64_t now_s)
{
	const struct cs_hub_info *info = &c->link.session.info;

	return now_s > info->tls_from_s && now_s < info->tls_until_s
	    ? CS_OK
	    : CS_ERR_EXPIRED;
}

/* Is all that the hub shows certified at this time? */
static enum cs_err
take_certificates_at(struct cs_client *c, uint64_t now_s)
{
	const struct cs_hub_info *info = &c->link.session.info;
	struct cs_view root = CS_VIEW_OF(c->self.root);
	struct cs_stamp_key_cert stamp;
	struct cs_role_key_cert external;
	enum cs_err err;

	if ((err = check_tls(c, now_s)) ||
	    (err = cs_stamp_key_cert_verify(
		 &stamp, cs_buf_view(&info->stamp_cert), root, now_s)) ||
	    (err = cs_role_key_cert_verify(&external,
		 cs_buf_view(&info->external_cert), root,
		 CS_ROLE_EXTERNAL_SENDER, now_s)) ||
	    (err = take_desk(c, now_s)))
		return err;
	memcpy(c->link.external_sender, external.public, CS_KEY_LEN);
	return CS_OK;
}

/* By the hub's clock, if it may be believed, and otherwise by the own one: see
 * home/clock.h. */
static enum cs_err
take_certificates(struct cs_client *c)
{
	const struct cs_hub_info *info = &c->link.session.info;
	uint64_t own_ms = cs_clock_ms();
	uint64_t hub_ms = (uint64_t)((int64_t)own_ms + info->clock_skew_ms);
	enum cs_err err = CS_ERR_EXPIRED;

	client_clock_set(c, 0);
	if (client_clock_credible(c, hub_ms))
		err = take_certificates_at(c, hub_ms / CS_SECOND_MS);
	if (err == CS_OK)
		client_clock_set(c, info->clock_skew_ms);
	else if (err == CS_ERR_EXPIRED)
		err = take_certificates_at(c, own_ms / CS_SECOND_MS);
	return err ? err
		   : client_stamp_cert_learn(c, cs_buf_view(&info->stamp_cert));
}

enum cs_err
client_reach(struct cs_client *c)
{
	struct cs_net_client_config config = {
		.host = c->self.host,
		.port = c->self.port,
		.root_public = c->self.root,
		.timeout_ms = CLIENT_TIMEOUT_MS,
		.clock = CS_TLS_OTHER_CLOCK,
	};
	struct cs_net_proxy proxy;
	bool reached = false;
	enum cs_err err;

	if (c->link.online)
		return CS_OK;
	if ((err = client_may_wait(c)))
		return err;
	if (c->reading)
		return client_problem(c, CS_ERR_BUSY,
		    "Another command is using this folder, or it cannot be "
		    "written to: this shows what is stored now.");
	if ((err = client_proxy(&proxy, c)))
		return err;
	/* No resolver is to learn of it, and none would know. */
	if (proxy.kind == CS_NET_PROXY_NONE && is_onion(c->self.host))
		return client_problem(c, CS_ERR_CLOSED,
		    "%s is reached only through Tor, so nothing was sent. Say "
		    "where Tor is: countersign settings proxy "
		    "socks5h://127.0.0.1:9050, or --proxy when you join.",
		    c->self.host);
	config.proxy = &proxy;
	config.proxy_reached = &reached;
	if (c->link.tickets == NULL &&
	    (err = cs_tls_tickets_new(&c->link.tickets)))
		return err;
	config.tickets = c->link.tickets;
	client_activity(CS_CLIENT_CONNECTING, 0, 0);
	err = cs_session_open(&c->link.session, &config);
	client_activity(CS_CLIENT_IDLE, 0, 0);
	if (err && proxy.kind != CS_NET_PROXY_NONE &&
	    (!reached || err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT ||
		err == CS_ERR_DENIED || err == CS_ERR_FORMAT))
		err = proxy_failed(c, &proxy, reached, err);
	else if (err)
		err = unreachable(c, err);
	cs_wipe(&proxy, sizeof proxy);
	if (err)
		return err;
	c->link.online = true;
	if ((err = take_certificates(c)) == CS_ERR_EXPIRED)
		err = out_of_time(c);
	if (err == CS_ERR_EXPIRED) {
		client_offline(c);
		return err;
	}
	if (err || (err = client_proxy_keep(c))) {
		client_offline(c);
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS
		    ? unreachable(c, err)
		    : err;
	}
	if (c->self.hub[0] == '\0') {
		strcpy(c->self.hub, c->link.session.info.name);
	} else if (strcmp(c->self.hub, c->link.session.info.name) != 0) {
		client_offline(c);
		return client_problem(c, CS_ERR_MISMATCH,
		    "The hub has another name than when you joined.");
	}
	return CS_OK;
}

enum cs_err
cs_client_wait(struct cs_client *c, int timeout_ms)
{
	struct cs_wire_push push;
	enum cs_err err = client_need_hub(c);

	if (err || (err = client_may_wait(c)))
		return err;
	err = cs_session_push(&c->link.session, &push, timeout_ms);
	/* An answer to an appeal is announced as news of a report. */
	if (err == CS_OK &&
	    (push.kind == CS_WIRE_PUSH_NOTICE ||
		push.kind == CS_WIRE_PUSH_REPORT))
		c->link.notices_due = true;
	if (err == CS_OK && push.kind == CS_WIRE_PUSH_ASK)
		c->link.asks_due = true;
	if (err == CS_OK && push.kind == CS_WIRE_PUSH_REVOCATION)
		c->link.revocations_due = true;
	if (err == CS_OK || err == CS_ERR_TIMEOUT)
		return err;
	client_offline(c);
	return client_problem(
	    c, CS_ERR_CLOSED, "The connection to the hub broke off.");
}
