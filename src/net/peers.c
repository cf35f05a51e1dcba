/* SPDX-License-Identifier: MIT */
#include "net/peers.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/units.h"
#include "crypto/random.h"
#include "crypto/short_hash.h"
#include "store/clock.h"

/* So many that a flood from thousands of addresses shares few with others; the
 * system gives memory for those alone that were used. */
#define PLACES 65536

/* What comes from one address, or from several that share a hash. */
struct net_place {
	unsigned strangers;
	unsigned connects; /* since: */
	uint64_t since_ms;
	unsigned lately; /* of the second since: */
	uint64_t second_ms;
};

/* Invariant: strangers is the length of the list; all is that and who is
 * known. */
struct net_peers {
	struct cs_net_limits limits;
	void (*cut)(struct net_peer *peer);
	uint8_t key[CS_SHORT_HASH_KEY_LEN];
	struct net_place places[PLACES];
	struct net_peer *oldest, **newest;
	unsigned all, strangers;
	unsigned connects; /* of the second since: */
	uint64_t second_ms;
};

static struct net_place *
place_of(struct net_peers *p, const uint8_t address[static CS_NET_ADDRESS_LEN])
{
	uint64_t h =
	    cs_short_hash(p->key, cs_view(address, CS_NET_ADDRESS_LEN));

	return &p->places[h % PLACES];
}

/* ---- strangers ---------------------------------------------------------- */

static void
unlink_stranger(struct net_peers *p, struct net_peer *s)
{
	*s->link = s->next;
	if (s->next != NULL)
		s->next->link = s->link;
	else
		p->newest = s->link;
	p->strangers--;
	s->place->strangers--;
}

/* End the oldest stranger, or the oldest of ${place}.  It is not counted any
 * longer. */
static void
cut_oldest(struct net_peers *p, const struct net_place *place)
{
	struct net_peer *s = p->oldest;

	while (s != NULL && place != NULL && s->place != place)
		s = s->next;
	if (s == NULL)
		return;
	cs_net_peers_gone(p, s);
	p->cut(s);
}

/* ---- coming and going --------------------------------------------------- */

void
cs_net_address(
    uint8_t out[static CS_NET_ADDRESS_LEN], const struct sockaddr_storage *from)
{
	memset(out, 0, CS_NET_ADDRESS_LEN);
	if (from->ss_family == AF_INET6) {
		memcpy(out, &((const struct sockaddr_in6 *)from)->sin6_addr,
		    CS_NET_ADDRESS_LEN);
	} else if (from->ss_family == AF_INET) {
		memset(out + 10, 0xff, 2);
		memcpy(
		    out + 12, &((const struct sockaddr_in *)from)->sin_addr, 4);
	}
}

enum cs_err
cs_net_peers_new(struct net_peers **out, const struct cs_net_limits *limits,
    void (*cut)(struct net_peer *peer))
{
	struct net_peers *p = cs_calloc(1, sizeof *p);

	*out = p;
	if (p == NULL)
		return CS_ERR_NOMEM;
	p->limits = *limits;
	p->cut = cut;
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
cs_net_peers_may_come(
    struct net_peers *p, const uint8_t address[static CS_NET_ADDRESS_LEN])
{
	uint64_t now = cs_clock_us() / 1000;
	struct net_place *place = place_of(p, address);

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

void
cs_net_peers_came(struct net_peers *p, struct net_peer *peer,
    const uint8_t address[static CS_NET_ADDRESS_LEN])
{
	const struct cs_net_limits *limits = &p->limits;

	peer->place = place_of(p, address);
	if (limits->strangers_address != 0 &&
	    peer->place->strangers >= limits->strangers_address)
		cut_oldest(p, peer->place);
	if (limits->strangers != 0 && p->strangers >= limits->strangers)
		cut_oldest(p, NULL);
	if (limits->connections != 0 && p->all >= limits->connections)
		cut_oldest(p, NULL);
	peer->counted = true;
	peer->link = p->newest;
	*peer->link = peer;
	p->newest = &peer->next;
	p->all++;
	p->strangers++;
	peer->place->strangers++;
}

void
cs_net_peers_gone(struct net_peers *p, struct net_peer *peer)
{
	if (!peer->counted)
		return;
	peer->counted = false;
	if (!peer->known)
		unlink_stranger(p, peer);
	p->all--;
}

void
cs_net_peers_know(struct net_peers *p, struct net_peer *peer)
{
	if (!peer->counted || peer->known)
		return;
	unlink_stranger(p, peer);
	peer->known = true;
}
