/* SPDX-License-Identifier: MIT */
#include "hub/core/desk_keys.h"

#include "base/writer.h"
#include "crypto/init.h"
#include "support/hub_world.h"

#define SIGN CS_ROLE_DESK_SIGNING
#define SEAL CS_ROLE_DESK_HPKE

/* A file with certificates of ${first} and ${second}, good for ${seconds}. */
static void
make(struct cs_buf *out, const struct hub_world *w, enum cs_role first,
    enum cs_role second, uint64_t seconds)
{
	static const uint8_t a[CS_KEY_LEN] = { 9 }, b[CS_KEY_LEN] = { 8 };
	uint64_t now = w->hub->now_ms / CS_SECOND_MS;
	struct cs_buf one = { 0 }, other = { 0 };
	struct cs_writer writer = cs_writer(out);

	cs_buf_reset(out);
	assert_ok(cs_role_key_cert_make(
	    &one, first, a, now - 100, now + seconds, &w->operator.root));
	assert_ok(cs_role_key_cert_make(
	    &other, second, b, now - 100, now + seconds, &w->operator.root));
	cs_write_vec(&writer, cs_buf_view(&one));
	cs_write_vec(&writer, cs_buf_view(&other));
	assert_ok(cs_writer_end(&writer));
	cs_buf_free(&one);
	cs_buf_free(&other);
}

/* What does not verify leaves the desk as it was. */
static void
test_use(void **state)
{
	struct hub_world w;
	struct cs_buf good = { 0 }, file = { 0 };

	(void)state;
	hw_init(&w);
	make(&good, &w, SEAL, SIGN, 100);
	assert_false(w.hub->have_desk);
	make(&file, &w, SIGN, SEAL, 100);
	assert_true(hub_desk_certs_use(w.hub, cs_buf_view(&file)) != CS_OK);
	assert_false(w.hub->have_desk);
	assert_ok(hub_desk_certs_use(w.hub, cs_buf_view(&good)));
	assert_true(w.hub->have_desk);
	assert_int_equal(w.hub->desk_sign_public[0], 8);
	for (size_t i = 0; i < good.len; i += 7) {
		assert_ok(cs_buf_set(&file, cs_buf_view(&good)));
		file.data[i] ^= 1;
		assert_true(
		    hub_desk_certs_use(w.hub, cs_buf_view(&file)) != CS_OK);
		assert_int_equal(w.hub->desk_sign_public[0], 8);
	}
	for (size_t n = 0; n < good.len; n++)
		assert_true(
		    hub_desk_certs_use(w.hub, cs_view(good.data, n)) != CS_OK);
	w.hub->now_ms += 101 * CS_SECOND_MS;
	assert_err(
	    hub_desk_certs_use(w.hub, cs_buf_view(&good)), CS_ERR_EXPIRED);
	cs_buf_free(&w.hub->desk_seal_cert);
	cs_buf_free(&w.hub->desk_sign_cert);
	cs_buf_free(&good);
	cs_buf_free(&file);
	hw_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_use) };

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
