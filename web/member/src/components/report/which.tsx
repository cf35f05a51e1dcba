// SPDX-License-Identifier: MIT
// Which messages of a chat are meant.
import { useEffect, useState } from "preact/hooks";
import { moment, t } from "../../lang";
import type { Listed, Message } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { called } from "../../stores/conversations";
import { preview } from "../list/list";
import { Choice, Failed, Steps, useDoing } from "../parts/parts";

const MOST = 50;

const can = (m: Message) => m.id !== undefined && m.kind !== "notice" && m.kind !== "refused";

function label(m: Message) {
  const media = m.media ?? [];
  const words = m.text ? `“${m.text.slice(0, 300)}”` : preview(m);
  return media.length && m.text ? `${words} (${t("report.with-media", { n: media.length })})` : words;
}

/** Choose messages of a chat, one by one; those of one's own are hidden first. */
export function Which({
  l,
  ids,
  set,
  of,
  ask: question,
  hint,
  next,
}: {
  l: Listed;
  ids: Set<string>;
  set: (ids: Set<string>) => void;
  of: number;
  ask: string;
  hint: string;
  next: () => void;
}) {
  const [messages, setMessages] = useState<Message[]>([]);
  const [own, showOwn] = useState(false);
  const [more, setMore] = useState(true);
  const [, error, run] = useDoing();
  const load = async (before?: string) => {
    const page = await ask("messages", { id: l.id, most: MOST, ...(before ? { before } : {}) });
    setMore(page.length === MOST);
    setMessages((now) => [...page.filter(can), ...now]);
  };
  useEffect(() => void run(() => load()), [l.id]);
  const mine = messages.filter((m) => m.kind === "sent");
  const shown = messages.filter((m) => own || m.kind !== "sent");
  const toggle = (id: string, on: boolean) => {
    const now = new Set(ids);
    if (on) now.add(id);
    else now.delete(id);
    set(now);
  };
  return (
    <>
      <main class="page" id="main">
        <Steps n={1} of={of} />
        <fieldset class="stack">
          <legend>
            <h2 class="ask">{question}</h2>
          </legend>
          <p class="hint">{hint}</p>
          {more && messages.length > 0 && (
            <button type="button" class="btn plain" onClick={() => void run(() => load(messages[0].id))}>
              {t("report.older")}
            </button>
          )}
          {shown.map((m) => (
            <Choice
              key={m.row}
              kind="checkbox"
              name="m"
              label={<bdi>{label(m)}</bdi>}
              hint={
                <>
                  <bdi>{m.kind === "sent" ? t("you.you") : called(m.from ?? "")}</bdi>, {moment(m.time_ms)}
                  {m.media && !m.text ? ` ${t("report.unopened")}` : ""}
                </>
              }
              checked={ids.has(m.id ?? "")}
              set={(on) => toggle(m.id ?? "", on)}
            />
          ))}
        </fieldset>
        {mine.length > 0 && !own && (
          <button type="button" class="btn plain" onClick={() => showOwn(true)}>
            {t("report.own", { n: mine.length })}
          </button>
        )}
        <Failed error={error} />
      </main>
      <footer class="foot">
        <p class="note quiet" role="status">
          {ids.size > MOST ? t("report.too-many", { n: MOST }) : t("report.chosen", { n: ids.size })}
        </p>
        <button type="button" class="btn wide" disabled={ids.size === 0 || ids.size > MOST} onClick={next}>
          {t("do.go-on")}
        </button>
      </footer>
    </>
  );
}
