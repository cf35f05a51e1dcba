/* SPDX-License-Identifier: MIT */
/*
 * XMPP as far as a message needs it: TLS from the first byte, SASL PLAIN, a
 * resource, stream management (XEP-0198) of the sender, whose answers count
 * what the server has handled.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "load/peers/peers.h"
#include "load/peers/stanza.h"

#define HOST "localhost"
#define OUT_MAX 32768

/* One end of a pair. */
struct end {
	SSL *ssl;
	struct stanza_reader in;
	char out[OUT_MAX];
	size_t out_len;
};

struct pair {
	struct end from, to;
	char message[1024];
	unsigned ask_every, unasked;
	uint32_t handled; /* as the server counts */
	uint32_t came; /* stanzas for the sender, whom the server asks, too */
};

/* ---- bytes -------------------------------------------------------------- */

static SSL *
open_tls(const struct peers_target *target)
{
	char name[] = HOST; /* OpenSSL's macro takes no const */
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)target->port) };
	struct timeval patience = { .tv_sec = PEERS_TIMEOUT_MS / 1000 };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
		peers_must(CS_ERR_IO, "connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (context == NULL ||
	    SSL_CTX_load_verify_file(context, target->path) != 1)
		peers_must(CS_ERR_IO, "the server's certificate");
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	ssl = SSL_new(context);
	if (ssl == NULL || SSL_set1_host(ssl, HOST) != 1 ||
	    SSL_set_tlsext_host_name(ssl, name) != 1 ||
	    SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)
		peers_must(CS_ERR_IO, "TLS");
	SSL_CTX_free(context); /* ${ssl} keeps it */
	return ssl;
}

static void
flush(struct end *e)
{
	if (e->out_len != 0 &&
	    SSL_write(e->ssl, e->out, (int)e->out_len) != (int)e->out_len)
		peers_must(CS_ERR_CLOSED, "write");
	e->out_len = 0;
}

static void
put(struct end *e, const char *text)
{
	size_t n = strlen(text);

	if (n > sizeof e->out - e->out_len)
		flush(e);
	memcpy(e->out + e->out_len, text, n);
	e->out_len += n;
}

/* Wait for the next stanza, which lives until the one after it. */
static void
next(struct stanza *s, struct end *e)
{
	enum cs_err err;

	flush(e);
	while ((err = stanza_next(s, &e->in)) == CS_ERR_NOT_FOUND) {
		size_t room;
		char *at = stanza_room(&e->in, &room);
		int n = SSL_read(e->ssl, at, (int)room);

		if (n <= 0)
			peers_must(CS_ERR_CLOSED, "read");
		stanza_came(&e->in, (size_t)n);
	}
	peers_must(err, "a stanza");
}

static bool
is(struct cs_view v, const char *text)
{
	return v.len == strlen(text) && memcmp(v.data, text, v.len) == 0;
}

/* Is it a message, or what else has the name?  An error ends the program. */
static bool
is_named(const struct stanza *s, const char *name)
{
	if (is(s->name, "stream:error") || is(s->name, "failure") ||
	    is(s->name, "failed") || is(stanza_attribute(s, "type"), "error")) {
		fprintf(stderr, "peers: the server says %.*s\n",
		    (int)s->all.len, (const char *)s->all.data);
		exit(1);
	}
	return is(s->name, name);
}

static void
wait_for(struct end *e, const char *name)
{
	struct stanza s;

	do
		next(&s, e);
	while (!is_named(&s, name));
}

/* ---- signing in --------------------------------------------------------- */

static void
begin_stream(struct end *e)
{
	memset(&e->in, 0, sizeof e->in);
	put(e,
	    "<?xml version='1.0'?><stream:stream to='" HOST
	    "' version='1.0' xmlns='jabber:client'"
	    " xmlns:stream='http://etherx.jabber.org/streams'>");
	wait_for(e, "stream:features");
}

/* Users are from0, to0 and so on, and their names are their passwords. */
static void
authenticate(struct end *e, const char *user)
{
	char plain[80], text[300];
	unsigned char base64[160];
	size_t n = strlen(user);

	plain[0] = '\0';
	memcpy(plain + 1, user, n + 1);
	memcpy(plain + n + 2, user, n);
	EVP_EncodeBlock(base64, (const unsigned char *)plain, (int)(2 * n + 2));
	snprintf(text, sizeof text,
	    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>"
	    "%s</auth>",
	    (const char *)base64);
	put(e, text);
	wait_for(e, "success");
}

static void
sign_in(struct end *e, const struct peers_target *target, const char *role,
    unsigned number)
{
	char user[32];

	snprintf(user, sizeof user, "%s%u", role, number);
	e->ssl = open_tls(target);
	begin_stream(e);
	authenticate(e, user);
	begin_stream(e);
	put(e,
	    "<iq type='set' id='bind'>"
	    "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
	    "<resource>r</resource></bind></iq>");
	wait_for(e, "iq");
}

static void
make_message(char *out, size_t size, unsigned number)
{
	char body[PEERS_BODY + 1];

	memset(body, 'x', PEERS_BODY);
	body[PEERS_BODY] = '\0';
	snprintf(out, size,
	    "<message to='to%u@" HOST "/r' type='chat' id='m'><body>%s</body>"
	    "</message>",
	    number, body);
}

static void *
xmpp_open(const struct peers_target *target, unsigned number)
{
	struct pair *p = cs_calloc(1, sizeof *p);

	if (p == NULL)
		peers_must(CS_ERR_NOMEM, "a pair");
	p->ask_every = target->ask_every;
	make_message(p->message, sizeof p->message, number);
	sign_in(&p->to, target, "to", number);
	/* Who asked and was answered afterwards is present. */
	put(&p->to,
	    "<presence/><iq type='get' id='ping' to='" HOST "'>"
	    "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
	wait_for(&p->to, "iq");
	sign_in(&p->from, target, "from", number);
	put(&p->from, "<enable xmlns='urn:xmpp:sm:3'/>");
	wait_for(&p->from, "enabled");
	return p;
}

/* ---- messages ----------------------------------------------------------- */

static void
xmpp_prepare(void *pair, unsigned n)
{
	(void)pair;
	(void)n;
}

static bool
xmpp_send(void *pair)
{
	struct pair *p = pair;

	put(&p->from, p->message);
	if (++p->unasked >= p->ask_every) {
		put(&p->from, "<r xmlns='urn:xmpp:sm:3'/>");
		flush(&p->from);
		p->unasked = 0;
	}
	return true;
}

static uint32_t
number_of(const struct stanza *s, const char *attribute)
{
	struct cs_view v = stanza_attribute(s, attribute);
	uint32_t n = 0;

	if (v.len == 0 || v.len > 10)
		peers_must(CS_ERR_FORMAT, "an answer");
	for (size_t i = 0; i < v.len; i++) {
		if (v.data[i] < '0' || v.data[i] > '9')
			peers_must(CS_ERR_FORMAT, "an answer");
		n = n * 10 + (uint32_t)(v.data[i] - '0');
	}
	return n;
}

static void
answer(struct pair *p)
{
	char text[64];

	snprintf(text, sizeof text, "<a xmlns='urn:xmpp:sm:3' h='%u'/>",
	    (unsigned)p->came);
	put(&p->from, text);
}

static unsigned
xmpp_acknowledged(void *pair)
{
	struct pair *p = pair;
	struct stanza s;
	uint32_t now = p->handled;
	unsigned n;

	while (now == p->handled) {
		next(&s, &p->from);
		if (is_named(&s, "a"))
			now = number_of(&s, "h");
		else if (is_named(&s, "r"))
			answer(p);
		else
			p->came++;
	}
	n = now - p->handled;
	p->handled = now;
	return n;
}

static unsigned
xmpp_received(void *pair)
{
	struct pair *p = pair;

	wait_for(&p->to, "message");
	return 1;
}

static void
xmpp_taken(void *pair)
{
	(void)pair;
}

const struct peers_protocol peers_xmpp = { xmpp_open, xmpp_prepare, xmpp_send,
	xmpp_acknowledged, xmpp_received, xmpp_taken };
