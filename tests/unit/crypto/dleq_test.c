/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "crypto/dleq.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "support/test.h"

/* RFC 9497, appendix A.1.2, test vector 1. */
#define PRIVATE                                                                \
	"e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909"
#define PUBLIC                                                                 \
	"c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
#define NONCE "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e"
#define BLINDED                                                                \
	"863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"
#define EVALUATED                                                              \
	"aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"
#define PROOF                                                                  \
	"ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06"     \
	"6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d"

static uint8_t private[CS_RISTRETTO_LEN];
static struct cs_dleq claim;

static void
from_hex(uint8_t *out, size_t n, const char *hex)
{
	assert_ok(cs_unhex(out, n, hex));
}

static int
set_up(void **state)
{
	(void)state;
	assert_ok(cs_crypto_init());
	from_hex(private, sizeof private, PRIVATE);
	from_hex(claim.public, sizeof claim.public, PUBLIC);
	from_hex(claim.element, sizeof claim.element, BLINDED);
	from_hex(claim.value, sizeof claim.value, EVALUATED);
	return 0;
}

static void
fill_nonce(void *arg, uint8_t *out, size_t n)
{
	(void)arg;
	memset(out, 0, n);
	from_hex(out, 32, NONCE);
}

static void
test_vector(void **state)
{
	uint8_t expected[CS_DLEQ_PROOF_LEN], proof[CS_DLEQ_PROOF_LEN];

	(void)state;
	from_hex(expected, sizeof expected, PROOF);
	cs_random_replace(fill_nonce, NULL);
	assert_ok(cs_dleq_prove(proof, &claim, private));
	cs_random_replace(NULL, NULL);
	assert_memory_equal(proof, expected, sizeof proof);
	assert_ok(cs_dleq_verify(proof, &claim));
	/* With another nonce it is another proof, and as good. */
	assert_ok(cs_dleq_prove(proof, &claim, private));
	assert_memory_not_equal(proof, expected, sizeof proof);
	assert_ok(cs_dleq_verify(proof, &claim));
}

static void
test_lies(void **state)
{
	uint8_t proof[CS_DLEQ_PROOF_LEN], bad[CS_DLEQ_PROOF_LEN];
	struct cs_dleq other;

	(void)state;
	from_hex(proof, sizeof proof, PROOF);
	for (size_t i = 0; i < sizeof proof; i++) {
		memcpy(bad, proof, sizeof bad);
		bad[i] ^= 1;
		assert_err(cs_dleq_verify(bad, &claim), CS_ERR_SIGNATURE);
	}
	other = claim;
	memcpy(other.value, claim.element, sizeof other.value);
	assert_err(cs_dleq_verify(proof, &other), CS_ERR_SIGNATURE);
	other = claim;
	memcpy(other.element, claim.public, sizeof other.element);
	assert_err(cs_dleq_verify(proof, &other), CS_ERR_SIGNATURE);
	other = claim;
	memcpy(other.public, claim.value, sizeof other.public);
	assert_err(cs_dleq_verify(proof, &other), CS_ERR_SIGNATURE);
	other = claim;
	memset(other.value, 0, sizeof other.value);
	assert_err(cs_dleq_verify(proof, &other), CS_ERR_SIGNATURE);
	/* Of a key that is none. */
	assert_err(cs_dleq_prove(bad, &other, private), CS_ERR_KEY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
