/* SPDX-License-Identifier: MIT */
/* Blobs by HTTP: put in parts, got by ranges, refused. */
#include "net/client_http.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "net/server_blob.h"
#include "store/file.h"
#include "support/net_world.h"

#define SIZE ((size_t)300000)
#define PATH "/b/00112233445566778899aabbccddeeff"

static const struct net_certificate good = { "localhost", -3600, 3600 };

/* ---- the server: one blob in a file ------------------------------------- */

static enum cs_err
opened(void *arg, struct cs_net_conn *c, void **user)
{
	(void)arg;
	(void)c;
	(void)user;
	return CS_OK;
}

static size_t
frame_max(void *arg, void *user)
{
	(void)arg;
	(void)user;
	return 1000;
}

static void
frame(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	(void)arg;
	(void)c;
	(void)user;
	(void)bytes;
}

static void
closed(void *arg, struct cs_net_conn *c, void *user)
{
	(void)arg;
	(void)c;
	(void)user;
}

/* How much of a blob has been read, by its descriptor. */
static uint64_t lengths[1024];

static int
blob_open(void *arg, struct cs_net_blob *b)
{
	static const uint8_t id[CS_ID_LEN] = { 0x00, 0x11, 0x22, 0x33, 0x44,
		0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee,
		0xff };
	const struct net_world *w = arg;
	const char *path = temp_path(&w->dir, "blob");
	struct stat st = { 0 };
	int fd;

	if (memcmp(b->id, id, sizeof id) != 0)
		return 404;
	if (!cs_view_equal(b->token, cs_view_str("right")))
		return 401;
	b->total = SIZE;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fstat(fd, &st) != 0 ||
	    lseek(fd, b->put ? 0 : (off_t)b->offset,
		b->put ? SEEK_END : SEEK_SET) < 0)
		return 507;
	if (!b->put && b->length > (uint64_t)st.st_size - b->offset)
		b->length = (uint64_t)st.st_size - b->offset;
	if (b->put ? b->offset == (uint64_t)st.st_size
		   : b->offset < (uint64_t)st.st_size) {
		b->user = (void *)(intptr_t)fd;
		return 0;
	}
	close(fd);
	return b->put ? 409 : 416;
}

static int
fd_of(const struct cs_net_blob *b)
{
	return (int)(intptr_t)b->user;
}

static void
blob_read(void *arg, struct cs_net_blob *b)
{
	uint8_t bytes[10000];
	ssize_t n = read(fd_of(b), bytes, sizeof bytes);

	(void)arg;
	/* No more than were asked for. */
	if (n > 0 && (uint64_t)n > b->length - (uint64_t)lengths[fd_of(b)])
		n = (ssize_t)(b->length - lengths[fd_of(b)]);
	if (n > 0)
		lengths[fd_of(b)] += (uint64_t)n;
	cs_net_blob_bytes(b, cs_view(bytes, n > 0 ? (size_t)n : 0));
}

static void
blob_over(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	lengths[fd_of(b)] = 0;
	close(fd_of(b));
}

static int
blob_write(void *arg, struct cs_net_blob *b, struct cs_view bytes)
{
	(void)arg;
	return cs_file_write_fd(fd_of(b), bytes) == CS_OK ? 0 : 507;
}

static int
blob_done(void *arg, struct cs_net_blob *b)
{
	struct stat st;

	(void)arg;
	if (fstat(fd_of(b), &st) != 0)
		return 400;
	return st.st_size == SIZE ? 201 : 202;
}

static void
serve(struct net_world *w, int ready)
{
	net_serve(w, ready,
	    (struct cs_net_server_config){
		.arg = w,
		.opened = opened,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
		.blob_open = blob_open,
		.blob_write = blob_write,
		.blob_done = blob_done,
		.blob_read = blob_read,
		.blob_over = blob_over,
	    });
}

/* ---- the client --------------------------------------------------------- */

struct scene {
	struct net_world w;
	struct cs_net_client *c;
	uint8_t *bytes;
	struct cs_buf got;
	size_t at; /* in bytes, while they are put */
};

static void
scene_init(struct scene *s)
{
	struct cs_net_client_config config;

	memset(s, 0, sizeof *s);
	net_fork(&s->w, serve, &good);
	config = net_client_config(&s->w);
	assert_ok(cs_net_client_open(&s->c, &config));
	s->bytes = cs_calloc(1, SIZE);
	assert_non_null(s->bytes);
	cs_random(s->bytes, SIZE);
}

static void
scene_clear(struct scene *s)
{
	cs_net_client_close(s->c);
	cs_free(s->bytes, SIZE);
	cs_buf_free(&s->got);
	net_world_clear(&s->w);
}

static enum cs_err
give(void *arg, uint8_t *bytes, size_t n)
{
	struct scene *s = arg;

	assert_true(n <= SIZE - s->at);
	memcpy(bytes, s->bytes + s->at, n);
	s->at += n;
	return CS_OK;
}

static enum cs_err
take(void *arg, uint8_t *bytes, size_t n)
{
	struct scene *s = arg;

	return cs_buf_add(&s->got, cs_view(bytes, n));
}

static enum cs_err
stop(void *arg, uint8_t *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
	return CS_ERR_DISK_FULL;
}

/* Put bytes ${from} to ${to}; the status. */
static int
put(struct scene *s, uint64_t from, uint64_t to, const char *token)
{
	struct cs_net_transfer t = {
		.path = PATH,
		.token = token,
		.offset = from,
		.length = to - from,
		.total = SIZE,
		.move = give,
		.arg = s,
	};

	s->at = from;
	assert_ok(cs_net_client_put(s->c, &t));
	return t.status;
}

static int
get(struct scene *s, const char *path, uint64_t from, const char *token)
{
	struct cs_net_transfer t = {
		.path = path,
		.token = token,
		.offset = from,
		.move = take,
		.arg = s,
	};

	cs_buf_reset(&s->got);
	assert_ok(cs_net_client_get(s->c, &t));
	return t.status;
}

/* An upload goes on where it stopped, and a download, too. */
static void
test_in_parts(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_int_equal(put(&s, 0, 100000, "right"), 202);
	assert_int_equal(put(&s, 100000, 100001, "right"), 202);
	/* Not where it stopped: nothing changes. */
	assert_int_equal(put(&s, 100000, 200000, "right"), 409);
	assert_int_equal(put(&s, 200000, SIZE, "right"), 409);
	assert_int_equal(put(&s, 100001, SIZE, "right"), 201);
	assert_int_equal(get(&s, PATH, 0, "right"), 200);
	assert_view_equal(cs_buf_view(&s.got), cs_view(s.bytes, SIZE));
	assert_int_equal(get(&s, PATH, 250000, "right"), 206);
	assert_view_equal(
	    cs_buf_view(&s.got), cs_view(s.bytes + 250000, SIZE - 250000));
	assert_int_equal(get(&s, PATH, SIZE, "right"), 416);
	scene_clear(&s);
}

static void
test_refused(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_int_equal(put(&s, 0, SIZE, "right"), 201);
	assert_int_equal(get(&s, PATH, 0, "wrong"), 401);
	/* The body of a refusal is no part of the blob. */
	assert_int_equal(s.got.len, 0);
	assert_int_equal(put(&s, 0, SIZE, "wrong"), 401);
	assert_int_equal(
	    get(&s, "/b/ff112233445566778899aabbccddeeff", 0, "right"), 404);
	assert_int_equal(get(&s, "/b/short", 0, "right"), 404);
	assert_int_equal(get(&s, "/", 0, "right"), 404);
	assert_int_equal(s.got.len, 0);
	assert_int_equal(get(&s, PATH, 0, "right"), 200);
	assert_int_equal(s.got.len, SIZE);
	scene_clear(&s);
}

/* Our own failure ends a transfer, is told, and spoils nothing that follows. */
static void
test_stopped(void **state)
{
	struct cs_net_transfer t = {
		.path = PATH,
		.token = "right",
		.length = SIZE,
		.total = SIZE,
		.move = stop,
	};
	struct scene s;

	(void)state;
	scene_init(&s);
	assert_err(cs_net_client_put(s.c, &t), CS_ERR_DISK_FULL);
	assert_int_equal(t.moved, 0);
	assert_int_equal(put(&s, 0, SIZE, "right"), 201);
	assert_err(cs_net_client_get(s.c, &t), CS_ERR_DISK_FULL);
	assert_int_equal(get(&s, PATH, 0, "right"), 200);
	assert_view_equal(cs_buf_view(&s.got), cs_view(s.bytes, SIZE));
	scene_clear(&s);
}

/* ---- a hub that sends us elsewhere -------------------------------------- */

static int elsewhere_port;

/* The answer to the request ${in}: a WebSocket if one is asked for (RFC 6455,
 * section 4.2.2), else a redirection. */
static void
answer_elsewhere(char out[static 300], const char *in)
{
	static const char head[] = "Sec-WebSocket-Key: ";
	unsigned char hash[20], accept[32];
	const char *key = strcasestr(in, head);
	char text[100];

	if (key == NULL) {
		snprintf(out, 300,
		    "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:%d/\r\n"
		    "Content-Length: 0\r\n\r\n",
		    elsewhere_port);
		return;
	}
	snprintf(text, sizeof text, "%.24s%s", key + strlen(head),
	    "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
	SHA1((const unsigned char *)text, strlen(text), hash);
	EVP_EncodeBlock(accept, hash, sizeof hash);
	snprintf(out, 300,
	    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
	    "Sec-WebSocket-Protocol: countersign.v1\r\n\r\n",
	    (const char *)accept);
}

static void
serve_elsewhere(struct net_world *w, int ready)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)w->port) };
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (SSL_CTX_use_certificate_chain_file(
		ctx, temp_path(&w->dir, "tls.pem")) != 1 ||
	    SSL_CTX_use_PrivateKey_file(
		ctx, temp_path(&w->dir, "tls.key"), SSL_FILETYPE_PEM) != 1 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    listen(fd, 10) != 0 || write(ready, "", 1) != 1)
		_exit(1);
	/* Connections stay: the child ends with the test. */
	for (;;) {
		SSL *ssl = SSL_new(ctx);
		char in[4096] = { 0 }, out[300];

		SSL_set_fd(ssl, accept(fd, NULL, NULL));
		if (SSL_accept(ssl) != 1 ||
		    SSL_read(ssl, in, sizeof in - 1) <= 0)
			continue;
		answer_elsewhere(out, in);
		SSL_write(ssl, out, (int)strlen(out));
	}
}

/* A hub cannot have us ask others, in whose network it is not. */
static void
test_redirect(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct pollfd elsewhere = { .events = POLLIN };
	struct scene s = { 0 };
	struct cs_net_transfer t = {
		.path = PATH,
		.token = "right",
		.move = take,
		.arg = &s,
	};
	struct cs_net_client_config config;
	socklen_t len = sizeof at;

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	elsewhere.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(elsewhere.fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(elsewhere.fd, 10), 0);
	assert_int_equal(
	    getsockname(elsewhere.fd, (struct sockaddr *)&at, &len), 0);
	elsewhere_port = ntohs(at.sin_port);
	net_fork(&s.w, serve_elsewhere, &good);
	config = net_client_config(&s.w);
	config.timeout_ms = 2000;
	assert_ok(cs_net_client_open(&s.c, &config));
	(void)!cs_net_client_get(s.c, &t);
	assert_int_not_equal(t.status, 200);
	assert_int_equal(s.got.len, 0);
	assert_int_equal(poll(&elsewhere, 1, 0), 0);
	close(elsewhere.fd);
	cs_net_client_close(s.c);
	net_world_clear(&s.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_parts),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
