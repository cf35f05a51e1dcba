/* SPDX-License-Identifier: MIT */
/* A home without a hub, and people to meet. */
#pragma once

#include "client/home/client.h"
#include "client/home/home.h"
#include "client/home/leaf.h"
#include "crypto/random.h"
#include "support/operator.h"
#include "support/temp_dir.h"

/* Somebody with one device; all that others see is in ${credential}. */
struct cw_person {
	uint8_t account[16], device[16];
	struct cs_sign_key account_key, device_key;
	struct cs_buf credential;
};

/* ${p} signs for what is in it, as ${handle}, from ${from_s} to ${to_s}. */
static inline void
cw_certify(
    struct cw_person *p, const char *handle, uint64_t from_s, uint64_t to_s)
{
	struct cs_device_cert cert = { .handle = cs_view_str(handle) };
	struct test_operator operator;

	memcpy(cert.account, p->account, 16);
	memcpy(cert.device, p->device, 16);
	memcpy(cert.public, p->device_key.public, 32);
	cert.not_before = from_s;
	cert.not_after = to_s;
	test_operator_init(&operator, cs_clock_ms() / CS_SECOND_MS);
	test_credential(&p->credential, &operator, & cert, &p->account_key);
	test_operator_clear(&operator);
}

static inline void
cw_person_init(struct cw_person *p, const char *handle)
{
	uint64_t now = cs_clock_ms() / 1000;

	memset(p, 0, sizeof *p);
	cs_random(p->account, sizeof p->account);
	cs_random(p->device, sizeof p->device);
	assert_ok(cs_sign_key_new(&p->account_key));
	assert_ok(cs_sign_key_new(&p->device_key));
	cw_certify(p, handle, now - 3600, now + 86400);
}

/* ${c} meets ${p}. */
static inline enum cs_err
cw_learn(struct cs_client *c, const struct cw_person *p)
{
	struct client_leaf_check check = { .c = c };

	return client_contact_learn(&check, cs_buf_view(&p->credential));
}

/* The home of ${p} at ${path}, as after a join. */
static inline struct cs_client *
cw_home(const char *path, const struct cw_person *p, const char *handle)
{
	struct test_operator operator;
	struct cs_client *c;

	test_operator_init(&operator, cs_clock_ms() / CS_SECOND_MS);
	assert_ok(client_home_new(&c, path, cs_view(NULL, 0)));
	strcpy(c->self.handle, handle);
	strcpy(c->self.hub, "hub.example");
	strcpy(c->self.host, "hub.example");
	c->self.port = 443;
	memcpy(c->self.account, p->account, 16);
	memcpy(c->self.device, p->device, 16);
	memcpy(c->self.root, operator.root.public, CS_KEY_LEN);
	test_operator_clear(&operator);
	memcpy(c->self.account_key, p->account_key.public, CS_KEY_LEN);
	memcpy(c->self.account_notes.b, p->account_key.seed, CS_KEY_LEN);
	c->self.device_key = p->device_key;
	assert_ok(cs_buf_set(&c->self.credential, cs_buf_view(&p->credential)));
	assert_ok(client_identity_save(c));
	assert_ok(
	    cs_vault_config_set(c->db, &c->key, "joined", cs_view_str("yes")));
	return c;
}
