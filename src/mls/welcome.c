/* SPDX-License-Identifier: MIT */
#include "mls/welcome.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/aead.h"
#include "crypto/label.h"
#include "mls/change.h"
#include "mls/framing.h"

void
cs_mls_encrypted_secrets_read(
    struct cs_reader *r, struct cs_mls_encrypted_secrets *out)
{
	out->ref = cs_read_vec(r);
	cs_mls_ciphertext_read(r, &out->sealed);
}

void
cs_mls_welcome_read(struct cs_reader *r, struct cs_mls_welcome *out)
{
	struct cs_mls_encrypted_secrets entry;
	struct cs_reader sub;

	out->suite_id = cs_read_u16(r);
	out->secrets = cs_read_vec(r);
	out->n_secrets = 0;
	sub = cs_reader(out->secrets);
	for (; cs_reader_more(&sub); out->n_secrets++)
		cs_mls_encrypted_secrets_read(&sub, &entry);
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
	out->encrypted_group_info = cs_read_vec(r);
}

void
cs_mls_welcome_write(struct cs_writer *w, const struct cs_mls_welcome *welcome)
{
	cs_write_u16(w, welcome->suite_id);
	cs_write_vec(w, welcome->secrets);
	cs_write_vec(w, welcome->encrypted_group_info);
}

void
cs_mls_group_secrets_read(struct cs_reader *r, struct cs_mls_group_secrets *out)
{
	struct cs_mls_psk_id id;
	struct cs_reader sub;

	out->joiner_secret = cs_read_vec(r);
	out->path_secret = cs_view(NULL, 0);
	out->has_path_secret = cs_read_optional(r);
	if (out->has_path_secret)
		out->path_secret = cs_read_vec(r);
	out->psks = cs_read_vec(r);
	sub = cs_reader(out->psks);
	while (cs_reader_more(&sub))
		cs_mls_psk_id_read(&sub, &id);
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
}

void
cs_mls_group_secrets_write(
    struct cs_writer *w, const struct cs_mls_group_secrets *s)
{
	cs_write_vec(w, s->joiner_secret);
	cs_write_u8(w, s->has_path_secret);
	if (s->has_path_secret)
		cs_write_vec(w, s->path_secret);
	cs_write_vec(w, s->psks);
}

enum cs_err
cs_mls_welcome_open_secrets(struct cs_mls_group_secrets *out,
    struct cs_buf *plain, const struct cs_mls_welcome *welcome,
    const struct cs_suite *suite, struct cs_view ref,
    const struct cs_hpke_key *init)
{
	struct cs_reader list = cs_reader(welcome->secrets), r;
	struct cs_mls_encrypted_secrets entry;
	enum cs_err err;

	if (welcome->suite_id != suite->id)
		return CS_ERR_MISMATCH;
	do {
		if (!cs_reader_more(&list))
			return CS_ERR_NOT_FOUND;
		cs_mls_encrypted_secrets_read(&list, &entry);
	} while (!cs_view_equal(entry.ref, ref));
	if ((err = cs_decrypt_with_label(plain, suite, init,
		 &(struct cs_encrypt_label){
		     cs_view_str("Welcome"), welcome->encrypted_group_info },
		 &(struct cs_encrypted){
		     entry.sealed.kem_output, entry.sealed.ciphertext })))
		return err;
	r = cs_reader(cs_buf_view(plain));
	cs_mls_group_secrets_read(&r, out);
	if ((err = cs_reader_end(&r)))
		return err;
	if (out->joiner_secret.len != suite->hash_len ||
	    (out->has_path_secret && out->path_secret.len != suite->hash_len))
		return CS_ERR_FORMAT;
	return CS_OK;
}

/* Key and nonce of the GroupInfo in a Welcome. */
static enum cs_err
info_params(struct cs_mls_message_key *out, struct cs_aead_params *params,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk)
{
	struct cs_mls_welcome_secret welcome = { 0 };
	struct cs_view s = cs_view(welcome.b, suite->hash_len);
	const struct cs_view none = { NULL, 0 };
	enum cs_err err;

	if ((err = cs_mls_welcome_secret(&welcome, suite, joiner, psk)) ||
	    (err = cs_expand_with_label(out->key, suite->aead_key_len, suite, s,
		 cs_view_str("key"), none)) ||
	    (err = cs_expand_with_label(out->nonce, suite->aead_nonce_len,
		 suite, s, cs_view_str("nonce"), none)))
		goto out;
	*params = (struct cs_aead_params){
		.aead = suite->aead,
		.key = cs_view(out->key, suite->aead_key_len),
		.nonce = cs_view(out->nonce, suite->aead_nonce_len),
	};
out:
	cs_wipe(&welcome, sizeof welcome);
	return err;
}

enum cs_err
cs_mls_welcome_open_info(struct cs_mls_group_info *out, struct cs_buf *plain,
    const struct cs_mls_welcome *welcome, const struct cs_suite *suite,
    const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk)
{
	struct cs_mls_message_key key = { 0 };
	struct cs_aead_params params;
	struct cs_reader r;
	enum cs_err err;

	if ((err = info_params(&key, &params, suite, joiner, psk)) ||
	    (err = cs_aead_open(plain, &params, welcome->encrypted_group_info)))
		goto out;
	r = cs_reader(cs_buf_view(plain));
	cs_mls_group_info_read(&r, out);
	err = cs_reader_end(&r);
out:
	cs_wipe(&key, sizeof key);
	return err;
}

/* ---- making ------------------------------------------------------------- */

void
cs_mls_welcome_kit_clear(struct cs_mls_welcome_kit *kit)
{
	cs_buf_free(&kit->info);
	cs_buf_free(&kit->entries);
	cs_free_plain(kit->ends);
	*kit = (struct cs_mls_welcome_kit){ 0 };
}

/* What is the same for all who join. */
struct sealing {
	const struct cs_mls_welcome_input *in;
	const struct cs_suite *suite;
	struct cs_encrypt_context context; /* with the GroupInfo: hashed once */
	struct cs_buf psks;                /* content of the vector */
};

/* GroupSecrets for a member at ${leaf}, sealed to its init key. */
static enum cs_err
seal_secrets(struct cs_writer *w, const struct sealing *s,
    const struct cs_mls_key_package *kp, uint32_t leaf)
{
	const struct cs_mls_welcome_input *in = s->in;
	const struct cs_mls_change *c = in->change;
	uint32_t common = cs_mls_node_common(
	    cs_mls_leaf_to_node(c->committer), cs_mls_leaf_to_node(leaf));
	struct cs_mls_group_secrets gs = {
		.joiner_secret = cs_view(in->joiner->b, s->suite->hash_len),
		.psks = cs_buf_view(&s->psks),
	};
	struct cs_buf plain = { 0 }, kem = { 0 }, sealed = { 0 };
	struct cs_writer p = cs_writer(&plain);
	struct cs_mls_ciphertext ciphertext;
	struct cs_mls_hash ref;
	enum cs_err err;

	for (size_t k = 0; in->path != NULL && k < in->path->n; k++) {
		if (c->path.v[k].node != common)
			continue;
		gs.has_path_secret = true;
		gs.path_secret =
		    cs_view(in->path->secret[k].b, s->suite->hash_len);
	}
	cs_mls_group_secrets_write(&p, &gs);
	if ((err = cs_writer_end(&p)) ||
	    (err = cs_mls_key_package_ref(&ref, s->suite, kp)) ||
	    (err = cs_encrypt_to(&kem, &sealed, &s->context, kp->init_key,
		 cs_buf_view(&plain))))
		goto out;
	cs_write_vec(w, cs_mls_hash_view(&ref));
	ciphertext.kem_output = cs_buf_view(&kem);
	ciphertext.ciphertext = cs_buf_view(&sealed);
	cs_mls_ciphertext_write(w, &ciphertext);
out:
	cs_buf_free(&plain);
	cs_buf_free(&kem);
	cs_buf_free(&sealed);
	return err;
}

static enum cs_err
seal_info(struct cs_buf *out, const struct cs_suite *suite,
    const struct cs_mls_welcome_input *in)
{
	struct cs_mls_message_key key = { 0 };
	struct cs_aead_params params;
	enum cs_err err;

	if ((err = info_params(&key, &params, suite, in->joiner, in->psk)) ==
	    CS_OK)
		err = cs_aead_seal(out, &params, in->group_info);
	cs_wipe(&key, sizeof key);
	return err;
}

static enum cs_err
list_psks(struct cs_buf *out, const struct cs_mls_proposal_list *list)
{
	struct cs_writer w = cs_writer(out);

	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].valid.p.type == CS_MLS_PROPOSAL_PSK)
			cs_mls_psk_id_write(&w, &list->v[i].valid.p.psk);
	return cs_writer_end(&w);
}

enum cs_err
cs_mls_welcome_kit_make(
    struct cs_mls_welcome_kit *out, const struct cs_mls_welcome_input *in)
{
	struct sealing s = { .in = in, .suite = in->change->next.suite };
	struct cs_writer w = cs_writer(&out->entries);
	enum cs_err err;

	out->ends = cs_calloc(in->change->n_welcomed, sizeof *out->ends);
	if (out->ends == NULL)
		return CS_ERR_NOMEM;
	if ((err = seal_info(&out->info, s.suite, in)) ||
	    (err = list_psks(&s.psks, in->list)) ||
	    (err = cs_encrypt_context_init(&s.context, s.suite,
		 cs_view_str("Welcome"), cs_buf_view(&out->info))))
		goto out;
	for (size_t i = 0; i < in->list->n && err == CS_OK; i++) {
		const struct cs_mls_proposal *p = &in->list->v[i].valid.p;

		if (p->type != CS_MLS_PROPOSAL_ADD)
			continue;
		err = seal_secrets(&w, &s, &p->add, in->change->added[out->n]);
		out->ends[out->n++] = out->entries.len;
	}
	if (err == CS_OK)
		err = cs_writer_end(&w);
out:
	cs_buf_free(&s.psks);
	return err;
}

enum cs_err
cs_mls_welcome_kit_write(struct cs_buf *out,
    const struct cs_mls_welcome_kit *kit, const struct cs_suite *suite,
    size_t first, size_t n)
{
	struct cs_mls_welcome welcome = { .suite_id = suite->id };
	struct cs_writer w = cs_writer(out);
	size_t before = out->len, from;

	if (n == 0 || first >= kit->n || n > kit->n - first)
		return CS_ERR_MISUSE;
	from = first == 0 ? 0 : kit->ends[first - 1];
	welcome.secrets =
	    cs_view(kit->entries.data + from, kit->ends[first + n - 1] - from);
	welcome.encrypted_group_info = cs_buf_view(&kit->info);
	cs_mls_message_write(&w, CS_MLS_WIRE_WELCOME);
	cs_mls_welcome_write(&w, &welcome);
	return cs_mls_write_end(&w, before);
}
