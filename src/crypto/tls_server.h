/* SPDX-License-Identifier: MIT */
/*
 * The server's end of TLS 1.3 (RFC 8446) on a socket that does not block, and
 * what is done with a session of either end.
 *
 * Whoever has a session waits until the socket can be read or written, as the
 * last call asked for, and calls again.  An idle session holds no buffers.
 */
#pragma once

#include "crypto/tls_key.h"
#include "crypto/tls_ticket_key.h"

struct cs_tls_server;
struct cs_tls;

enum cs_tls_io {
	CS_TLS_DONE,
	CS_TLS_WANT_READ,
	CS_TLS_WANT_WRITE,
	CS_TLS_OVER, /* closed by the other side, or broken */
};

/* A chain and its key from PEM files; CS_ERR_IO when they cannot be read or do
 * not belong together. */
CS_CHECKED enum cs_err cs_tls_server_new(
    struct cs_tls_server **out, const char *chain_path, const char *key_path);
/*
 * A chain, the leaf first, from PEM, whose key is elsewhere: ${sign} is called
 * with ${arg} in each handshake that is not a resumed one, from within
 * cs_tls_handshake().  An error of it ends that session.  CS_ERR_FORMAT: there
 * is no certificate, or one is broken; CS_ERR_UNSUPPORTED: the leaf's key is
 * not one of P-256, or OpenSSL finds a certificate too weak;
 * CS_ERR_LIMIT: longer than 64 KiB; CS_ERR_CRYPTO, CS_ERR_NOMEM.
 */
CS_CHECKED enum cs_err cs_tls_server_new_remote(struct cs_tls_server **out,
    struct cs_view chain_pem, cs_tls_remote_sign *sign, void *arg);
/* After its sessions. */
void cs_tls_server_free(struct cs_tls_server *s);

/*
 * Give out a ticket in each handshake, for two hours, and let whoever brings
 * one resume, without a signature, but with a key exchange (psk_dhe_ke) and
 * without early data.  ${before}, or NULL, is the key until now: its tickets
 * are still taken.  To be called anew when the keys change.  Before the first
 * call there are no tickets.  Servers with the same keys take each other's.
 * CS_ERR_CRYPTO, CS_ERR_NOMEM
 */
CS_CHECKED enum cs_err cs_tls_server_tickets(struct cs_tls_server *s,
    const uint8_t now[static CS_TLS_TICKET_KEY_LEN], const uint8_t *before);

/* A session on ${fd}, which stays the caller's. */
CS_CHECKED enum cs_err cs_tls_accept(
    struct cs_tls **out, struct cs_tls_server *s, int fd);
void cs_tls_free(struct cs_tls *t);

enum cs_tls_io cs_tls_handshake(struct cs_tls *t);
/* After the handshake: it went on from a ticket. */
bool cs_tls_resumed(const struct cs_tls *t);
/* At most ${n} bytes into ${out}; ${*got} of them are there after
 * CS_TLS_DONE, at least one. */
enum cs_tls_io cs_tls_read(
    struct cs_tls *t, uint8_t *out, size_t n, size_t *got);
/* Bytes have come that cs_tls_read() would give without the socket. */
bool cs_tls_pending(const struct cs_tls *t);
/* As much of ${bytes} as the socket takes, in as few records as they need:
 * ${*put} after CS_TLS_DONE.  After CS_TLS_WANT_*, the next call has to begin
 * with the same bytes, wherever they lie. */
enum cs_tls_io cs_tls_write(
    struct cs_tls *t, struct cs_view bytes, size_t *put);
/* Say that nothing more will come, if the socket takes it. */
void cs_tls_bye(struct cs_tls *t);

/* See cs_tls_exporter(); no two sessions have the same, resumed or not. */
CS_CHECKED enum cs_err cs_tls_server_exporter(
    uint8_t out[static 32], struct cs_tls *t);
