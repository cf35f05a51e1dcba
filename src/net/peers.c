/* SPDX-License-Identifier: MIT */
#include "net/peers.h"

#include <netinet/in.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "crypto/random.h"
#include "crypto/short_hash.h"
#include "store/clock.h"

/* So many that a flood from thousands of addresses shares few with others; the
 * system gives memory for those alone that were used. */
#define PLACES 65536

/* What comes from one address, or from several that share a hash. */
struct place {
	unsigned strangers;
	unsigned connects; /* since: */
	uint64_t since_ms;
	unsigned lately; /* of the second since: */
	uint64_t second_ms;
};

struct peer {
	struct lws *wsi;
	struct peer *next, **link; /* strangers, the oldest first */
	struct place *place;
	uint8_t address[CS_NET_ADDRESS_LEN];
	bool known, cut;
};

/* Invariant: strangers is the length of the list; all is that and who is
 * known. */
struct net_peers {
	struct cs_net_limits limits;
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	struct place places[PLACES];
	struct peer *oldest, **newest;
	unsigned all, strangers;
	unsigned connects; /* of the second since: */
	uint64_t second_ms;
};

static void
address_of(uint8_t out[static CS_NET_ADDRESS_LEN], lws_sockfd_type fd)
{
	struct sockaddr_in a = { 0 };
	socklen_t n = sizeof a;

	memset(out, 0, CS_NET_ADDRESS_LEN);
	if (getpeername(fd, (struct sockaddr *)&a, &n) != 0)
		return;
	memset(out + 10, 0xff, 2);
	memcpy(out + 12, &a.sin_addr, sizeof a.sin_addr);
}

static struct place *
place_of(struct net_peers *p, const uint8_t address[static CS_NET_ADDRESS_LEN])
{
	uint64_t h =
	    cs_short_hash(p->key, cs_view(address, CS_NET_ADDRESS_LEN));

	return &p->places[h % PLACES];
}

/* ---- strangers ---------------------------------------------------------- */

static void
unlink_stranger(struct net_peers *p, struct peer *s)
{
	*s->link = s->next;
	if (s->next != NULL)
		s->next->link = s->link;
	else
		p->newest = s->link;
	p->strangers--;
	s->place->strangers--;
}

/* End the oldest stranger, or the oldest of ${place}; false: there is none. It
 * is not counted any longer. */
static bool
cut_oldest(struct net_peers *p, const struct place *place)
{
	struct peer *s = p->oldest;

	while (s != NULL && place != NULL && s->place != place)
		s = s->next;
	if (s == NULL)
		return false;
	unlink_stranger(p, s);
	p->all--;
	s->cut = true;
	lws_set_timeout(s->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
	return true;
}

/* ---- coming and going --------------------------------------------------- */

enum cs_err
cs_net_peers_new(struct net_peers **out, const struct cs_net_limits *limits)
{
	struct net_peers *p = cs_calloc(1, sizeof *p);

	*out = p;
	if (p == NULL)
		return CS_ERR_NOMEM;
	p->limits = *limits;
	p->newest = &p->oldest;
	cs_random(p->key, sizeof p->key);
	return CS_OK;
}

void
cs_net_peers_free(struct net_peers *p)
{
	if (p != NULL)
		cs_free(p, sizeof *p);
}

/* Count one that comes now; are there too many for this second?  Then those go
 * first who come again and again, before they cost a handshake: whoever comes
 * once gets in. */
static bool
is_busy(struct net_peers *p, uint64_t now_ms)
{
	if (now_ms - p->second_ms >= CS_SECOND_MS) {
		p->second_ms = now_ms;
		p->connects = 0;
	}
	return p->limits.connects != 0 && p->connects >= p->limits.connects;
}

bool
cs_net_peers_may_come(struct net_peers *p, lws_sockfd_type fd)
{
	uint8_t address[CS_NET_ADDRESS_LEN];
	uint64_t now = cs_clock_us() / 1000;
	struct place *place;

	address_of(address, fd);
	place = place_of(p, address);
	if (now - place->since_ms >= CS_MINUTE_MS) {
		place->since_ms = now;
		place->connects = 0;
	}
	if (p->limits.connects_address != 0 &&
	    place->connects >= p->limits.connects_address)
		return false;
	if (now - place->second_ms >= CS_SECOND_MS) {
		place->second_ms = now;
		place->lately = 0;
	}
	if (is_busy(p, now) && place->lately >= p->limits.connects_busy)
		return false;
	place->lately++;
	p->connects++;
	place->connects++;
	return p->limits.connections == 0 || p->all < p->limits.connections ||
	    p->strangers != 0;
}

bool
cs_net_peers_came(struct net_peers *p, struct lws *wsi)
{
	const struct cs_net_limits *limits = &p->limits;
	struct peer *s = cs_calloc(1, sizeof *s);

	if (s == NULL)
		return false;
	s->wsi = wsi;
	address_of(s->address, lws_get_socket_fd(wsi));
	s->place = place_of(p, s->address);
	if (limits->strangers_address != 0 &&
	    s->place->strangers >= limits->strangers_address)
		cut_oldest(p, s->place);
	if (limits->strangers != 0 && p->strangers >= limits->strangers)
		cut_oldest(p, NULL);
	if (limits->connections != 0 && p->all >= limits->connections)
		cut_oldest(p, NULL);
	s->link = p->newest;
	*s->link = s;
	p->newest = &s->next;
	p->all++;
	p->strangers++;
	s->place->strangers++;
	lws_set_opaque_user_data(wsi, s);
	return true;
}

void
cs_net_peers_gone(struct net_peers *p, struct lws *wsi)
{
	struct peer *s = lws_get_opaque_user_data(wsi);

	if (s == NULL)
		return;
	lws_set_opaque_user_data(wsi, NULL);
	if (!s->cut && !s->known)
		unlink_stranger(p, s);
	if (!s->cut)
		p->all--;
	cs_free(s, sizeof *s);
}

void
cs_net_peers_know(struct net_peers *p, struct lws *wsi)
{
	struct peer *s = lws_get_opaque_user_data(wsi);

	if (s == NULL || s->cut || s->known)
		return;
	unlink_stranger(p, s);
	s->known = true;
}

void
cs_net_peers_address(
    uint8_t out[static CS_NET_ADDRESS_LEN], const struct lws *wsi)
{
	const struct peer *s = lws_get_opaque_user_data(wsi);

	if (s != NULL)
		memcpy(out, s->address, CS_NET_ADDRESS_LEN);
	else
		memset(out, 0, CS_NET_ADDRESS_LEN);
}
