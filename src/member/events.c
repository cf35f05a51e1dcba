/* SPDX-License-Identifier: MIT */
#include "member/events.h"

/* The client tells of what takes time for all homes of a process, and this
 * layer has one. */
static struct cs_member *told;

static void
tell(struct cs_member *m, struct cs_json_writer *j)
{
	cs_json_close(j);
	if (m != NULL && m->config.event != NULL && cs_json_end(j) == CS_OK)
		m->config.event(m->config.arg, cs_buf_view(j->buf));
	cs_buf_free(j->buf);
}

static struct cs_json_writer
begin(struct cs_buf *text, const char *name)
{
	struct cs_json_writer j = cs_json_writer(text);

	cs_json_object(&j, NULL);
	cs_json_string(&j, "event", name);
	return j;
}

void
member_event(struct cs_member *m, const char *name)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = begin(&text, name);

	tell(m, &j);
}

void
member_event_number(const char *number)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = begin(&text, "check_number");

	cs_json_string(&j, "number", number);
	tell(told, &j);
}

void
member_event_progress(uint64_t done, uint64_t total)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = begin(&text, "progress");

	cs_json_number(&j, "done", done);
	cs_json_number(&j, "total", total);
	tell(told, &j);
}

static void
on_activity(enum cs_client_activity what, uint64_t done, uint64_t total)
{
	static const char *const names[] = {
		[CS_CLIENT_IDLE] = "idle",
		[CS_CLIENT_LOCKING] = "locking",
		[CS_CLIENT_CONNECTING] = "connecting",
		[CS_CLIENT_CONNECTING_AGAIN] = "connecting_again",
		[CS_CLIENT_ASKING] = "asking",
		[CS_CLIENT_WAITING] = "waiting",
		[CS_CLIENT_FETCHING] = "fetching",
	};
	struct cs_buf text = { 0 };
	struct cs_json_writer j = begin(&text, "activity");

	cs_json_string(&j, "what", names[what]);
	cs_json_number(&j, "done", done);
	cs_json_number(&j, "total", total);
	tell(told, &j);
}

void
member_events_begin(struct cs_member *m)
{
	told = m;
	cs_client_on_activity(m != NULL ? on_activity : NULL);
}
