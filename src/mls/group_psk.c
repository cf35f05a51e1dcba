/* SPDX-License-Identifier: MIT */
#include "mls/group_psk.h"

#include "mls/change.h"
#include "mls/group.h"

/* The resumption PSK of one of ${g}'s epochs, or NULL. */
static const struct cs_mls_resumption_psk *
resumption(const struct cs_mls_group *g, uint64_t epoch)
{
	if (epoch == g->pub.epoch && !g->ended)
		return &g->secrets.resumption;
	for (size_t i = 0; i < g->n_psks; i++)
		if (g->psks[i].epoch == epoch)
			return &g->psks[i].psk;
	return NULL;
}

/* Of the group ${g}, if it is meant. */
static enum cs_err
find_in(struct cs_buf *out, const struct cs_mls_group *g,
    const struct cs_mls_psk_id *id)
{
	const struct cs_mls_resumption_psk *psk;

	if (g == NULL || !cs_view_equal(id->id, cs_buf_view(&g->pub.group_id)))
		return CS_ERR_NOT_FOUND;
	psk = resumption(g, id->epoch);
	if (psk == NULL)
		return CS_ERR_NOT_FOUND;
	return cs_buf_add(out, cs_view(psk->b, g->pub.suite->hash_len));
}

static enum cs_err
find(struct cs_buf *out, const struct cs_mls_psk_id *id,
    const struct cs_mls_psk_sources *from)
{
	const struct cs_mls_psks *psks = &from->opt->psks;
	enum cs_err err = CS_ERR_NOT_FOUND;

	if (id->type == CS_MLS_PSK_RESUMPTION)
		err = find_in(out,
		    id->usage == CS_MLS_PSK_APP ? from->own : from->from, id);
	/* The successor's own rules (sections 11.2, 11.3) need the group. */
	if (err != CS_ERR_NOT_FOUND || psks->find == NULL ||
	    (id->type == CS_MLS_PSK_RESUMPTION && id->usage != CS_MLS_PSK_APP))
		return err;
	return psks->find(psks->arg, out, id);
}

static enum cs_err
mix(struct cs_mls_psk_mixer *m, const struct cs_mls_psk_id *id,
    const struct cs_mls_psk_sources *from)
{
	struct cs_buf psk = { 0 };
	enum cs_err err;

	if ((err = find(&psk, id, from)) == CS_OK)
		err = cs_mls_psk_mix(m, id, cs_buf_view(&psk));
	cs_buf_free(&psk);
	return err;
}

enum cs_err
cs_mls_list_psk_secret(struct cs_mls_psk_secret *out,
    const struct cs_suite *suite, const struct cs_mls_proposal_list *list,
    const struct cs_mls_psk_sources *from)
{
	struct cs_mls_psk_mixer m;
	enum cs_err err = CS_OK;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->v[i].valid.p.type == CS_MLS_PROPOSAL_PSK;
	m = cs_mls_psk_mixer(suite, n);
	for (size_t i = 0; i < list->n && err == CS_OK; i++)
		if (list->v[i].valid.p.type == CS_MLS_PROPOSAL_PSK)
			err = mix(&m, &list->v[i].valid.p.psk, from);
	*out = m.secret;
	cs_wipe(&m, sizeof m);
	return err;
}

enum cs_err
cs_mls_ids_psk_secret(struct cs_mls_psk_secret *out,
    const struct cs_suite *suite, struct cs_view ids,
    const struct cs_mls_psk_sources *from)
{
	struct cs_reader r = cs_reader(ids);
	struct cs_mls_psk_mixer m;
	struct cs_mls_psk_id id;
	enum cs_err err = CS_OK;
	size_t n = 0;

	for (; cs_reader_more(&r); n++)
		cs_mls_psk_id_read(&r, &id);
	if (n > UINT16_MAX)
		return CS_ERR_LIMIT;
	m = cs_mls_psk_mixer(suite, n);
	r = cs_reader(ids);
	while (cs_reader_more(&r) && err == CS_OK) {
		cs_mls_psk_id_read(&r, &id);
		if (id.nonce.len != suite->hash_len)
			err = CS_ERR_FORMAT;
		else
			err = mix(&m, &id, from);
	}
	*out = m.secret;
	cs_wipe(&m, sizeof m);
	return err;
}
