/* SPDX-License-Identifier: MIT */
/* Bytes of a message of 100 bytes, part by part. */
#include <string.h>

#include "app/bench.h"
#include "content/mimi.h"

#define TEXT_LEN 100
/* TLS 1.3: record header, content type, tag; WebSocket: header, and the mask
 * of what a client sends. */
#define TLS_RECORD (5 + 1 + 16)
#define WS_SERVER 4
#define WS_CLIENT 8

void
bench_wire(const struct bench_options *o)
{
	struct bench_member a, b;
	struct cs_sign_key root, external;
	struct cs_buf message = { 0 }, body = { 0 }, frame = { 0 };
	struct cs_wire_submit submit = { 0 };
	struct cs_wire_fetch_answer fetched = { 0 };
	struct cs_wire_entry entry = { 0 };
	struct cs_mls_message_info info;
	struct cs_buf list = { 0 }, stamp = { 0 };
	struct cs_stamp s = { 0 };
	uint8_t text[TEXT_LEN];

	(void)o;
	memset(text, 'x', sizeof text);
	bench_must(cs_sign_key_new(&root), "key");
	bench_must(cs_sign_key_new(&external), "key");
	bench_member_init(&a, 1);
	bench_member_init(&b, 2);
	bench_pair(&a, &b, 2, root.public, "localhost", external.public, false);
	bench_send(&message, &a, "localhost", CS_VIEW_OF(text), &body);
	bench_must(cs_mls_message_peek(&info, cs_buf_view(&message)), "peek");
	bench_must(cs_stamp_write(&stamp, &s), "stamp");

	bench_section("Bytes of a message of 100 bytes");
	bench_value("text", TEXT_LEN, "bytes");
	bench_value("body: salt, sender, room, CBOR",
	    (double)body.len - TEXT_LEN, "bytes");
	bench_value("authenticated data: tag, frank, time",
	    (double)info.authenticated_data.len, "bytes");
	bench_value("MLS: header, signature, padding to 256, tags",
	    (double)(message.len - info.authenticated_data.len - body.len),
	    "bytes");
	bench_ratio("the MLS message", (double)message.len, "bytes", "text",
	    TEXT_LEN, 0);

	submit.group_id = info.group_id;
	submit.message = cs_buf_view(&message);
	bench_must(cs_wire_frame_head(&frame, CS_WIRE_SUBMIT, 1), "frame");
	bench_must(
	    cs_wire_write(&frame, &cs_wire_submit_shape, &submit), "frame");
	bench_ratio("sent: frame, WebSocket, TLS",
	    (double)(frame.len + WS_CLIENT + TLS_RECORD), "bytes", "text",
	    TEXT_LEN, 0);

	cs_buf_reset(&frame);
	entry.stamp = cs_buf_view(&stamp);
	entry.message = cs_buf_view(&message);
	bench_must(cs_wire_list_add(
		       &list, &fetched.entries.n, &cs_wire_entry_shape, &entry),
	    "entry");
	fetched.entries.raw = cs_buf_view(&list);
	bench_must(cs_wire_frame_head(&frame, CS_WIRE_ANSWER, 1), "frame");
	bench_must(cs_wire_write(&frame, &cs_wire_fetch_answer_shape, &fetched),
	    "frame");
	bench_ratio("delivered: entry with stamp, frame, WebSocket, TLS",
	    (double)(frame.len + WS_SERVER + TLS_RECORD), "bytes", "text",
	    TEXT_LEN, 0);
	bench_ratio("of it for the proof: tag, frank, stamp",
	    (double)(info.authenticated_data.len + stamp.len), "bytes",
	    "FRANKING's prototype, bytes", 243, 0);
	cs_buf_free(&message);
	cs_buf_free(&body);
	cs_buf_free(&frame);
	cs_buf_free(&list);
	cs_buf_free(&stamp);
	bench_member_clear(&a);
	bench_member_clear(&b);
}
