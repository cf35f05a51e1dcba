// SPDX-License-Identifier: MIT
// All chats: who, what was said last, what is new.
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { language, num, shortly, t } from "../../lang";
import type { Listed, Message } from "../../runtime/methods";
import { href } from "../../router";
import { all, archived, called, chats, nameOf, requests } from "../../stores/conversations";
import { state } from "../../stores/engine";
import { Icon } from "../parts/icon";
import { Face } from "../parts/face";
import { same, whenIdle } from "../parts/same";
import { Bar, Beside, Who } from "../parts/parts";
import { Line } from "../line";
import { Tabs } from "../tabs";

/** The last message in a line. */
export function preview(m: Message): string {
  if (m.deleted) return t("msg.deleted");
  if (m.kind === "notice") return m.text ?? "";
  if (m.kind === "refused") return t("msg.refused");
  if (m.kind === "timer") return t("msg.timer");
  const who = m.kind === "name" || m.kind === "picture" || m.kind === "link" ? called(m.from ?? "") : "";
  if (m.kind === "name") return t("msg.named", { who, name: m.text ?? "" });
  if (m.kind === "picture") return t(m.taken_away ? "msg.picture-off" : "msg.picture", { who });
  if (m.kind === "link") return t(m.taken_away ? "msg.link-off" : "msg.link", { who });
  if (m.kind === "unknown") return t("msg.unknown");
  const media = m.media?.[0];
  if (media && !m.text)
    return media.photo ? t("media.photo") : media.duration_ms !== undefined ? t("media.voice") : media.name;
  return m.text ?? "";
}

function last(l: Listed) {
  const m = l.last;
  if (l.draft)
    return (
      <>
        <span class="draft">{t("list.draft")}</span> <bdi>{l.draft}</bdi>
      </>
    );
  if (!m) return null;
  const said = <bdi>{preview(m)}</bdi>;
  if (m.kind === "sent") return t("list.you") + " " + preview(m);
  if (!l.direct && m.kind === "received" && m.from)
    return (
      <>
        <bdi>{called(m.from)}</bdi>: {said}
      </>
    );
  return said;
}

function DrawRow({ l, current }: { l: Listed; current: boolean }) {
  return (
    <li>
      <a
        class={`row${l.unread && !l.muted ? " new" : ""}`}
        href={href("chat", l.id)}
        aria-current={current ? "page" : undefined}
      >
        <Face l={l} />
        <div class="row-text">
          <div class="row-top">
            <span class="row-name">
              <bdi>{nameOf(l)}</bdi>
            </span>
            <span class="row-time">{shortly(l.time_ms)}</span>
          </div>
          <div class="row-sub">
            <span class="row-last">{last(l)}</span>
            {l.pinned && <Icon name="pin" small />}
            {l.muted && (
              <>
                <Icon name="mute" small />
                <span class="unseen">{t("list.muted")}</span>
              </>
            )}
            {l.last?.waiting && <Icon name="clock" small />}
            {l.unread > 0 && (
              <span class={`count${l.muted ? " soft" : ""}`}>
                <span aria-hidden="true">{num(l.unread)}</span>
                <span class="unseen">{t("list.unread", { n: l.unread })}</span>
              </span>
            )}
          </div>
        </div>
      </a>
    </li>
  );
}

const Row = same(DrawRow, ["l", "current"]);

/** Up and down go from chat to chat. */
function rove(e: KeyboardEvent) {
  if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
  const rows = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a.row")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const to = rows[at + (e.key === "ArrowDown" ? 1 : -1)];
  if (!to) return;
  e.preventDefault();
  to.focus();
}

const FIRST = 40; // rows, more than any screen has
const STEP = 80;

/** How many of ${n} rows to draw: first what is seen, the rest while nothing else
 * is to be done. */
function useGrowing(n: number): number {
  const [most, grow] = useState(FIRST);
  useEffect(() => (most < n ? whenIdle(() => grow(most + STEP)) : undefined), [most, n]);
  return most;
}

function Requests() {
  const n = requests.value.length;
  return n === 0 ? null : (
    <a class="call" href={href("requests")}>
      <Who name="" stranger small />
      <div>
        <strong>{t("list.requests", { n })}</strong>
        <span class="note quiet">{t("list.requests-hint")}</span>
      </div>
      <Icon name="go" />
    </a>
  );
}

function Nothing() {
  return (
    <div class="page">
      <p class="quiet">{t("list.empty")}</p>
      <p>
        {t("list.you-are")}{" "}
        <bdi class="digits">
          {state.value.name}@{state.value.hub}
        </bdi>
      </p>
    </div>
  );
}

/** One element whether a chat is open beside it or not, or all rows would be drawn
 * anew. */
function Main({ children }: { children: ComponentChildren }) {
  const beside = useContext(Beside);
  return (
    <div class="list-main" role={beside ? undefined : "main"} id={beside ? undefined : "main"}>
      {children}
    </div>
  );
}

export function ChatList({ current, at }: { current?: string; at: string }) {
  const [old, setOld] = useState(false);
  const shown = old ? archived.value : chats.value;
  const most = useGrowing(shown.length);
  return (
    <>
      <Bar title={old ? t("list.archive") : t("list.title")} big>
        {(archived.value.length > 0 || old) && (
          <button
            type="button"
            class="tool"
            aria-pressed={old}
            aria-label={t("list.archive")}
            onClick={() => setOld(!old)}
          >
            <Icon name={old ? "x" : "archive"} />
          </button>
        )}
        <a class="tool" href={href("search")} aria-label={t("search.title")}>
          <Icon name="search" />
        </a>
      </Bar>
      <Line />
      <Main>
        {!old && <Requests />}
        {all.value && shown.length === 0 && <Nothing />}
        <ul aria-label={t("list.title")} onKeyDown={rove}>
          {shown.slice(0, most).map((l) => (
            <Row key={`${l.id} ${language.value}`} l={l} current={l.id === current} />
          ))}
        </ul>
        <div class="begin">
          <a class="btn" href={href("new")}>
            <Icon name="pen" />
            {t("list.write")}
          </a>
        </div>
      </Main>
      <Tabs at={at} />
    </>
  );
}
