// SPDX-License-Identifier: MIT
// One conversation.
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { day, language, sameDay, t } from "../../lang";
import type { Conversation, Listed, Message } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { go, href } from "../../router";
import { called, find, nameOf, people } from "../../stores/conversations";
import { act, changes, state } from "../../stores/engine";
import { Timeline } from "../../stores/timeline";
import { Line } from "../line";
import { Icon } from "../parts/icon";
import { Bar, Failed, useDoing } from "../parts/parts";
import { Composer } from "./composer";
import type { Around } from "./message";
import { MessageItem } from "./message";
import { MessageSheet } from "./sheet";

const NEAR_PX = 120;

/** Keep the reader's place: at the end with what comes, or where they are when
 * older ones are put above. */
function useScroll(line: Timeline) {
  const box = useRef<HTMLDivElement>(null);
  const end = useRef(true);
  const before = useRef<{ height: number; top: number } | null>(null);
  useLayoutEffect(() => {
    const e = box.current;
    if (!e) return;
    if (before.current) {
      e.scrollTop = before.current.top + e.scrollHeight - before.current.height;
      before.current = null;
    } else if (end.current) {
      e.scrollTop = e.scrollHeight;
    }
  }, [line.messages.value]);
  const onScroll = () => {
    const e = box.current;
    if (!e) return;
    end.current = e.scrollHeight - e.scrollTop - e.clientHeight < NEAR_PX && line.atEnd.value;
    if (e.scrollTop < NEAR_PX * 4 && line.more.value) {
      before.current = { height: e.scrollHeight, top: e.scrollTop };
      void line.older().catch(() => (before.current = null));
    }
    if (!line.atEnd.value && e.scrollHeight - e.scrollTop - e.clientHeight < NEAR_PX * 4) void line.later();
  };
  return { box, onScroll, toEnd: () => (end.current = true), away: () => (end.current = false) };
}

function Marks({ m, prev, newAfter }: { m: Message; prev: Message | undefined; newAfter: number | null }) {
  const first = newAfter !== null && m.row > newAfter && (!prev || prev.row <= newAfter);
  return (
    <>
      {(!prev || !sameDay(prev.time_ms, m.time_ms)) && <li class="day">{day(m.time_ms)}</li>}
      {first && (
        <li class="since">
          <span>{t("chat.since")}</span>
        </li>
      )}
    </>
  );
}

function Items({ line, a, named }: { line: Timeline; a: Around; named: boolean }) {
  const all = line.messages.value ?? [];
  return (
    <>
      {all.map((m, i) => {
        const prev = all[i - 1] as Message | undefined;
        const turn = !prev || prev.from !== m.from || prev.kind !== m.kind || m.time_ms - prev.time_ms > 600_000;
        return (
          <Fragment key={m.row}>
            <Marks m={m} prev={prev} newAfter={line.newAfter.value} />
            <MessageItem m={m} first={turn} named={named && m.kind === "received"} a={a} />
          </Fragment>
        );
      })}
    </>
  );
}

function Under({ l }: { l: Listed }) {
  const [group, set] = useState<Conversation | null>(null);
  useEffect(() => {
    if (!l.direct) void ask("conversation", { id: l.id }).then(set, () => undefined);
  }, [l.id, changes.value]);
  if (l.direct) return <span>{l.alias ? <bdi>{l.name}</bdi> : t("chat.two")}</span>;
  return group ? <span>{t("chat.people", { n: group.members.length })}</span> : null;
}

function Viewer({ url, close }: { url: string; close: () => void }) {
  const d = useRef<HTMLDialogElement>(null);
  useEffect(() => d.current?.showModal(), []);
  return (
    <dialog ref={d} class="viewer" aria-label={t("media.photo")} onClose={close} onClick={() => d.current?.close()}>
      <img src={url} alt="" />
      <button type="button" class="btn second">
        {t("do.close")}
      </button>
    </dialog>
  );
}

function Cannot({ l }: { l: Listed }) {
  const [busy, error, run] = useDoing();
  if (l.lost)
    return (
      <footer class="foot">
        <p class="note">{t("chat.lost")}</p>
        <Failed error={error} />
        <button
          type="button"
          class="btn wide"
          disabled={busy}
          onClick={() => void run(() => act(ask("group_repair", { id: l.id, force: true })))}
        >
          {t("chat.repair")}
        </button>
      </footer>
    );
  return (
    <footer class="foot">
      <p class="note quiet">{t(l.state === "blocked" ? "chat.blocked" : "chat.left")}</p>
    </footer>
  );
}

function Open({ l, around }: { l: Listed; around?: string }) {
  const line = useMemo(() => new Timeline(l.id), [l.id]);
  const { box, onScroll, toEnd, away } = useScroll(line);
  const [picked, pick] = useState<Message | null>(null);
  const [reply, setReply] = useState<Message | null>(null);
  const [edit, setEdit] = useState<Message | null>(null);
  const [photo, setPhoto] = useState("");
  const [, error, run] = useDoing();
  const jump = (id: string) => {
    const there = document.getElementById(`m-${id}`);
    if (there) there.scrollIntoView({ block: "center" });
    else
      void run(async () => {
        away();
        await line.open(id);
        document.getElementById(`m-${id}`)?.scrollIntoView({ block: "center" });
      });
  };
  useEffect(() => {
    if (around) away();
    void run(() => line.open(around)).then(() => {
      if (around) document.getElementById(`m-${around}`)?.scrollIntoView({ block: "center" });
      void line.seen();
    });
    const look = () => void line.seen();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [line, around]);
  useEffect(() => {
    void line.again().then(
      () => line.seen(),
      () => undefined,
    );
  }, [line, changes.value]);
  const me = state.value.name ?? "";
  const latest = useRef({ run, jump });
  latest.current = { run, jump };
  const a = useMemo<Around>(
    () => ({
      byId: (id) => line.messages.value?.find((m) => m.id === id),
      pick,
      react: (m, text) => {
        const remove = m.reactions?.some((r) => r.from === me && r.text === text) ?? false;
        void latest.current.run(() => act(ask("react", { id: m.id ?? "", text, remove })));
      },
      open: setPhoto,
      jump: (id) => latest.current.jump(id),
      me,
    }),
    [line, me, language.value, people.value],
  );
  const title = nameOf(l);
  return (
    <>
      <Bar title={title} sub={<Under l={l} />} back={href("chats")} ruled>
        <a class="tool" href={href("about", l.id)} aria-label={t("chat.about")}>
          <Icon name="more" />
        </a>
      </Bar>
      <Line />
      {l.looks_like && (
        <div class="line warn" role="status">
          <Icon name="warn" />
          <span>{t("chat.looks-like", { name: called(l.looks_like) })}</span>
        </div>
      )}
      <div class="talk-box" ref={box} onScroll={onScroll} tabIndex={-1}>
        <main id="main">
          <ol class="talk" aria-label={t("chat.messages", { name: title })}>
            <Items line={line} a={a} named={!l.direct} />
          </ol>
        </main>
      </div>
      <Failed error={error} />
      {l.state === "active" && !l.lost ? (
        <Composer
          key={l.id}
          l={l}
          reply={reply}
          edit={edit}
          done={() => {
            setReply(null);
            setEdit(null);
            toEnd();
          }}
        />
      ) : (
        <Cannot l={l} />
      )}
      {picked && (
        <MessageSheet
          m={picked}
          me={me}
          close={() => pick(null)}
          reply={() => {
            setReply(picked);
            setEdit(null);
            pick(null);
          }}
          edit={() => {
            setEdit(picked);
            setReply(null);
            pick(null);
          }}
        />
      )}
      {photo && <Viewer url={photo} close={() => setPhoto("")} />}
    </>
  );
}

export function Chat({ id, around }: { id: string; around?: string }) {
  const l = find(id);
  useEffect(() => {
    if (l?.state === "request") go("requests");
  }, [l?.state]);
  if (!l)
    return (
      <>
        <Bar title={t("chat.none")} back={href("chats")} />
        <main class="page" id="main">
          <p class="quiet">{t("chat.none-hint")}</p>
        </main>
      </>
    );
  return <Open key={l.id} l={l} around={around} />;
}
