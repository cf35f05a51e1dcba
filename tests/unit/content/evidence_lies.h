/* SPDX-License-Identifier: MIT */
/*
 * Bundles that a reporter changed and then
 * signed: of three items in two groups, one gap and one photo with its bytes.
 */
#pragma once

#include "unit/content/evidence_world.h"

/* Sign ${c}, whoever changed it, with the reporter's key. */
static inline void
ew_resign(struct cs_buf *out, struct ew *w, struct cs_csev *c)
{
	struct cs_buf auth = { 0 };

	c->auth = cs_view(NULL, 0);
	cs_buf_reset(out);
	assert_ok(cs_csev_write(out, c));
	assert_ok(cs_csev_sign(&auth, cs_buf_view(out),
	    cs_buf_view(&w->people[2].credential), &w->people[2].device_key));
	c->auth = cs_buf_view(&auth);
	cs_buf_reset(out);
	assert_ok(cs_csev_write(out, c));
	cs_buf_free(&auth);
}

/* What a reporter could add, leave out or turn around. */
enum lie {
	NO_LIE,
	KEY_TWICE,
	KEY_UNUSED,
	ROOT_TWICE,
	NO_ROOT,
	NO_DEVICE_CERT,
	NO_STAMP_CERT,
	GAP_BEFORE,
	GAP_TWICE,
	GAP_SHORT,
	GAP_WRONG,
	ITEMS_TURNED,
	ITEM_TWICE,
	MEDIA_MISSING,
	MEDIA_TOO_MANY,
	MEDIA_OTHER_FILE,
	MEDIA_OTHER_BYTES,
	LIES,
};

static inline void
lie_about_keys(struct cs_csev *c, enum lie lie)
{
	/* The root, then device and stamp key of the first item, ... */
	switch (lie) {
	case KEY_TWICE:
		c->keys[c->n_keys++] = c->keys[1];
		break;
	case KEY_UNUSED:
		c->keys[c->n_keys] = c->keys[1];
		c->keys[c->n_keys++].public[0] ^= 1;
		break;
	case ROOT_TWICE:
		c->keys[c->n_keys++] = c->keys[0];
		break;
	case NO_ROOT:
		c->keys[0] = c->keys[--c->n_keys];
		break;
	case NO_DEVICE_CERT:
		c->keys[1] = c->keys[--c->n_keys];
		break;
	case NO_STAMP_CERT:
		c->keys[2] = c->keys[--c->n_keys];
		break;
	default:
		break;
	}
}

static inline void
lie_about_order(struct cs_csev *c, enum lie lie)
{
	static uint8_t other[64];
	struct cs_csev_item item;

	switch (lie) {
	case GAP_BEFORE:
		c->gaps[c->n_gaps] = c->gaps[0];
		c->gaps[c->n_gaps].first_seq = 1;
		c->gaps[c->n_gaps++].leafhashes.len = 32;
		break;
	case GAP_TWICE:
		c->gaps[c->n_gaps++] = c->gaps[0];
		break;
	case GAP_SHORT:
		c->gaps[0].leafhashes.len = 32;
		break;
	case GAP_WRONG:
		memcpy(other, c->gaps[0].leafhashes.data + 32, 32);
		memcpy(other + 32, c->gaps[0].leafhashes.data, 32);
		c->gaps[0].leafhashes = CS_VIEW_OF(other);
		break;
	case ITEMS_TURNED:
		item = c->items[0];
		c->items[0] = c->items[2];
		c->items[2] = item;
		break;
	case ITEM_TWICE:
		c->items[3] = c->items[2];
		c->n_items = 4;
		break;
	default:
		break;
	}
}

static inline void
lie_about_media(struct cs_csev *c, enum lie lie)
{
	struct cs_csev_item *item = c->items;

	while (item->n_media == 0)
		item++;
	switch (lie) {
	case MEDIA_MISSING:
		item->n_media = 0;
		break;
	case MEDIA_TOO_MANY:
		item->media[item->n_media++] = item->media[0];
		break;
	case MEDIA_OTHER_FILE:
		item->media[0].has_bytes = item->media[0].has_key = false;
		item->media[0].plain_sha256[0] ^= 1;
		break;
	case MEDIA_OTHER_BYTES:
		item->media[0].has_key = false;
		item->media[0].bytes.len--;
		break;
	default:
		break;
	}
}

static const char *const lie_names[LIES] = {
	[NO_LIE] = "no lie",
	[KEY_TWICE] = "key twice",
	[KEY_UNUSED] = "key unused",
	[ROOT_TWICE] = "root twice",
	[NO_ROOT] = "no root",
	[NO_DEVICE_CERT] = "no device cert",
	[NO_STAMP_CERT] = "no stamp cert",
	[GAP_BEFORE] = "gap before",
	[GAP_TWICE] = "gap twice",
	[GAP_SHORT] = "gap short",
	[GAP_WRONG] = "gap wrong",
	[ITEMS_TURNED] = "items turned",
	[ITEM_TWICE] = "item twice",
	[MEDIA_MISSING] = "media missing",
	[MEDIA_TOO_MANY] = "media too many",
	[MEDIA_OTHER_FILE] = "media other file",
	[MEDIA_OTHER_BYTES] = "media other bytes",
};

static inline void
ew_lie(struct cs_csev *c, enum lie lie)
{
	lie_about_keys(c, lie);
	lie_about_order(c, lie);
	lie_about_media(c, lie);
}
