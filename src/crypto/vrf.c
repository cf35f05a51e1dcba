/* SPDX-License-Identifier: MIT */
#include "crypto/vrf.h"

#include <sodium.h>
#include <string.h>

#include "base/writer.h"
#include "crypto/dleq.h"
#include "crypto/hash.h"

#define TRIES 256

_Static_assert(CS_VRF_KEY_LEN == CS_RISTRETTO_LEN, "key");
_Static_assert(
    CS_VRF_PROOF_LEN == CS_RISTRETTO_LEN + CS_DLEQ_PROOF_LEN, "proof");

enum cs_err
cs_vrf_key_derive(struct cs_vrf_key *out,
    const uint8_t seed[static CS_VRF_SEED_LEN], struct cs_view info)
{
	struct cs_buf text = { 0 };
	struct cs_writer w = cs_writer(&text);
	enum cs_err err;

	if (info.len > CS_VRF_INPUT_MAX)
		return CS_ERR_LIMIT;
	cs_write_bytes(&w, cs_view(seed, CS_VRF_SEED_LEN));
	cs_ristretto_piece(&w, info);
	cs_write_u8(&w, 0);
	err = cs_writer_end(&w);
	for (unsigned i = 0; err == CS_OK; i++) {
		if (i == TRIES) {
			err = CS_ERR_KEY;
			break;
		}
		text.data[text.len - 1] = (uint8_t)i;
		err = cs_ristretto_scalar(
		    out->private, cs_buf_view(&text), "DeriveKeyPair");
		/* Zero has no public half. */
		if (err == CS_OK &&
		    crypto_scalarmult_ristretto255_base(
			out->public, out->private) == 0)
			break;
	}
	cs_buf_free(&text);
	return err;
}

/* RFC 9497, section 3.3.2, Finalize, of an element that was not blinded. */
static enum cs_err
finalize(uint8_t output[static CS_VRF_OUTPUT_LEN], struct cs_view input,
    const uint8_t element[static CS_RISTRETTO_LEN])
{
	struct cs_buf text = { 0 };
	struct cs_writer w = cs_writer(&text);
	enum cs_err err;

	cs_ristretto_piece(&w, input);
	cs_ristretto_piece(&w, cs_view(element, CS_RISTRETTO_LEN));
	cs_write_bytes(&w, cs_view_str("Finalize"));
	if ((err = cs_writer_end(&w)) == CS_OK) {
		const struct cs_view whole = cs_buf_view(&text);

		err = cs_hash_parts(output, CS_SHA512, &whole, 1);
	}
	cs_buf_free(&text);
	return err;
}

enum cs_err
cs_vrf_prove(uint8_t output[static CS_VRF_OUTPUT_LEN],
    uint8_t proof[static CS_VRF_PROOF_LEN], const struct cs_vrf_key *key,
    struct cs_view input)
{
	struct cs_dleq claim;
	enum cs_err err;

	if (input.len > CS_VRF_INPUT_MAX)
		return CS_ERR_LIMIT;
	memcpy(claim.public, key->public, sizeof claim.public);
	if ((err = cs_ristretto_element(claim.element, input)))
		return err;
	if (crypto_scalarmult_ristretto255(
		claim.value, key->private, claim.element) != 0)
		return CS_ERR_KEY;
	memcpy(proof, claim.value, sizeof claim.value);
	if ((err = cs_dleq_prove(
		 proof + CS_RISTRETTO_LEN, &claim, key->private)))
		return err;
	return finalize(output, input, claim.value);
}

enum cs_err
cs_vrf_verify(uint8_t output[static CS_VRF_OUTPUT_LEN],
    const uint8_t public[static CS_VRF_KEY_LEN],
    const uint8_t proof[static CS_VRF_PROOF_LEN], struct cs_view input)
{
	struct cs_dleq claim;
	enum cs_err err;

	if (input.len > CS_VRF_INPUT_MAX)
		return CS_ERR_LIMIT;
	if (!cs_ristretto_is_element(public))
		return CS_ERR_KEY;
	memcpy(claim.public, public, sizeof claim.public);
	memcpy(claim.value, proof, sizeof claim.value);
	if ((err = cs_ristretto_element(claim.element, input)) ||
	    (err = cs_dleq_verify(proof + CS_RISTRETTO_LEN, &claim)))
		return err;
	return finalize(output, input, claim.value);
}
