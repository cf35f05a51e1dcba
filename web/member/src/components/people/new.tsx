// SPDX-License-Identifier: MIT
// A first message, or a group.
import { useEffect, useState } from "preact/hooks";
import { moment, t } from "../../lang";
import { kindOf, linkIn } from "../../links";
import type { OwnAsk } from "../../runtime/methods";
import { ask, EngineError } from "../../runtime/runtime";
import { go, href } from "../../router";
import { all, people, refresh } from "../../stores/conversations";
import { act, brought, changes, state } from "../../stores/engine";
import { Scan } from "../parts/scan";
import { Bar, Choice, Failed, Input, Tell, useDoing } from "../parts/parts";
import { shown } from "./people";

/** "name@hub" of this hub is "name". */
function handleOf(typed: string): string {
  const [name, hub] = typed.trim().toLowerCase().split("@");
  return hub && hub !== state.value.hub ? typed.trim() : name;
}

export function NewMessage() {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [sure, setSure] = useState("");
  const [busy, error, run, clear] = useDoing();
  const send = async (begin: boolean) => {
    const to = handleOf(name);
    try {
      await act(ask("send", { to, text: text.trim(), begin }));
    } catch (e) {
      // Somebody new: the program asks first, whatever is typed.
      if (!begin && e instanceof EngineError && e.code !== "format") {
        setSure(e.message);
        return;
      }
      throw e;
    }
    await refresh();
    const chat = all.value?.find((l) => l.direct && l.name === to);
    if (chat) go("chat", chat.id);
    else go("chats");
  };
  return (
    <>
      <Bar title={t("new.title")} back={href("chats")} />
      <main class="page" id="main">
        <Input
          label={t("new.to")}
          hint={t("new.to-hint")}
          value={name}
          set={(v) => {
            setName(v);
            setSure("");
            clear();
          }}
          end={name.includes("@") ? undefined : `@${state.value.hub ?? ""}`}
        />
        <Input label={t("new.text")} value={text} set={setText} />
        {sure && (
          <Tell tone="info" icon="info" title={t("new.sure")}>
            <p>{sure}</p>
          </Tell>
        )}
        <Failed error={error} />
        <a class="btn plain" href={href("new-group")}>
          {t("new.group")}
        </a>
        <a class="btn plain" href={href("ask")}>
          {t("ask.title")}
        </a>
      </main>
      <footer class="foot">
        <button
          type="button"
          class="btn wide"
          disabled={busy || !name.trim() || !text.trim()}
          onClick={() => void run(() => send(!!sure))}
        >
          {sure ? t("new.send-anyway", { name: handleOf(name) }) : t("do.send")}
        </button>
      </footer>
    </>
  );
}

/** Choose some of the people whom one knows. */
export function Chooser({
  chosen,
  set,
  without,
}: {
  chosen: Set<string>;
  set: (s: Set<string>) => void;
  without?: Set<string>;
}) {
  const known = people.value.filter((p) => p.accepted && !without?.has(p.name));
  return (
    <fieldset class="stack">
      <legend>
        <h2>{t("group.whom")}</h2>
      </legend>
      {known.length === 0 && <p class="quiet">{t("group.nobody")}</p>}
      {known.map((p) => (
        <Choice
          key={p.name}
          kind="checkbox"
          name="p"
          label={<bdi>{shown(p)}</bdi>}
          hint={p.alias ? <bdi>{p.name}</bdi> : undefined}
          checked={chosen.has(p.name)}
          set={(on) => {
            const s = new Set(chosen);
            if (on) s.add(p.name);
            else s.delete(p.name);
            set(s);
          }}
        />
      ))}
    </fieldset>
  );
}

export function NewGroup() {
  const [name, setName] = useState("");
  const [chosen, choose] = useState(new Set<string>());
  const [busy, error, run] = useDoing();
  const make = async () => {
    await act(ask("group_new", { name: name.trim(), people: [...chosen] }));
    await refresh();
    const group = all.value?.find((l) => !l.direct && l.name === name.trim());
    if (group) go("chat", group.id);
    else go("chats");
  };
  return (
    <>
      <Bar title={t("new.group")} back={href("new")} />
      <main class="page" id="main">
        <Input label={t("group.name")} hint={t("group.name-hint")} value={name} set={setName} />
        <Chooser chosen={chosen} set={choose} />
        <Failed error={error} />
      </main>
      <footer class="foot">
        <button
          type="button"
          class="btn wide"
          disabled={busy || !name.trim() || chosen.size === 0}
          onClick={() => void run(make)}
        >
          {t("group.make")}
        </button>
      </footer>
    </>
  );
}

const STATES = { waits: "ask.waits", taken: "ask.taken", over: "ask.over" } as const;

/** What became of asking. */
function Own() {
  const [asks, set] = useState<OwnAsk[]>([]);
  useEffect(() => void ask("own_asks").then(set, () => undefined), [changes.value]);
  if (!asks.length) return null;
  return (
    <section class="card stack-l">
      <h2>{t("ask.own")}</h2>
      <ul class="stack">
        {asks.map((a) => (
          <li key={a.group}>
            <bdi class="digits">{a.group}</bdi>
            <p class="note quiet">
              {t(STATES[a.state])} {moment(a.asked_ms)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AskGroup() {
  const [link, setLink] = useState(kindOf(brought.value) === "group" ? brought.value : "");
  useEffect(() => void (brought.value = ""), []);
  const [text, setText] = useState("");
  const [asked, setAsked] = useState(false);
  const [busy, error, run] = useDoing();
  const send = async () => {
    await act(ask("group_ask", { link: link.trim(), ...(text.trim() ? { text: text.trim() } : {}) }));
    setAsked(true);
  };
  return (
    <>
      <Bar title={t("ask.title")} back={href("new")} />
      <main class="page" id="main">
        <Scan found={(text) => setLink(linkIn(text))} />
        <Input
          label={t("ask.link")}
          value={link}
          set={(text) => setLink(linkIn(text))}
          digits
          placeholder="https://…/g#…"
        />
        <Input label={t("ask.text")} value={text} set={setText} />
        {asked && (
          <Tell tone="good" icon="check">
            <p>{t("ask.asked")}</p>
          </Tell>
        )}
        <Failed error={error} />
        <Own />
      </main>
      <footer class="foot">
        <button type="button" class="btn wide" disabled={busy || !link.trim()} onClick={() => void run(send)}>
          {t("ask.do")}
        </button>
      </footer>
    </>
  );
}
