/* SPDX-License-Identifier: MIT */
/* RFC 7748, section 6.2. */

#include "crypto/init.h"
#include "crypto/suite.h"
#include "crypto/x448.h"
#include "support/test.h"

#define SK_A                                                                   \
	"9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"             \
	"d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b"
#define PK_A                                                                   \
	"9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"             \
	"22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"
#define SK_B                                                                   \
	"1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d"             \
	"6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d"
#define PK_B                                                                   \
	"3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"             \
	"27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"
#define SHARED                                                                 \
	"07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"             \
	"b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d"

static void
test_vector(void **state)
{
	uint8_t a[CS_X448_LEN], b[CS_X448_LEN], out[CS_X448_LEN];

	(void)state;
	assert_ok(cs_x448_public(a, cs_test_unhex(SK_A).data));
	assert_view_equal(CS_VIEW_OF(a), cs_test_unhex(PK_A));
	assert_ok(cs_x448_public(b, cs_test_unhex(SK_B).data));
	assert_view_equal(CS_VIEW_OF(b), cs_test_unhex(PK_B));
	assert_ok(cs_x448(out, cs_test_unhex(SK_A).data, a, b));
	assert_view_equal(CS_VIEW_OF(out), cs_test_unhex(SHARED));
	assert_ok(cs_x448(out, cs_test_unhex(SK_B).data, b, a));
	assert_view_equal(CS_VIEW_OF(out), cs_test_unhex(SHARED));
}

static void
test_zero(void **state)
{
	uint8_t a[CS_X448_LEN], out[CS_X448_LEN], peer[CS_X448_LEN] = { 1 };

	(void)state;
	assert_ok(cs_x448_public(a, cs_test_unhex(SK_A).data));
	assert_err(cs_x448(out, cs_test_unhex(SK_A).data, a, peer), CS_ERR_KEY);
	peer[0] = 5;
	assert_ok(cs_x448(out, cs_test_unhex(SK_A).data, a, peer));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_zero),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
