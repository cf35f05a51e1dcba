/* SPDX-License-Identifier: MIT */
#include "franking/sender.h"

#include <string.h>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/label.h"

enum cs_err
cs_franking_tag(uint8_t out[static 32],
    const uint8_t salt[static CS_FRANK_SALT_LEN],
    struct cs_view application_data)
{
	return cs_hmac_parts(out, CS_SHA256, cs_view(salt, CS_FRANK_SALT_LEN),
	    &application_data, 1);
}

enum cs_err
cs_franking_tag_check(const uint8_t tag[static 32],
    const uint8_t salt[static CS_FRANK_SALT_LEN],
    struct cs_view application_data)
{
	uint8_t want[32];
	enum cs_err err = cs_franking_tag(want, salt, application_data);

	if (err)
		return err;
	return cs_equal_ct(want, tag, sizeof want) ? CS_OK : CS_ERR_TAG;
}

static enum cs_err
write_tbs(struct cs_buf *out, const struct cs_sender_frank *f)
{
	struct cs_writer w = cs_writer(out);

	cs_write_bytes(&w, CS_VIEW_OF(f->tag));
	cs_write_bytes(&w, CS_VIEW_OF(f->group_ref));
	cs_write_u64(&w, f->epoch);
	cs_write_u32(&w, f->leaf);
	cs_write_bytes(&w, CS_VIEW_OF(f->account));
	cs_write_bytes(&w, CS_VIEW_OF(f->device));
	cs_write_u64(&w, f->sender_seq);
	cs_write_u64(&w, f->claimed_ms);
	return cs_writer_end(&w);
}

/* draft-ietf-mls-extensions, ComponentOperationLabel: base label, component
 * id, label; "MLS 1.0 " is put in front by SignWithLabel. */
static enum cs_err
write_label(struct cs_buf *out)
{
	struct cs_writer w = cs_writer(out);

	cs_write_vec(&w, cs_view_str("Application"));
	cs_write_u16(&w, CS_COMPONENT_SENDER_FRANK);
	cs_write_vec(&w, cs_view_str("SenderFrank"));
	return cs_writer_end(&w);
}

enum cs_err
cs_sender_sign(uint8_t sig[static CS_SIGNATURE_LEN],
    const struct cs_sender_frank *frank, const struct cs_sign_key *leaf_key)
{
	struct cs_buf tbs = { 0 }, label = { 0 };
	struct cs_signer *signer = NULL;
	uint8_t out[CS_SIG_MAX];
	size_t n = 0;
	enum cs_err err;

	if ((err = write_tbs(&tbs, frank)) == CS_OK &&
	    (err = write_label(&label)) == CS_OK &&
	    (err = cs_signer_from_ed25519(&signer, leaf_key)) == CS_OK)
		err = cs_sign_with_label(
		    out, &n, signer, cs_buf_view(&label), cs_buf_view(&tbs));
	if (err == CS_OK)
		memcpy(sig, out, CS_SIGNATURE_LEN);
	cs_signer_free(signer);
	cs_buf_free(&tbs);
	cs_buf_free(&label);
	return err;
}

enum cs_err
cs_sender_verify(const struct cs_sender_frank *frank,
    struct cs_view leaf_public, struct cs_view sig)
{
	struct cs_buf tbs = { 0 }, label = { 0 };
	enum cs_err err;

	if ((err = write_tbs(&tbs, frank)) == CS_OK &&
	    (err = write_label(&label)) == CS_OK)
		err = cs_verify_with_label(CS_ED25519, leaf_public,
		    cs_buf_view(&label), cs_buf_view(&tbs), sig);
	cs_buf_free(&tbs);
	cs_buf_free(&label);
	return err;
}
