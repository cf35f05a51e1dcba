/* SPDX-License-Identifier: MIT */
/* countersign-notice: notices to the desk of a hub, for those who file many. */

#include "cli/report_error.h"
#include "programs/notice/file.h"
#include "programs/notice/photos.h"
#include "programs/notice/place.h"
#include "programs/notice/status.h"

static const struct cli_option options[] = {
	{ "folder", 0, "DIR",
	    "where it keeps what it needs "
	    "(~/.countersign-notice)" },
	{ 0 },
};

static const struct cli_option init_options[] = {
	{ "authorities", 0, "FILE",
	    "the hub's page is meant, whose certificate is by one of these; "
	    "\"system\": by one that this machine believes" },
	{ 0 },
};

static const struct cli_option file_options[] = {
	{ "category", 0, "NAME",
	    "what it is about; without one, all are "
	    "listed" },
	{ "text", 0, "TEXT", "what happened" },
	{ "text-file", 0, "FILE", "the same; \"-\": standard input" },
	{ "law", 0, "TEXT", "which law or rule" },
	{ "name", 0, "TEXT", "who you are" },
	{ "contact", 0, "TEXT", "how to reach you" },
	{ "language", 0, "TAG", "in which the text is: en, ar, ..." },
	{ "child", 0, NULL, "a child is concerned" },
	{ "named", 0, NULL,
	    "if it is not answered in time, everybody may "
	    "see whose it is" },
	{ "good-faith", 0, NULL, "you believe that it is true and complete" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_option table_options[] = {
	{ "named", 0, NULL, "as for \"file\"" },
	{ "good-faith", 0, NULL, "as for \"file\"" },
	{ "json", 0, NULL, "for programs: a line for each" },
	{ 0 },
};

static const struct cli_option about_options[] = {
	{ "text", 0, "TEXT", "what is to be said" },
	{ "text-file", 0, "FILE", "the same; \"-\": standard input" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_option photos_options[] = {
	{ "text", 0, "TEXT", "what the desk should know" },
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_option json_options[] = {
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};

static const struct cli_command commands[] = {
	{ "init", "LINK [--authorities FILE]", "say which hub it is for",
	    "LINK is https://HOST[:PORT]#KEY, with the operator's key behind "
	    "the #, as in any link of the hub's: by it receipts are verified, "
	    "and, unless --authorities is given, who answers.",
	    1, 1, init_options, notice_place_make },
	{ "key", "", "make a key for an organisation, and print its half",
	    "With it notices are signed, of which then more are taken, and "
	    "hashes of photos can be handed in. The operator adds it to the "
	    "hub.",
	    0, 0, NULL, notice_place_key },
	{ "file", "PLACE|FILE... --category NAME --text TEXT --good-faith",
	    "file a notice",
	    "What is a file here goes along with it; anything else says where "
	    "it is: a link, the name of an account, a link to a group or "
	    "channel, a file's id, the hash of a photo. All of it is sealed to "
	    "the desk. Secret and receipt are kept in the folder.",
	    0, -1, file_options, notice_run_file },
	{ "table", "FILE --good-faith", "file a notice for each row of a CSV",
	    "The first line names the columns: category and text, and as you "
	    "need them places (several with blanks between them), law, child, "
	    "name, contact, language. A row that was filed is not filed again, "
	    "so that what broke off is said again.",
	    1, 1, table_options, notice_run_table },
	{ "status", "[NUMBER...] [--json]", "show what has become of them",
	    "Receipts and answers are verified, and that the public log has "
	    "them. The exit status is 1 if something is overdue, or was "
	    "answered late.",
	    0, -1, json_options, notice_run_status },
	{ "more", "NUMBER [FILE...] --text TEXT", "say more about a notice",
	    "As long as it is not answered.", 1, -1, about_options,
	    notice_run_more },
	{ "appeal", "NUMBER [FILE...] --text TEXT",
	    "appeal against the answer to a notice",
	    "Somebody who did not answer it decides, within 14 days (DSA, "
	    "article 20).",
	    1, -1, about_options, notice_run_appeal },
	{ "photos", "PHOTO|LIST...",
	    "have the desk look out for photos of a person at risk",
	    "Photos stay here: what they look like is hashed, and the hashes "
	    "are sealed to the desk. A LIST is what the hub's page for such "
	    "photos has saved. If somebody reports a photo that fits, the desk "
	    "looks at it first; nobody is told.",
	    1, -1, photos_options, notice_run_photos },
	{ "resend", "", "send what an earlier run could not",
	    "What is kept in pending/ is sent as it was: the hub takes it "
	    "once.",
	    0, 0, NULL, notice_run_resend },
	{ "verify", "RECEIPT [--json]", "verify a receipt",
	    "As the page of a hub saves it, a line of text.", 1, 1,
	    json_options, notice_run_verify },
	{ 0 },
};

int
main(int argc, char **argv)
{
	static const struct cli_program program = {
		.name = "countersign-notice",
		.summary = "files notices with a hub and follows them",
		.details =
		    "For organisations, and for everybody who tells a hub of "
		    "something illegal. Whatever is filed gets a receipt and "
		    "a deadline that nobody chose, and what is not answered "
		    "by then becomes public by itself.",
		.options = options,
		.commands = commands,
		.exits = report_exits,
		.see_also = "countersign-verify(1), countersign-desk(1)",
	};

	return cli_main(&program, argc, argv);
}
