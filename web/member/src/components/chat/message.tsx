// SPDX-License-Identifier: MIT
// One message, or a line about what happened.
import type { ComponentChildren } from "preact";
import { list, num, span, t, time } from "../../lang";
import type { Message } from "../../runtime/methods";
import { called } from "../../stores/conversations";
import { preview } from "../list/list";
import { Icon } from "../parts/icon";
import { Foreign } from "../parts/parts";
import { same } from "../parts/same";
import { MediaOf } from "./media";

export interface Around {
  /** The message that one answers, if it is shown. */
  byId: (id: string) => Message | undefined;
  pick: (m: Message) => void;
  react: (m: Message, text: string) => void;
  open: (url: string) => void;
  jump: (id: string) => void;
  me: string;
}

const Aside = ({ children }: { children: ComponentChildren }) => <li class="aside">{children}</li>;

function Fate({ m }: { m: Message }) {
  if (m.failed)
    return (
      <>
        <span>{t("msg.failed")}</span>
        <Icon name="info" small />
      </>
    );
  if (m.waiting)
    return (
      <>
        <span>{t("msg.waiting")}</span>
        <Icon name="clock" small />
      </>
    );
  const read = m.receipts?.filter((r) => r.state === "read").map((r) => called(r.from)) ?? [];
  const came = m.receipts?.filter((r) => r.state === "delivered").map((r) => called(r.from)) ?? [];
  const said = read.length
    ? t("msg.read-by", { who: list(read) })
    : came.length
      ? t("msg.came-to", { who: list(came) })
      : t("msg.sent");
  return (
    <>
      <span>{time(m.time_ms)}</span>
      <span class="fate" title={said}>
        <Icon name={read.length ? "checks" : "check"} small />
        <span class="unseen">{said}</span>
      </span>
    </>
  );
}

function Quote({ m, a }: { m: Message; a: Around }) {
  const to = m.reply_to ? a.byId(m.reply_to) : undefined;
  return (
    <button type="button" class="quote" onClick={() => m.reply_to && a.jump(m.reply_to)}>
      {to ? (
        <>
          <b>
            <bdi>{to.kind === "sent" ? t("you.you") : called(to.from ?? "")}</bdi>
          </b>
          <bdi>{preview(to).slice(0, 200)}</bdi>
        </>
      ) : (
        t("msg.answers-older")
      )}
    </button>
  );
}

function Reactions({ m, a }: { m: Message; a: Around }) {
  const by = new Map<string, string[]>();
  for (const r of m.reactions ?? []) by.set(r.text, [...(by.get(r.text) ?? []), r.from]);
  return by.size === 0 ? null : (
    <div class="hearts">
      {[...by].map(([text, who]) => (
        <button
          key={text}
          type="button"
          class="heart"
          aria-pressed={who.includes(a.me)}
          aria-label={t("msg.reacted", { text, who: list(who.map(called)) })}
          onClick={() => a.react(m, text)}
        >
          <bdi>{text}</bdi>
          {num(who.length)}
        </button>
      ))}
    </div>
  );
}

function Refused() {
  return (
    <li class="tell refused">
      <Icon name="shield-x" />
      <div>
        <h2>{t("msg.refused")}</h2>
        <p class="quiet">{t("msg.refused-hint")}</p>
      </div>
    </li>
  );
}

function Warning({ text }: { text: string }) {
  return (
    <li class="tell warn event">
      <Icon name="warn" />
      <div>
        <p>{text}</p>
      </div>
    </li>
  );
}

/** Something that is no message: who did what to which. */
function Other({ m }: { m: Message }) {
  const who = m.kind === "sent" || !m.from ? t("you.you") : called(m.from);
  if (m.kind === "timer")
    return (
      <Aside>
        <Icon name="timer" small />{" "}
        {m.seconds ? t("msg.timer-set", { who, span: span(m.seconds) }) : t("msg.timer-off", { who })}
      </Aside>
    );
  if (m.kind === "name") return <Aside>{t("msg.named", { who, name: m.text ?? "" })}</Aside>;
  if (m.kind === "picture") return <Aside>{t(m.taken_away ? "msg.picture-off" : "msg.picture", { who })}</Aside>;
  if (m.kind === "link") return <Aside>{t(m.taken_away ? "msg.link-off" : "msg.link", { who })}</Aside>;
  if (m.kind === "unknown") return <Aside>{t("msg.unknown")}</Aside>;
  return <Aside>{t(m.refused === "not-theirs" ? "msg.not-theirs" : "msg.not-here", { who })}</Aside>;
}

function Body({ m, a }: { m: Message; a: Around }) {
  if (m.deleted) return <p class="quiet">{t("msg.deleted")}</p>;
  return (
    <>
      {m.reply_to && <Quote m={m} a={a} />}
      <MediaOf m={m} open={a.open} />
      {m.text && <Foreign text={m.text} />}
    </>
  );
}

function DrawMessage({ m, first, named, a }: { m: Message; first: boolean; named: boolean; a: Around }) {
  if (m.kind === "refused") return <Refused />;
  if (m.kind === "notice") return m.warning ? <Warning text={m.text ?? ""} /> : <Aside>{m.text}</Aside>;
  if (m.kind !== "received" && m.kind !== "sent") return <Other m={m} />;
  const mine = m.kind === "sent";
  return (
    <li class={`msg${mine ? " mine" : ""}${first ? " turn" : ""}`} data-id={m.id} id={`m-${m.id ?? ""}`}>
      {named && first && (
        <span class="from">
          <bdi>{called(m.from ?? "")}</bdi>
        </span>
      )}
      <div
        class={`bubble${m.mentions_you ? " called" : ""}`}
        onContextMenu={(e) => {
          e.preventDefault();
          a.pick(m);
        }}
      >
        <Body m={m} a={a} />
        <div class="meta">
          {m.expires_ms !== undefined && (
            <span title={t("msg.expires")}>
              <Icon name="timer" small />
              <span class="unseen">{t("msg.expires")}</span>
            </span>
          )}
          {m.edited && <span>{t("msg.edited")}</span>}
          {m.late && <span>{t("msg.late")}</span>}
          {mine ? <Fate m={m} /> : <span>{time(m.time_ms)}</span>}
          <button type="button" class="msg-more" aria-label={t("msg.more")} onClick={() => a.pick(m)}>
            <Icon name="more" small />
          </button>
        </div>
      </div>
      <Reactions m={m} a={a} />
    </li>
  );
}

/** ${a} is the same for all of a chat, and always knows what is there now. */
export const MessageItem = same(DrawMessage, ["m", "first", "named", "a"]);
