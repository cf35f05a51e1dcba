/* SPDX-License-Identifier: MIT */
/* countersign: a member's program. */
#include "programs/countersign/main.h"

#include <signal.h>
#include <string.h>

#include "cli/complete.h"
#include "cli/report_error.h"
#include "crypto/suite.h"
#include "programs/countersign/page_part.h"

static const struct cli_option options[] = {
	{ "home", 0, "DIR",
	    "the member's folder ($COUNTERSIGN_HOME, or ~/.countersign)" },
	{ "passphrase-file", 0, "FILE", "read the passphrase from a file" },
	{ 0 },
};

static const struct cli_option join_options[] = {
	{ "name", 0, "NAME", "the name to be known by: a-z 0-9 . _ -" },
	{ "passphrase", 0, NULL, "ask for a passphrase that locks the folder" },
	{ "keep-words", 0, NULL, "leave the recovery words on this device" },
	{ "proxy", 0, "URL",
	    "connect through socks5h://HOST:PORT or http://HOST:PORT" },
	{ 0 },
};
static const struct cli_option recover_options[] = {
	{ "name", 0, "NAME", "what this device is called in your list" },
	{ "words-file", 0, "FILE", "read the words from a file" },
	{ "remove-others", 0, NULL, "end all other devices of the account" },
	{ "passphrase", 0, NULL, "ask for a passphrase that locks the folder" },
	{ "proxy", 0, "URL",
	    "connect through socks5h://HOST:PORT or http://HOST:PORT" },
	{ 0 },
};
static const struct cli_option words_options[] = {
	{ "words-file", 0, "FILE", "read the words from a file" },
	{ 0 },
};
static const struct cli_option renew_options[] = {
	{ "words-file", 0, "FILE", "read the words of now from a file" },
	{ "keep-words", 0, NULL, "leave the new words on this device" },
	{ 0 },
};
static const struct cli_option keep_options[] = {
	{ "keep", 0, NULL, "leave them on this device" },
	{ 0 },
};
static const struct cli_option remove_options[] = {
	{ "since", 0, "YYYY-MM-DD",
	    "it was in other hands since then: remove what it let in" },
	{ "yes", 'y', NULL, "do not ask" },
	{ 0 },
};
static const struct cli_option send_options[] = {
	{ "photo", 0, "FILE",
	    "send a photo; place, camera and the like are removed" },
	{ "voice", 0, "FILE",
	    "send a recording (Ogg Opus or WAV) of up to 15 minutes; titles "
	    "and the like are removed" },
	{ "file", 0, "FILE", "send a file as it is, up to 100 MiB" },
	{ "as-is", 0, NULL,
	    "with --file: also a photo that tells where it was taken" },
	{ "reply", 0, "MESSAGE-ID", "answer this message" },
	{ "expires", 0, "TIME",
	    "let it vanish after 30m, 12h or 1d, on all devices" },
	{ "new", 0, NULL, "also to somebody you have not written to before" },
	{ 0 },
};
static const struct cli_option delete_options[] = {
	{ "for-all", 0, NULL,
	    "on everybody's devices; only your own messages" },
	{ "here", 0, NULL, "on this device alone; nobody is told" },
	{ 0 },
};
static const struct cli_option react_options[] = {
	{ "remove", 0, NULL, "take this reaction back" },
	{ 0 },
};
static const struct cli_option people_options[] = {
	{ "new", 0, NULL, "add people whom you have not accepted" },
	{ 0 },
};
static const struct cli_option inbox_options[] = {
	{ "all", 0, NULL, "all messages, not only new ones" },
	{ "json", 0, NULL, "for programs: one object a line" },
	{ 0 },
};
static const struct cli_option follow_options[] = {
	{ "json", 0, NULL, "for programs: one object a line" },
	{ 0 },
};
static const struct cli_option json_options[] = {
	{ "json", 0, NULL, "for programs" },
	{ 0 },
};
static const struct cli_option backup_options[] = {
	{ "output", 'o', "FILE", "where to write it; - is standard output" },
	{ "words", 0, NULL, "seal it under the recovery words" },
	{ "words-file", 0, "FILE", "read the words from a file" },
	{ "backup-passphrase-file", 0, "FILE",
	    "read the backup's passphrase from a file" },
	{ "force", 0, NULL, "replace the file that is there" },
	{ 0 },
};
static const struct cli_option restore_options[] = {
	{ "words-file", 0, "FILE", "read the words from a file" },
	{ "backup-passphrase-file", 0, "FILE",
	    "read the backup's passphrase from a file" },
	{ 0 },
};
static const struct cli_option passphrase_options[] = {
	{ "new-passphrase-file", 0, "FILE",
	    "read the new passphrase from a file" },
	{ 0 },
};
static const struct cli_option page_options[] = {
	{ "before", 0, "MESSAGE-ID", "what came before this message" },
	{ "most", 0, "N", "how many messages at most (50)" },
	{ "json", 0, NULL, "for programs: one object a line" },
	{ 0 },
};
static const struct cli_option alias_options[] = {
	{ "remove", 0, NULL, "take your name for it away" },
	{ 0 },
};
static const struct cli_option safety_options[] = {
	{ "accept-new", 0, NULL, "accept the new key" },
	{ 0 },
};
static const struct cli_option browser_options[] = {
	{ "port", 0, "PORT", "the port to listen on" },
	{ "no-browser", 0, NULL, "open no browser, only print the link" },
	{ 0 },
};
static const struct cli_option yes_options[] = {
	{ "yes", 'y', NULL, "do not ask" },
	{ 0 },
};
static const struct cli_option link_options[] = {
	{ "history", 0, NULL,
	    "let the messages from before go to it, if it asks for them" },
	{ "no-history", 0, NULL, "do not" },
	{ "yes", 'y', NULL, "do not ask" },
	{ 0 },
};
static const struct cli_option leave_options[] = {
	{ "yes", 0, NULL, "do not ask for the name" },
	{ 0 },
};
static const struct cli_option join_device_options[] = {
	{ "name", 0, "NAME", "what this device is called in your list" },
	{ "history", 0, NULL,
	    "ask for the messages from before; the other device has to agree" },
	{ "no-history", 0, NULL, "do not" },
	{ "passphrase", 0, NULL, "ask for a passphrase that locks the folder" },
	{ "proxy", 0, "URL",
	    "connect through socks5h://HOST:PORT or http://HOST:PORT" },
	{ 0 },
};
static const struct cli_option save_options[] = {
	{ "output", 'o', "FILE", "where to write it; - is standard output" },
	{ "force", 0, NULL, "replace what is there" },
	{ 0 },
};
static const struct cli_option repair_options[] = {
	{ "force", 0, NULL, "whoever is in it, whether or not it is needed" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option policy_options[] = {
	{ "add", 0, "WHO", "who adds people", "admins members" },
	{ "rename", 0, "WHO", "who renames the group", "admins members" },
	{ "timer", 0, "WHO", "who sets how long messages stay",
	    "admins members" },
	{ "announce", 0, "on|off", "only the owner and admins write",
	    "on off" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option group_link_options[] = {
	{ "new", 0, NULL, "make another, which ends the one before" },
	{ "off", 0, NULL, "end it, and what was asked by it" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option group_join_options[] = {
	{ "text", 0, "TEXT", "what the members should know: up to 400 bytes" },
	{ "take-back", 0, NULL, "do not ask any more" },
	{ 0 },
};
static const struct cli_option channel_new_options[] = {
	{ "title", 0, "TEXT", "what everybody sees it called" },
	{ "listed", 0, "on|off", "list it in the hub's directory", "on off" },
	{ "yes", 'y', NULL, "do not ask" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option channel_options[] = {
	{ "title", 0, "TEXT", "what everybody sees it called" },
	{ "listed", 0, "on|off", "list it in the hub's directory", "on off" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option post_options[] = {
	{ "photo", 0, "FILE",
	    "post a photo; place, camera and the like are removed" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option picture_options[] = {
	{ "none", 0, NULL, "take the picture away" },
	{ "output", 'o', "FILE", "where to write it; - is standard output" },
	{ "force", 0, NULL, "replace what is there" },
	{ 0 },
};
static const struct cli_option approve_options[] = {
	{ "new", 0, NULL, "also somebody whom you have not accepted" },
	{ 0 },
};
static const struct cli_option report_options[] = {
	{ "reason", 0, "CODE", "why; see below",
	    "trafficking child-abuse threat-to-life terrorism "
	    "recruitment-of-children intimate-images exposure harassment "
	    "fraud spam other" },
	{ "note", 0, "TEXT", "what the desk should know" },
	{ "with-name", 0, NULL, "let the desk know that it is you" },
	{ "yes", 'y', NULL, "do not ask" },
	{ 0 },
};
static const struct cli_option appeal_options[] = {
	{ "text", 0, "TEXT", "why the decision is wrong" },
	{ "file", 0, "FILE", "the same, from a file" },
	{ 0 },
};
static const struct cli_option export_options[] = {
	{ "output", 'o', "FILE", "where to write it; - is standard output" },
	{ "to-key", 0, "KEY", "seal it to this key: 64 hex digits" },
	{ "open", 0, NULL, "leave it readable for everybody" },
	{ "with-name", 0, NULL, "sign it, so that it shows who gives it" },
	{ "force", 0, NULL, "replace what is there" },
	{ 0 },
};

static const struct cli_option log_show_options[] = {
	{ "check", 0, NULL, "look at it now" },
	{ "json", 0, NULL, "one line of JSON" },
	{ 0 },
};
static const struct cli_option log_proof_options[] = {
	{ "output", 'o', "FILE", "where to write it; - is standard output" },
	{ "force", 0, NULL, "replace what is there" },
	{ 0 },
};

static int print_completion(const struct cli_args *args);

static const struct cli_command commands[] = {
	{ "join", "LINK --name NAME [--passphrase] [--keep-words]",
	    "join a hub with an invite link",
	    "Makes your keys and a sealed folder. The link pins the operator's "
	    "key, so nobody can put another hub in its place. Put the link in "
	    "quotes. Shows twelve recovery words, once: write them down.",
	    1, 1, join_options, cli_join },
	{ "recover", "[LINK] [--name NAME] [--remove-others] [--passphrase]",
	    "bring your account back with the recovery words",
	    "For when all devices are lost, or one that you have is in other "
	    "hands. LINK is what was shown with the words, or any invite link "
	    "of the hub. Asks for the words, or reads them from standard "
	    "input. Your contacts and conversations come back, the messages "
	    "do not. If it breaks off, run it again. Without LINK it renews "
	    "the certificates of this device, which last for five years: "
	    "other devices, and this one if the words are kept on it, renew "
	    "theirs by themselves, and a line in the inbox says where that "
	    "cannot be.",
	    0, 1, recover_options, cli_recover },
	{ "recovery show", "[--keep]",
	    "show the recovery words, if they are still here",
	    "They are forgotten once they are shown, unless you say --keep.", 0,
	    0, keep_options, cli_recovery_show },
	{ "recovery check", "[--words-file FILE]",
	    "see whether you wrote the recovery words down right", NULL, 0, 0,
	    words_options, cli_recovery_check },
	{ "recovery renew", "[--words-file FILE] [--keep-words]",
	    "get new recovery words, because somebody may have seen the old",
	    "Asks for the words of now, unless they are kept here. After that "
	    "they do nothing any more: no device comes in by them, and they "
	    "end none. Your devices stay, and so do your name and your safety "
	    "numbers. Shows the new words, once: write them down.",
	    0, 0, renew_options, cli_recovery_renew },
	{ "recovery keep", "[--words-file FILE]",
	    "keep the recovery words on this device",
	    "Devices that it lets in are then certified by the words "
	    "themselves. Whoever takes this device takes the account.",
	    0, 0, words_options, cli_recovery_keep },
	{ "recovery forget", "", "take the recovery words off this device",
	    NULL, 0, 0, NULL, cli_recovery_forget },
	{ "link", "[--history | --no-history] [--yes]",
	    "let another device of yours into the account",
	    "Shows a code, as text and as a QR code, that is good for ten "
	    "minutes and one device. Give it to \"join-device\" there, and "
	    "compare the check number on both screens before you agree. The "
	    "new device gets your contacts and your conversations, and can do "
	    "all that this one can, until you remove it. If it asks for the "
	    "messages from before, you are asked, too, or say --history or "
	    "--no-history; without a terminal it does not get them. They go "
	    "through the hub, sealed under a key that only the two devices "
	    "have, and what breaks off goes on with the next command on "
	    "either device.",
	    0, 0, link_options, cli_link },
	{ "join-device",
	    "CODE [--name NAME] [--history | --no-history] [--passphrase]",
	    "make this a device of an account that you have",
	    "CODE is what \"link\" shows on the other device. Put it "
	    "in quotes. If the command breaks off, run it again with "
	    "the same code. With --history, or if you say so when you are "
	    "asked, it gets the messages from before, if the other device "
	    "agrees.",
	    1, 1, join_device_options, cli_join_device },
	{ "devices", "[--json]", "list the devices of your account", NULL, 0, 0,
	    json_options, cli_devices },
	{ "device remove", "ID [--since YYYY-MM-DD] [--yes]",
	    "remove a device from your account",
	    "It is shut out at once: it can neither log in nor read what comes "
	    "after, and leaves every conversation. What it has received stays "
	    "on it. Devices that it let in stay, unless you say since when it "
	    "was in other hands; nothing that it lets in from now on counts. "
	    "The last device cannot be removed.",
	    1, 1, remove_options, cli_device_remove },
	{ "whoami", "[--json]", "show who you are and on which hub", NULL, 0, 0,
	    json_options, cli_whoami },
	{ "contacts", "[--json]", "list the people you know",
	    "Shows whom you accepted or blocked, and whose safety "
	    "number has changed.",
	    0, 0, json_options, cli_contacts },
	{ "safety-number", "NAME [--accept-new]",
	    "show the number to compare with somebody",
	    "The two of you see the same 60 digits unless somebody "
	    "stands in between. Compare them in person or by voice. "
	    "When the hub shows another key for somebody you know, "
	    "nothing is sent to it, and this shows the old and the "
	    "new number. Once you have compared the new number, "
	    "--accept-new accepts the new key on all your devices.",
	    1, 1, safety_options, cli_safety_number },
	{ "send",
	    "NAME TEXT | NAME - | NAME --photo FILE [CAPTION] | NAME --voice "
	    "FILE",
	    "send a message to somebody or to a group",
	    "NAME is somebody you have accepted or else a group: a name, in "
	    "any spelling, a name that you gave with \"alias\", or the "
	    "beginning of an id. Where two could be meant nothing is sent. "
	    "The first message to somebody new is asked about, unless you say "
	    "--new. "
	    "\"-\" reads the text from standard input. Prints the id of the "
	    "message. Without a connection the message waits and goes out with "
	    "the next command that has one. --file asks before it sends a "
	    "photo "
	    "or film that tells where, when or with what it was made; where "
	    "nobody can be asked, it sends such a file with --as-is only. "
	    "What you send with --expires vanishes on the devices of all, "
	    "counted from when the hub took it; whoever received it can keep "
	    "it by other means, and can report it for 30 days. Members whom "
	    "the text names, as in @bob, are told that it mentions them.",
	    1, 2, send_options, cli_send },
	{ "edit", "MESSAGE-ID TEXT", "change a message that you sent",
	    "Everybody sees the new text, and that it was edited. Whoever "
	    "received the message before can still report what it said, with "
	    "proof, for 30 days after it came. Its photo or file stays.",
	    2, 2, NULL, cli_edit },
	{ "delete", "MESSAGE-ID (--for-all | --here)", "take a message away",
	    "--for-all takes a message of yours off the devices of everybody, "
	    "who see that you did so. Whoever received it can still report "
	    "what it said, with proof, for 30 days after it came, and may "
	    "have kept it by other means. --here takes anybody's message off "
	    "this device, and nobody is told; you can report it by its id for "
	    "the same time.",
	    1, 1, delete_options, cli_delete },
	{ "react", "MESSAGE-ID EMOJI [--remove]", "react to a message",
	    "Everybody in the conversation sees it.", 2, 2, react_options,
	    cli_react },
	{ "timer", "GROUP|NAME TIME|off",
	    "let messages of a conversation vanish after a time",
	    "TIME is 30m, 12h, 1d and the like. It is for messages that "
	    "are sent from now on, by whomever; all members are told. A "
	    "group's policy says who may set it (everybody, if it is not "
	    "said otherwise). \"send --expires\" overrules it for one "
	    "message. What vanished can still be reported by its id, with "
	    "proof, for 30 days after it came.",
	    2, 2, NULL, cli_timer },
	{ "inbox", "[--all] [--json]", "show new messages",
	    "A message that does not verify is never shown; a line says that "
	    "it was refused, and why.",
	    0, 0, inbox_options, cli_inbox },
	{ "follow", "[--json]", "show messages as they come", NULL, 0, 0,
	    follow_options, cli_follow },
	{ "open", "CONVERSATION [--before MESSAGE-ID] [--most N] [--json]",
	    "show what was said in a conversation, page by page",
	    "The last page first; --before takes the id of its first message "
	    "to show the page before it. Needs no connection.",
	    1, 1, page_options, cli_conversation },
	{ "search", "WORD... [--json]", "find messages by their words",
	    "Shows the messages in which all of the words are, in whatever "
	    "case. Only what is on this device is searched, and nothing is "
	    "asked of the hub.",
	    1, 20, json_options, cli_search },
	{ "save", "MESSAGE-ID -o FILE [--force]",
	    "save the photo or file of a message",
	    "Nothing is written unless every hash matches. \"-o -\" writes to "
	    "standard output. Asks before it replaces a file.",
	    1, 1, save_options, cli_save },
	{ "group new", "GROUP NAME...", "make a group",
	    "The hub does not learn its name.", 2, -1, people_options,
	    cli_group_new },
	{ "group add", "GROUP NAME...", "add people to a group", NULL, 2, -1,
	    people_options, cli_group_add },
	{ "group remove", "GROUP NAME", "remove somebody from a group",
	    "The owner removes anybody, an admin those who have no role.", 2, 2,
	    NULL, cli_group_remove },
	{ "group rename", "GROUP NEW-NAME", "give a group another name",
	    "Everybody in it sees it, and who did it; the hub does not.", 2, 2,
	    NULL, cli_group_rename },
	{ "group picture", "GROUP (FILE | --none | -o FILE [--force])",
	    "give a group a picture, or save the one that it has",
	    "FILE is a photo, of which a small copy is sent without what the "
	    "camera added. Everybody in the group sees who changed the "
	    "picture; the hub does not see it. Who may rename the group may "
	    "do this. \"-o -\" writes to standard output. The hub keeps "
	    "files for 30 days; this device keeps a picture that it has "
	    "fetched.",
	    1, 2, picture_options, cli_group_picture },
	{ "group link", "GROUP [--new | --off] [--json]",
	    "show a link by which people ask to be let into a group",
	    "Makes it if there is none. Whoever has the link can ask, and "
	    "is in once a member who may add people agrees. The link does "
	    "not tell what the group is called. There is one at a time; all "
	    "members see who made or ended it. Removing somebody does not "
	    "end it: say --new if they should not be able to pass it on.",
	    1, 1, group_link_options, cli_group_link },
	{ "group join", "LINK [--text TEXT | --take-back]",
	    "ask to be let into a group",
	    "LINK is what a member gave you. Put it in quotes. The members "
	    "who may add people see your name and the text; the hub sees that "
	    "you asked, for which group, and not the text. The group is not a "
	    "request to you when they let you in, for you asked. An ask is "
	    "good for 14 days.",
	    1, 1, group_join_options, cli_group_join },
	{ "group asks", "[GROUP] [--json]",
	    "show who asks to be let into a group, or what you asked",
	    "With GROUP: those who wait for an answer of yours. Without: the "
	    "groups that you asked to be let into.",
	    0, 1, json_options, cli_group_asks },
	{ "group approve", "GROUP NAME [--new]",
	    "let somebody in who asks to be let into a group",
	    "Asks you, as a first message does, if you do not know them.", 2, 2,
	    approve_options, cli_group_approve },
	{ "group refuse", "GROUP NAME",
	    "do not let somebody in who asks to be let into a group",
	    "They see that it is over, and can ask again 14 days after they "
	    "did.",
	    2, 2, NULL, cli_group_refuse },
	{ "group role", "GROUP NAME owner|admin|member",
	    "give somebody a role in a group",
	    "Only the owner gives roles. A group has one owner: whoever makes "
	    "it, until they make somebody else the owner, and are an admin "
	    "then. Admins remove members and change the policy. When the owner "
	    "leaves, the admin of the longest standing takes the place, or "
	    "else a member.",
	    3, 3, NULL, cli_group_role },
	{ "group policy",
	    "GROUP [--add WHO] [--rename WHO] [--timer WHO] "
	    "[--announce on|off] [--json]",
	    "show or change what members of a group may do",
	    "WHO is \"admins\", who are the owner and the admins, or "
	    "\"members\", who are all. Only they can change it.",
	    1, 1, policy_options, cli_group_policy },
	{ "channel new",
	    "GROUP [--title TEXT] [--listed on|off] [--yes] [--json]",
	    "make a group that everybody can read, by a link",
	    "Makes the group if there is none of that name. Whoever has the "
	    "link reads, without an account, what you and the group's admins "
	    "publish, and sees your names; nothing else of the group. What is "
	    "published is no secret from the hub, and a copy of it stays "
	    "proof. The desk can close a channel, as any group, and says "
	    "why.",
	    1, 1, channel_new_options, cli_channel_new },
	{ "channel change", "GROUP [--title TEXT] [--listed on|off] [--json]",
	    "give a channel another title, or have it listed",
	    "There is a directory only where the operator has one.", 1, 1,
	    channel_options, cli_channel_change },
	{ "channel list", "[--json]", "show your channels and their links",
	    NULL, 0, 0, json_options, cli_channel_list },
	{ "channel post", "GROUP [TEXT | -] [--photo FILE] [--json]",
	    "say something in a channel, for everybody",
	    "Sends it to the group, then publishes it. \"-\" reads the text "
	    "from standard input.",
	    1, 2, post_options, cli_channel_post },
	{ "channel publish", "GROUP MESSAGE-ID [--json]",
	    "let everybody read a message that you sent",
	    "One of your own in that group, unchanged since, that does not "
	    "vanish.",
	    2, 2, json_options, cli_channel_publish },
	{ "channel drop", "GROUP MESSAGE-ID", "take a post off the page",
	    "It stays in the group; delete --for-all takes it back there.", 2,
	    2, NULL, cli_channel_drop },
	{ "channel end", "GROUP [--yes]", "end a channel, for good",
	    "Its posts go, and its page says that it has ended. The group "
	    "stays.",
	    1, 1, yes_options, cli_channel_end },
	{ "group leave", "GROUP|NAME", "leave a group or a conversation",
	    "You leave with all your devices, and read nothing more "
	    "of it. The others see that you left.",
	    1, 1, NULL, cli_group_leave },
	{ "group repair", "GROUP|NAME [--force] [--json]",
	    "enter a conversation anew that this device lost track of",
	    "A change that does not verify here, or that the hub held back, "
	    "ends what this device can read of a conversation. It enters "
	    "again by itself if only people are in it who were in it before; "
	    "the others are told. With --force it enters whoever is in it, "
	    "and also where nothing is wrong: look at who is there.",
	    1, 1, repair_options, cli_group_repair },
	{ "group list", "[--json]", "list conversations and who is in them",
	    NULL, 0, 0, json_options, cli_group_list },
	{ "requests", "[--json]",
	    "show first messages from people you don't know",
	    "Shows text only: no photo is fetched until you accept.", 0, 0,
	    json_options, cli_requests },
	{ "accept", "NAME", "let somebody write to you", NULL, 1, 1, NULL,
	    cli_accept },
	{ "block", "NAME", "keep somebody out",
	    "Also before they have written. They are not told. What they sent "
	    "before can still be reported.",
	    1, 1, NULL, cli_block },
	{ "alias", "NAME [YOUR-NAME | --remove]",
	    "give somebody, or a conversation, a name of your own",
	    "It stays on this device. You see it beside the other name, and "
	    "can use it in its place.",
	    1, 2, alias_options, cli_alias },
	{ "log show", "[--check] [--json]",
	    "what this device has seen of the hub's log",
	    "Each hub has a public log that commits to all that it stamps. "
	    "Your program compares it with what it saw before, with what the "
	    "programs of people you write with saw, and with each stamp, once "
	    "a minute at most; --check does it now. A hub that changes its "
	    "log, or shows different ones, is caught: then nothing is sent "
	    "before you say so, and the status is 1.",
	    0, 0, log_show_options, cli_log_show },
	{ "log proof", "--output FILE [--force]",
	    "write what shows that the hub was caught",
	    "Anybody can verify the file with countersign-verify, who has the "
	    "operator's key, and without asking the hub. It names no message "
	    "and no person.",
	    0, 0, log_proof_options, cli_log_proof },
	{ "log accept", "", "go on sending to a hub that was caught",
	    "Ask the operator first, and people who use the same hub. From "
	    "then on the log counts as the hub shows it.",
	    0, 0, NULL, cli_log_accept },
	{ "settings",
	    "unknown-senders refuse|request | receipts on|off | proxy URL|none",
	    "who may write to you, who sees what you read; a proxy",
	    "unknown-senders: refuse people you don't know, or let them ask. "
	    "receipts: tell people whom you have accepted what has come and "
	    "what you have read, in conversations of at most ten people, all "
	    "of whom you have accepted. Off until you say otherwise. "
	    "proxy: socks5h://127.0.0.1:9050 (Tor) or http://HOST:PORT, "
	    "with USER:PASSWORD@ before the host if it wants them. It is given "
	    "the name of the hub, which no resolver here learns, and sees no "
	    "more than any line does. It is kept in your folder. Without this "
	    "setting, ALL_PROXY, HTTPS_PROXY and NO_PROXY count; with \"none\" "
	    "nothing does. A hub whose name ends in .onion is reached through "
	    "Tor only.",
	    2, 2, NULL, cli_settings },
	{ "report",
	    "MESSAGE-ID... --reason CODE [--note TEXT] [--with-name] [--yes]",
	    "report messages to the desk, with proof",
	    "Shows exactly what will leave the device, then asks. Nothing else "
	    "of the conversation is sent. A message that was edited is sent "
	    "with all its versions, one that was deleted or has expired as it "
	    "was. The operator cannot read the report, "
	    "and the reported person is not told who made it. The desk is not "
	    "told your name, but a pseudonym, unless you say --with-name; it "
	    "can ask and answer you all the same.\n"
	    "Reasons: trafficking, child-abuse, threat-to-life, terrorism, "
	    "recruitment-of-children, intimate-images, exposure, harassment, "
	    "fraud, spam, other.",
	    1, 50, report_options, cli_report },
	{ "reports", "[--json]", "show what became of your reports",
	    "Also shows what the desk asks you about them.", 0, 0, json_options,
	    cli_reports },
	{ "reply", "REPORT-ID TEXT", "answer what the desk asks about a report",
	    "REPORT-ID is what \"reports\" shows. Your answer is "
	    "sealed so that only the report desk can read it.",
	    2, 2, NULL, cli_reply },
	{ "second-look", "REPORT-ID [TEXT]",
	    "ask the desk to look at a report again",
	    "You can ask once for each report, after the desk has "
	    "decided.",
	    1, 2, NULL, cli_second_look },
	{ "notices", "[--json]", "show what the desk decided about you",
	    "Works while the account is disabled. Only what the report desk "
	    "has signed is shown.",
	    0, 0, json_options, cli_notices },
	{ "appeal", "[ID] (--text TEXT | --file FILE)",
	    "object to a decision about you",
	    "ID is what \"notices\" shows; without it, you object to "
	    "the newest decision that you can object to. You can do "
	    "so once for each decision. The text is sealed so that "
	    "only the report desk can read it. Works while the "
	    "account is disabled.",
	    0, 1, appeal_options, cli_appeal },
	{ "export",
	    "-o FILE | MESSAGE-ID... -o FILE (--to-key KEY | --open)"
	    " [--with-name] [--force]",
	    "write your own data, or messages as evidence",
	    "Without a MESSAGE-ID: your messages, conversations, "
	    "contacts and devices, and what the hub has about you, "
	    "as JSON. It is not encrypted: keep it where only you "
	    "can read it. Works while the account is disabled.\nWith "
	    "a MESSAGE-ID: evidence that can be verified offline, "
	    "without your name unless you say --with-name. "
	    "Whoever can read it can show others what was written, "
	    "so seal it to the key of the person it is for.",
	    0, 50, export_options, cli_export },
	{ "backup",
	    "-o FILE [--words] [--backup-passphrase-file FILE] [--force]",
	    "keep a sealed copy of messages, contacts and reports",
	    "Under a passphrase that you choose or, with --words, under the "
	    "recovery words. It has no keys: it is restored on a device that "
	    "you have linked or recovered, and nobody becomes your device by "
	    "it. Photos and files are not in it.",
	    0, 0, backup_options, cli_backup },
	{ "restore", "FILE [--words-file FILE] [--backup-passphrase-file FILE]",
	    "bring messages, contacts and reports back from a backup",
	    "On a device of the same account: first \"join-device\" or "
	    "\"recover\". What is here already stays; all of it comes back "
	    "or nothing.",
	    1, 1, restore_options, cli_restore },
	{ "page", "[--port PORT] [--no-browser]",
	    "use the messenger in a browser of this machine",
	    "Prints a link that works once, and opens it if there is a "
	    "desktop. Nobody but this machine can reach the page. Other "
	    "commands can use the folder meanwhile. Ends with Ctrl-C.",
	    0, 0, browser_options, cli_page },
	{ "passphrase set", "[--new-passphrase-file FILE]",
	    "have the folder take a passphrase",
	    "At least 8 characters. Nobody can bring it back.", 0, 0,
	    passphrase_options, cli_passphrase_set },
	{ "passphrase change", "[--new-passphrase-file FILE]",
	    "change the passphrase of the folder",
	    "A copy of the folder from before still opens with the old one.", 0,
	    0, passphrase_options, cli_passphrase_change },
	{ "passphrase remove", "", "have the folder take no passphrase", NULL,
	    0, 0, NULL, cli_passphrase_remove },
	{ "passphrase limit", "N|off",
	    "destroy the folder after N wrong passphrases in a row",
	    "From 3 to 1000. It helps against somebody who tries on this "
	    "device; who copies the folder first tries as often as they like.",
	    1, 1, NULL, cli_passphrase_limit },
	{ "lock", "", "end what shows messages, until the passphrase is given",
	    NULL, 0, 0, NULL, cli_lock },
	{ "wipe", "[--yes]", "destroy everything in the folder, at once",
	    "The keys first, in less than a second, then the rest; needs no "
	    "passphrase and no connection. Flash memory may keep traces; "
	    "with a passphrase they open nothing. Your account and your "
	    "device's place in it stay.",
	    0, 0, yes_options, cli_wipe },
	{ "account leave", "[--yes]", "leave the hub for good",
	    "You leave with all your devices. The hub forgets your "
	    "devices and contacts; your name stays taken, and the "
	    "desk's decisions stay. What is on your devices stays "
	    "readable. First export what you want to keep. Works "
	    "while the account is disabled.",
	    0, 0, leave_options, cli_account_leave },
	{ "completion", "bash|zsh|fish", "print completion for a shell", NULL,
	    1, 1, NULL, print_completion },
	{ 0 },
};

static const struct cli_program countersign = {
	.name = "countersign",
	.summary = "private messages, provable reports",
	.details = "An end-to-end-encrypted messenger whose operator cannot "
		   "read a message, but in which whoever receives one can "
		   "report it with proof.",
	.options = options,
	.commands = commands,
	.exits = report_exits,
	.see_also = "countersign-verify(1), countersignd(1)",
};

static int
print_completion(const struct cli_args *args)
{
	if (!cli_completion(&countersign, cli_arg(args, 0)))
		return cli_fail(
		    CLI_USAGE, "There is completion for bash, zsh and fish.");
	return CLI_OK;
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "part") == 0)
		return page_part(argv[2]);
	return cli_main(&countersign, argc, argv);
}
