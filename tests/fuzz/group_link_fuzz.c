/* SPDX-License-Identifier: MIT */
/*
 * Links to groups.  The first byte, modulo 4: 0, a link that somebody pasted;
 * 1, a letter of somebody who has it, sealed here, so that what is inside is
 * reached; 2, what a Welcome brings of a group; 3, a picture in it.  What is
 * taken has one spelling, but for what may stand behind the third.
 */

#include <stdlib.h>
#include <string.h>

#include "client/home/client.h"
#include "client/home/room.h"
#include "client/joining/group_link.h"
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_link(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	char again[CS_CLIENT_CODE_SIZE];
	struct client_group_link link, same;

	fuzz_want(text != NULL);
	if (size != 0)
		memcpy(text, data, size);
	if (client_group_link_parse(&link, text) == CS_OK) {
		fuzz_want(link.port >= 1 && link.port <= 65535);
		client_group_link_write(again, &link);
		fuzz_want(client_group_link_parse(&same, again) == CS_OK);
		fuzz_want(memcmp(&link, &same, sizeof link) == 0);
		fuzz_want(strcmp(strchr(text, '#'), strchr(again, '#')) == 0);
	}
	free(text);
}

static void
fuzz_letter(struct cs_view plain)
{
	static const uint8_t secret[CS_GROUP_LINK_SECRET_LEN] = { 1 };
	struct cs_group_link link = { .ref = { 2 } };
	struct cs_hpke_key key;
	struct cs_group_ask ask;
	struct cs_identity who;
	struct cs_buf letter = { 0 }, opened = { 0 };
	uint8_t rendezvous[32];

	fuzz_want(cs_group_link_key(&key, secret) == CS_OK);
	memcpy(link.key, key.public, sizeof link.key);
	fuzz_want(cs_group_link_rendezvous(rendezvous, &link) == CS_OK);
	fuzz_want(
	    cs_hpke_seal_once(&letter, cs_suite_find(CS_SUITE_X25519_AES128),
		CS_VIEW_OF(link.key), cs_view_str("countersign/group-ask/v1"),
		CS_VIEW_OF(rendezvous), plain) == CS_OK);
	if (cs_group_ask_open(
		&ask, &opened, cs_buf_view(&letter), &link, &key) == CS_OK) {
		fuzz_want(ask.text.len <= CS_GROUP_ASK_TEXT_MAX);
		fuzz_want(ask.credential.len <= CS_CREDENTIAL_MAX);
		fuzz_want(plain.len % 512 == 0);
		/* Nobody's root certified it. */
		fuzz_want(cs_group_ask_check(&who, &ask, &link, link.ref, 0) !=
		    CS_OK);
	}
	cs_buf_free(&letter);
	cs_buf_free(&opened);
}

static void
fuzz_info(struct cs_view in)
{
	struct client_room_info info;
	struct cs_buf out = { 0 };

	if (client_room_info_parse(&info, in) == CS_OK) {
		fuzz_want(
		    info.link.len == 0 || info.link.len == CS_MIMI_LINK_LEN);
		fuzz_want(client_room_info_write(&out, &info) == CS_OK);
		fuzz_want(out.len <= in.len);
		fuzz_want(memcmp(out.data, in.data, out.len) == 0);
	}
	cs_buf_free(&out);
}

static void
fuzz_picture(struct cs_view in)
{
	struct cs_mimi_external picture;
	struct cs_buf out = { 0 };

	if (client_picture_parse(&picture, in) == CS_OK) {
		fuzz_want(client_picture_write(&out, &picture) == CS_OK);
		fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	}
	cs_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct cs_view rest;

	if (!ready)
		fuzz_want(cs_crypto_init() == CS_OK);
	ready = true;
	if (size == 0)
		return 0;
	rest = cs_view(data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		fuzz_link(rest.data, rest.len);
		break;
	case 1:
		fuzz_letter(rest);
		break;
	case 2:
		fuzz_info(rest);
		break;
	default:
		fuzz_picture(rest);
	}
	return 0;
}
