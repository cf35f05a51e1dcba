/* SPDX-License-Identifier: MIT */
#include "mls/proposal.h"

#include "mls/leaf_node.h"

void
cs_mls_proposal_body_read(struct cs_reader *r, enum cs_mls_proposal_type type,
    struct cs_mls_proposal *out)
{
	out->type = type;
	switch (type) {
	case CS_MLS_PROPOSAL_ADD:
		cs_mls_key_package_read(r, &out->add);
		break;
	case CS_MLS_PROPOSAL_UPDATE:
		cs_mls_leaf_read(r, &out->update);
		break;
	case CS_MLS_PROPOSAL_REMOVE:
		out->remove = cs_read_u32(r);
		break;
	case CS_MLS_PROPOSAL_PSK:
		cs_mls_psk_id_read(r, &out->psk);
		break;
	case CS_MLS_PROPOSAL_REINIT:
		out->reinit.group_id = cs_read_vec(r);
		out->reinit.version = cs_read_u16(r);
		out->reinit.suite_id = cs_read_u16(r);
		cs_mls_ext_list_read(r, &out->reinit.extensions);
		break;
	case CS_MLS_PROPOSAL_EXTERNAL_INIT:
		out->kem_output = cs_read_vec(r);
		break;
	case CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		cs_mls_ext_list_read(r, &out->extensions);
		break;
	case CS_MLS_PROPOSAL_APP_EPHEMERAL:
		out->ephemeral.component = cs_read_u16(r);
		out->ephemeral.data = cs_read_vec(r);
		break;
	case CS_MLS_PROPOSAL_SELF_REMOVE:
		break;
	default:
		cs_reader_fail(r, CS_ERR_UNSUPPORTED);
	}
}

void
cs_mls_proposal_body_write(struct cs_writer *w, const struct cs_mls_proposal *p)
{
	switch (p->type) {
	case CS_MLS_PROPOSAL_ADD:
		cs_mls_key_package_write(w, &p->add);
		break;
	case CS_MLS_PROPOSAL_UPDATE:
		cs_mls_leaf_write(w, &p->update);
		break;
	case CS_MLS_PROPOSAL_REMOVE:
		cs_write_u32(w, p->remove);
		break;
	case CS_MLS_PROPOSAL_PSK:
		cs_mls_psk_id_write(w, &p->psk);
		break;
	case CS_MLS_PROPOSAL_REINIT:
		cs_write_vec(w, p->reinit.group_id);
		cs_write_u16(w, p->reinit.version);
		cs_write_u16(w, p->reinit.suite_id);
		cs_mls_ext_list_write(w, &p->reinit.extensions);
		break;
	case CS_MLS_PROPOSAL_EXTERNAL_INIT:
		cs_write_vec(w, p->kem_output);
		break;
	case CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		cs_mls_ext_list_write(w, &p->extensions);
		break;
	case CS_MLS_PROPOSAL_APP_EPHEMERAL:
		cs_write_u16(w, p->ephemeral.component);
		cs_write_vec(w, p->ephemeral.data);
		break;
	case CS_MLS_PROPOSAL_SELF_REMOVE:
		break;
	}
}

void
cs_mls_proposal_read(struct cs_reader *r, struct cs_mls_proposal *out)
{
	const uint8_t *start = r->data;
	uint16_t type = cs_read_u16(r);

	*out = (struct cs_mls_proposal){ 0 };
	cs_mls_proposal_body_read(r, (enum cs_mls_proposal_type)type, out);
	out->raw = cs_mls_read_since(r, start);
}

void
cs_mls_proposal_write(struct cs_writer *w, const struct cs_mls_proposal *p)
{
	cs_write_u16(w, (uint16_t)p->type);
	cs_mls_proposal_body_write(w, p);
}

enum cs_err
cs_mls_proposal_parse(struct cs_mls_proposal *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	cs_mls_proposal_read(&r, out);
	return cs_reader_end(&r);
}
