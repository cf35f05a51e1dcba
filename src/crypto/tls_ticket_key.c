/* SPDX-License-Identifier: MIT */
#include "crypto/tls_ticket_key.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"

#define NAME_LEN 16
#define CIPHER_KEY_LEN 32
#define MAC_KEY_LEN 32
#define IV_LEN 16

/* What OpenSSL's callback is to return. */
#define NO_SUCH_KEY 0
#define MADE 1
/* RFC 8446, appendix C.4: a client uses a ticket once.  It gets another. */
#define TAKEN_AND_RENEWED 2
#define FAILED (-1)

struct ticket_key {
	uint8_t name[NAME_LEN];
	uint8_t cipher[CIPHER_KEY_LEN];
	uint8_t mac[MAC_KEY_LEN];
};
_Static_assert(
    sizeof(struct ticket_key) == CS_TLS_TICKET_KEY_LEN, "a key is its bytes");

struct cs_tls_ticket_keys {
	EVP_CIPHER *cipher;
	struct ticket_key now, before;
	bool has_before;
};

static int keys_index = -1;

enum cs_err
cs_tls_ticket_keys_new(struct cs_tls_ticket_keys **out)
{
	struct cs_tls_ticket_keys *keys = cs_calloc(1, sizeof *keys);

	*out = NULL;
	if (keys == NULL)
		return CS_ERR_NOMEM;
	if (keys_index < 0)
		keys_index =
		    SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	keys->cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	if (keys->cipher == NULL || keys_index < 0) {
		cs_tls_ticket_keys_free(keys);
		return CS_ERR_CRYPTO;
	}
	*out = keys;
	return CS_OK;
}

void
cs_tls_ticket_keys_free(struct cs_tls_ticket_keys *keys)
{
	if (keys == NULL)
		return;
	EVP_CIPHER_free(keys->cipher);
	cs_free(keys, sizeof *keys);
}

void
cs_tls_ticket_keys_set(struct cs_tls_ticket_keys *keys,
    const uint8_t now[static CS_TLS_TICKET_KEY_LEN], const uint8_t *before)
{
	memcpy(&keys->now, now, sizeof keys->now);
	keys->has_before = before != NULL;
	if (before != NULL)
		memcpy(&keys->before, before, sizeof keys->before);
	else
		cs_wipe(&keys->before, sizeof keys->before);
}

static int
mac_init(EVP_MAC_CTX *mac, const struct ticket_key *key)
{
	uint8_t bytes[MAC_KEY_LEN];
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_octet_string(
		    OSSL_MAC_PARAM_KEY, bytes, sizeof bytes),
		OSSL_PARAM_utf8_string(
		    OSSL_MAC_PARAM_DIGEST, digest, sizeof digest - 1),
		OSSL_PARAM_END,
	};
	int ok;

	memcpy(bytes, key->mac, sizeof bytes);
	ok = EVP_MAC_CTX_set_params(mac, params);
	cs_wipe(bytes, sizeof bytes);
	return ok == 1;
}

static int
make_ticket(struct cs_tls_ticket_keys *keys, unsigned char *name,
    unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
	memcpy(name, keys->now.name, NAME_LEN);
	cs_random(iv, IV_LEN);
	if (EVP_EncryptInit_ex2(
		cipher, keys->cipher, keys->now.cipher, iv, NULL) != 1 ||
	    !mac_init(mac, &keys->now))
		return FAILED;
	return MADE;
}

static int
take_ticket(struct cs_tls_ticket_keys *keys, const unsigned char *name,
    const unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac)
{
	const struct cs_view wanted = cs_view(name, NAME_LEN);
	const struct ticket_key *key = NULL;

	if (cs_view_equal(wanted, CS_VIEW_OF(keys->now.name)))
		key = &keys->now;
	else if (keys->has_before &&
	    cs_view_equal(wanted, CS_VIEW_OF(keys->before.name)))
		key = &keys->before;
	if (key == NULL)
		return NO_SUCH_KEY;
	if (EVP_DecryptInit_ex2(cipher, keys->cipher, key->cipher, iv, NULL) !=
		1 ||
	    !mac_init(mac, key))
		return FAILED;
	return TAKEN_AND_RENEWED;
}

static int
on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int making)
{
	struct cs_tls_ticket_keys *keys =
	    SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), keys_index);

	return making ? make_ticket(keys, name, iv, cipher, mac)
		      : take_ticket(keys, name, iv, cipher, mac);
}

enum cs_err
cs_tls_ticket_keys_use_on(struct cs_tls_ticket_keys *keys, void *ssl_ctx)
{
	SSL_CTX_set_timeout(ssl_ctx, CS_TLS_TICKET_LIFE_S);
	if (SSL_CTX_set_ex_data(ssl_ctx, keys_index, keys) != 1 ||
	    SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl_ctx, on_ticket) != 1 ||
	    SSL_CTX_set_num_tickets(ssl_ctx, 1) != 1)
		return CS_ERR_CRYPTO;
	return CS_OK;
}
