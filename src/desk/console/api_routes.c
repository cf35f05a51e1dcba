/* SPDX-License-Identifier: MIT */
/* Every request that the console answers, and who may make it. */
#include "desk/console/api_routes.h"

#include "desk/console/api_audit.h"
#include "desk/console/api_cases.h"
#include "desk/console/api_passkey.h"
#include "desk/console/api_people.h"
#include "desk/console/api_photos.h"
#include "desk/console/api_policy.h"
#include "desk/console/api_session.h"
#include "desk/console/call.h"
#include "desk/console/events.h"
#include "desk/console/openapi.h"
#include "desk/people/sign_in.h"

#define R CS_DESK_SCOPE_READ
#define W CS_DESK_SCOPE_WORK
#define D CS_DESK_SCOPE_DECIDE
#define A CS_DESK_SCOPE_ADMIN

/* clang-format off: a table */
const struct api_route api_routes[] = {
	{ "POST", "/session", API_ANYBODY, 0, api_sign_in, "sign in",
	    "name password code", "Session" },
	{ "GET", "/session", API_ALL | API_LOCKED | API_NO_TOKEN, 0,
	    api_session_get, "who is signed in", "", "Session" },
	{ "DELETE", "/session", API_ALL | API_LOCKED | API_NO_TOKEN, 0,
	    api_sign_out, "sign out", "", "" },
	{ "POST", "/session/lock", API_ALL | API_LOCKED | API_NO_TOKEN, 0,
	    api_lock, "lock the session", "", "" },
	{ "POST", "/session/unlock", API_ALL | API_LOCKED | API_NO_TOKEN, 0,
	    api_unlock, "unlock it", "password", "Session" },
	{ "POST", "/session/passkey/challenge", API_ANYBODY, 0, api_passkey_ask,
	    "what a passkey has to sign", "", "PasskeyAsked" },
	{ "POST", "/session/passkey", API_ANYBODY, 0, api_passkey_sign_in,
	    "sign in with it",
	    "challenge id handle client_data data signature", "Session" },
	{ "POST", "/session/unlock/passkey/challenge",
	    API_ALL | API_LOCKED | API_NO_TOKEN, 0, api_passkey_unlock_ask,
	    "what a passkey has to sign to unlock it", "", "PasskeyAsked" },
	{ "POST", "/session/unlock/passkey",
	    API_ALL | API_LOCKED | API_NO_TOKEN, 0, api_passkey_unlock,
	    "unlock it with a passkey",
	    "challenge id handle client_data data signature", "Session" },
	{ "POST", "/welcome", API_ANYBODY, 0, api_welcome,
	    "what the first sign-in shows", "code", "Welcome" },
	{ "POST", "/welcome/finish", API_ANYBODY, 0, api_welcome_finish,
	    "choose a password", "code password totp", "Session" },

	{ "GET", "/cases", API_ALL, R, api_cases,
	    "cases, those with people in danger first", "", "Cases" },
	{ "GET", "/cases/:id", API_ALL, R, api_case, "one case", "", "Case" },
	{ "POST", "/cases/:id/claim", API_WORKS, W, api_claim, "take a case",
	    "version", "Case" },
	{ "POST", "/cases/:id/release", API_WORKS, W, api_release,
	    "give it back", "version", "Case" },
	{ "POST", "/cases/:id/handover", API_WORKS, W, api_handover,
	    "give it to somebody", "version person", "Case" },
	{ "POST", "/cases/:id/note", API_WORKS, W, api_note, "write a note",
	    "version text", "Case" },
	{ "POST", "/cases/:id/escalate", API_WORKS, W, api_escalate,
	    "bring it to a senior", "version text", "Case" },
	{ "POST", "/cases/:id/opinion", API_WORKS, W, api_opinion,
	    "ask for a second opinion", "version text", "Case" },
	{ "POST", "/cases/:id/merge", API_WORKS, W, api_merge,
	    "make it part of another", "version into", "Case" },
	{ "POST", "/cases/:id/split", API_WORKS, W, api_split,
	    "make a case of some of its reports", "version items", "Case" },
	{ "POST", "/cases/:id/triage", API_WORKS, W, api_triage,
	    "say what it is about", "version age threat_ms reason", "Case" },
	{ "POST", "/cases/:id/attach", API_WORKS, W, api_attach,
	    "attach what is not proved", "version source text", "Case" },
	{ "POST", "/cases/:id/hold", API_SENIOR | API_ADMINISTRATOR, W,
	    api_hold, "set or end a legal hold", "version on text", "Case" },
	{ "POST", "/cases/:id/question", API_WORKS, W, api_question,
	    "ask a reporter", "version report text", "Case" },
	{ "POST", "/cases/:id/redact", API_WORKS, W, api_redact,
	    "change the working copy of a text", "version item text", "Case" },
	{ "POST", "/cases/:id/decisions", API_WORKS, D, api_decide, "decide",
	    "version action reason accounts media items duration_s facts "
	    "ground legal to_key", "Decision" },
	{ "POST", "/cases/:id/export", API_WORKS, W, api_export,
	    "evidence, its custody record, or a printable page",
	    "kind report photos to_key", "application/octet-stream" },

	{ "GET", "/decisions/:id", API_ALL, R, api_decision, "one decision",
	    "", "Decision" },
	{ "POST", "/decisions/:id/undo", API_WORKS, D, api_undo,
	    "take it back before it is sent", "", "Decision" },
	{ "POST", "/decisions/:id/confirm", API_WORKS | API_NO_TOKEN, D,
	    api_confirm, "confirm it as the second person", "", "Decision" },
	{ "POST", "/decisions/:id/refuse", API_WORKS | API_NO_TOKEN, D,
	    api_decision_refuse, "refuse it as the second person", "text", "Decision" },
	{ "POST", "/decisions/:id/reverse", API_WORKS, D, api_reverse,
	    "give back what it took", "text", "Decision" },
	{ "POST", "/decisions/:id/quality", API_WORKS | API_NO_TOKEN, D,
	    api_quality, "look at it for quality", "agree text", "Decision" },

	{ "GET", "/appeals", API_ALL, R, api_appeals, "appeals", "", "[Appeal]" },
	{ "POST", "/appeals/:id/decide", API_WORKS | API_NO_TOKEN, D,
	    api_appeal_decide, "decide one", "outcome text", "Appeal" },

	{ "GET", "/accounts/:id", API_ALL, R, api_account,
	    "an account that was reported", "", "Account" },
	{ "GET", "/media/:id/picture", API_WORKS | API_AUDITOR, W, api_picture,
	    "a photo, as much of it as is asked for", "", "image/*" },
	{ "GET", "/media/:id/cluster", API_ALL, R, api_cluster, "copies of it",
	    "", "Copies" },
	{ "GET", "/lists", API_ALL, R, api_lists, "lists of hashes", "", "[HashList]" },
	{ "POST", "/lists", API_ADMINISTRATOR, A, api_list_add, "make one",
	    "name owner purpose", "ListMade" },
	{ "DELETE", "/lists/:id", API_ADMINISTRATOR, A, api_list_remove,
	    "remove one", "", "" },
	{ "POST", "/lists/:id/import", API_ADMINISTRATOR | API_TEXT, A,
	    api_list_import, "add lines of hashes to it", "", "Imported" },
	{ "GET", "/lists/:id/export", API_ADMINISTRATOR, A, api_list_export,
	    "its lines", "", "text/plain" },
	{ "GET", "/policy", API_ALL, R, api_policy, "the policy", "", "Policy" },
	{ "PUT", "/policy", API_ADMINISTRATOR, A, api_policy_set,
	    "put another one in its place", "toml version", "Policy" },
	{ "GET", "/audit", API_ALL, R, api_audit, "the audit log", "", "[AuditRow]" },
	{ "GET", "/audit/verify", API_ALL, R, api_audit_verify,
	    "check its chain", "", "Verdict" },
	{ "GET", "/statistics", API_ALL, R, api_statistics, "numbers", "", "Statistics" },
	{ "GET", "/statements", API_SENIOR | API_AUDITOR | API_ADMINISTRATOR, R,
	    api_statements,
	    "statements of reasons, for the DSA Transparency Database", "", "Statements" },

	{ "GET", "/people", API_ALL, R, api_people, "the people", "", "[PersonRow]" },
	{ "POST", "/people", API_ADMINISTRATOR, A, api_person_add,
	    "add somebody", "name role", "Invited" },
	{ "POST", "/people/:id", API_ADMINISTRATOR, A, api_person_change,
	    "another role, or out", "role disabled", "" },
	{ "POST", "/people/:id/reset", API_ADMINISTRATOR, A, api_person_reset,
	    "a new first sign-in", "", "Invited" },
	{ "PUT", "/settings", API_ALL | API_NO_TOKEN, 0, api_settings,
	    "one's own settings",
	    "language daily_limit break_every_min password", "Session" },
	{ "GET", "/passkeys", API_ALL | API_NO_TOKEN, 0, api_passkeys,
	    "one's own passkeys", "", "PasskeyPage" },
	{ "POST", "/passkeys/challenge", API_ALL | API_NO_TOKEN, 0,
	    api_passkey_add_ask, "what a new passkey has to answer",
	    "password", "PasskeyWanted" },
	{ "POST", "/passkeys", API_ALL | API_NO_TOKEN, 0, api_passkey_add,
	    "add it", "challenge name client_data attestation", "PasskeyPage" },
	{ "DELETE", "/passkeys/:id", API_ALL | API_NO_TOKEN, 0,
	    api_passkey_remove, "remove one", "", "" },
	{ "GET", "/tokens", API_ADMINISTRATOR, A, api_tokens, "tokens", "", "[Token]" },
	{ "POST", "/tokens", API_WORKS | API_ADMINISTRATOR | API_NO_TOKEN, A,
	    api_token_add, "make one", "name scopes", "TokenMade" },
	{ "DELETE", "/tokens/:id", API_ADMINISTRATOR, A, api_token_remove,
	    "end one", "", "" },

	{ "GET", "/events", API_ALL | API_STREAM, R, api_events,
	    "what happens, live", "", "text/event-stream" },
	{ "GET", "/openapi.json", API_ALL | API_ANYBODY, 0, api_openapi,
	    "this description", "", "{}" },
	{ 0 },
};
/* clang-format on */
