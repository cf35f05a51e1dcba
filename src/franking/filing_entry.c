/* SPDX-License-Identifier: MIT */
#include "franking/filing_entry.h"

enum cs_err
cs_filing_entry_write(struct cs_buf *out, const struct cs_receipt *receipt)
{
	struct cs_writer w = cs_tlog_entry_begin(out, CS_TLOG_NOTICE);

	cs_write_u64(&w, receipt->number);
	cs_write_u8(&w, receipt->what);
	cs_write_u8(&w, receipt->category);
	cs_write_u64(&w, receipt->about);
	cs_write_u64(&w, receipt->received_ms);
	cs_write_u64(&w, receipt->deadline_ms);
	cs_write_bytes(&w, CS_VIEW_OF(receipt->commitment));
	return cs_writer_end(&w);
}

enum cs_err
cs_filing_entry_parse(struct cs_receipt *out, struct cs_view entry)
{
	struct cs_reader r = cs_tlog_entry_open(entry, CS_TLOG_NOTICE);

	out->number = cs_read_u64(&r);
	out->what = cs_read_u8(&r);
	out->category = cs_read_u8(&r);
	out->about = cs_read_u64(&r);
	out->received_ms = cs_read_u64(&r);
	out->deadline_ms = cs_read_u64(&r);
	cs_read_copy(&r, out->commitment, sizeof out->commitment);
	out->hub = cs_view(NULL, 0);
	return cs_reader_end(&r);
}

enum cs_err
cs_filing_answered_write(
    struct cs_buf *out, const struct cs_filing_answered *answered)
{
	struct cs_writer w = cs_tlog_entry_begin(out, CS_TLOG_ANSWER);

	cs_write_u64(&w, answered->number);
	cs_write_u8(&w, answered->outcome);
	cs_write_u64(&w, answered->answered_ms);
	cs_write_u64(&w, answered->until_ms);
	cs_write_bytes(&w, CS_VIEW_OF(answered->commitment));
	return cs_writer_end(&w);
}

enum cs_err
cs_filing_answered_parse(struct cs_filing_answered *out, struct cs_view entry)
{
	struct cs_reader r = cs_tlog_entry_open(entry, CS_TLOG_ANSWER);

	out->number = cs_read_u64(&r);
	out->outcome = cs_read_u8(&r);
	out->answered_ms = cs_read_u64(&r);
	out->until_ms = cs_read_u64(&r);
	cs_read_copy(&r, out->commitment, sizeof out->commitment);
	return cs_reader_end(&r);
}

enum cs_err
cs_filing_overdue_write(
    struct cs_buf *out, uint64_t number, uint64_t deadline_ms)
{
	struct cs_writer w = cs_tlog_entry_begin(out, CS_TLOG_OVERDUE);

	cs_write_u64(&w, number);
	cs_write_u64(&w, deadline_ms);
	return cs_writer_end(&w);
}

enum cs_err
cs_filing_overdue_parse(
    uint64_t *number, uint64_t *deadline_ms, struct cs_view entry)
{
	struct cs_reader r = cs_tlog_entry_open(entry, CS_TLOG_OVERDUE);

	*number = cs_read_u64(&r);
	*deadline_ms = cs_read_u64(&r);
	return cs_reader_end(&r);
}
