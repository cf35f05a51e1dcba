/* SPDX-License-Identifier: MIT */
/* Key packages that we did not make. */
#pragma once

#include "crypto/label.h"
#include "mls/framing.h"
#include "mls/key_package.h"

/* Append ${kp} as an MLSMessage, leaf and all signed anew by ${key}. */
static inline enum cs_err
key_package_sign(struct cs_buf *out, const struct cs_mls_key_package *from,
    const struct cs_signer *key)
{
	const struct cs_mls_leaf_place nowhere = { { NULL, 0 }, 0 };
	struct cs_mls_key_package kp = *from;
	uint8_t signature[CS_SIG_MAX];
	size_t n;
	struct cs_buf leaf = { 0 }, tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs), w_out = cs_writer(out);
	struct cs_reader r;
	enum cs_err err;

	kp.leaf.signature_key = cs_signer_public(key);
	if ((err = cs_mls_leaf_sign(&leaf, &kp.leaf, nowhere, key)))
		goto out;
	r = cs_reader(cs_buf_view(&leaf));
	cs_mls_leaf_read(&r, &kp.leaf);
	kp.signature = cs_view(NULL, 0);
	cs_mls_key_package_write(&w, &kp);
	if ((err = cs_reader_end(&r)) || (err = cs_writer_end(&w)))
		goto out;
	tbs.len--; /* the empty signature */
	if ((err = cs_sign_with_label(signature, &n, key,
		 cs_view_str("KeyPackageTBS"), cs_buf_view(&tbs))))
		goto out;
	kp.signature = cs_view(signature, n);
	cs_mls_message_write(&w_out, CS_MLS_WIRE_KEY_PACKAGE);
	cs_mls_key_package_write(&w_out, &kp);
	err = cs_writer_end(&w_out);
out:
	cs_buf_free(&leaf);
	cs_buf_free(&tbs);
	return err;
}
