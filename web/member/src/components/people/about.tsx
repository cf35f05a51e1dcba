// SPDX-License-Identifier: MIT
// About a conversation: who is in it, who may what, how it is kept here.
import { useEffect, useState } from "preact/hooks";
import type { Key } from "../../lang";
import { moment, t } from "../../lang";
import type { Asker, Conversation, Kept, Listed, Member } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { go, href } from "../../router";
import { forCamera } from "../../links";
import { called, find, nameOf } from "../../stores/conversations";
import { act, changes, state } from "../../stores/engine";
import { Line } from "../line";
import { Icon } from "../parts/icon";
import { Qr } from "../parts/qr";
import { Face, forgetFace } from "../parts/face";
import { Bar, Choice, CopyButton, Do, Failed, Foreign, Input, Sheet, useDoing, Who } from "../parts/parts";
import { withPhoto } from "../parts/photo";
import { Chooser } from "./new";

const TIMERS = [0, 3600, 86_400, 7 * 86_400, 30 * 86_400];
const TIMER_WORDS: Record<number, Key> = {
  0: "timer.off",
  3600: "timer.hour",
  86400: "timer.day",
  604800: "timer.week",
  2592000: "timer.month",
};

function Keeping({ l }: { l: Listed }) {
  const [, error, run] = useDoing();
  const marks = { pinned: l.pinned ?? false, muted: l.muted ?? false, archived: l.archived ?? false };
  const set = (m: Partial<typeof marks>) => void run(() => act(ask("shelve", { id: l.id, ...marks, ...m })));
  return (
    <section class="stack" aria-label={t("about.keeping")}>
      <Choice
        kind="checkbox"
        name="k"
        label={t("about.pin")}
        checked={marks.pinned}
        set={(pinned) => set({ pinned })}
      />
      <Choice kind="checkbox" name="k" label={t("about.mute")} checked={marks.muted} set={(muted) => set({ muted })} />
      <Choice
        kind="checkbox"
        name="k"
        label={t("about.archive")}
        checked={marks.archived}
        set={(archived) => set({ archived })}
      />
      <Failed error={error} />
    </section>
  );
}

function Timer({ l, may }: { l: Listed; may: boolean }) {
  const [busy, error, run] = useDoing();
  return (
    <section class="stack">
      <h2>{t("timer.title")}</h2>
      <p class="hint">{t("timer.hint")}</p>
      {may ? (
        <div class="tongues">
          {TIMERS.map((s) => (
            <button
              key={s}
              type="button"
              class="tongue"
              disabled={busy}
              onClick={() => void run(() => act(ask("timer", { id: l.id, seconds: s })))}
            >
              {t(TIMER_WORDS[s])}
            </button>
          ))}
        </div>
      ) : (
        <p class="note">{t("group.admins-only")}</p>
      )}
      <Failed error={error} />
    </section>
  );
}

function MemberSheet({ g, m, close }: { g: Conversation; m: Member; close: () => void }) {
  const [, error, run] = useDoing();
  const then = (what: Promise<unknown>) => void run(() => act(what)).then((ok) => ok && close());
  const owner = g.role === "owner";
  const mayRemove = owner || (g.role === "admin" && m.role === "member");
  return (
    <Sheet
      title={
        <strong>
          <bdi>{called(m.name)}</bdi>
        </strong>
      }
      close={close}
    >
      <Do icon="me" label={t("group.see")} run={() => go("person", m.name)} />
      {owner && m.role !== "admin" && (
        <Do
          icon="shield-check"
          label={t("group.to-admin")}
          run={() => then(ask("group_role", { id: g.id, name: m.name, role: "admin" }))}
        />
      )}
      {owner && m.role === "admin" && (
        <Do
          icon="me"
          label={t("group.to-member")}
          run={() => then(ask("group_role", { id: g.id, name: m.name, role: "member" }))}
        />
      )}
      {owner && (
        <Do
          icon="key"
          label={t("group.to-owner")}
          hint={t("group.to-owner-hint")}
          run={() => then(ask("group_role", { id: g.id, name: m.name, role: "owner" }))}
        />
      )}
      {mayRemove && (
        <Do icon="x" label={t("group.remove")} stop run={() => then(ask("group_remove", { id: g.id, name: m.name }))} />
      )}
      <Failed error={error} />
    </Sheet>
  );
}

function Members({ g }: { g: Conversation }) {
  const [picked, pick] = useState<Member | null>(null);
  const me = state.value.name;
  return (
    <section class="stack">
      <h2>{t("chat.people", { n: g.members.length })}</h2>
      <ul class="card flush">
        {g.members.map((m) => (
          <li key={m.name}>
            <button type="button" class="row plain" disabled={m.name === me} onClick={() => pick(m)}>
              <Who name={m.name} shown={called(m.name)} small />
              <div class="row-text">
                <span class="row-name">
                  <bdi>{m.name === me ? t("you.you") : called(m.name)}</bdi>
                </span>
              </div>
              {m.role !== "member" && <span class="small quiet">{t(`role.${m.role}` as Key)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {picked && <MemberSheet g={g} m={picked} close={() => pick(null)} />}
    </section>
  );
}

const RULES: { of: keyof Kept; word: Key }[] = [
  { of: "add", word: "rule.add" },
  { of: "rename", word: "rule.rename" },
  { of: "timer", word: "rule.timer" },
  { of: "write", word: "rule.write" },
];

function Rules({ g }: { g: Conversation }) {
  const [, error, run] = useDoing();
  if (g.role === "member") return null;
  return (
    <fieldset class="stack">
      <legend>
        <h2>{t("rule.title")}</h2>
      </legend>
      {RULES.map((r) => (
        <Choice
          key={r.of}
          kind="checkbox"
          name="r"
          label={t(r.word)}
          checked={g.kept[r.of]}
          set={(on) => void run(() => act(ask("group_policy", { id: g.id, ...g.kept, [r.of]: on })))}
        />
      ))}
      <Failed error={error} />
    </fieldset>
  );
}

function Add({ g }: { g: Conversation }) {
  const [open, setOpen] = useState(false);
  const [chosen, choose] = useState(new Set<string>());
  const [busy, error, run] = useDoing();
  if (!open)
    return (
      <button type="button" class="btn second wide" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {t("group.add")}
      </button>
    );
  const add = async () => {
    await act(ask("group_add", { id: g.id, people: [...chosen] }));
    choose(new Set());
    setOpen(false);
  };
  return (
    <section class="stack">
      <Chooser chosen={chosen} set={choose} without={new Set(g.members.map((m) => m.name))} />
      <Failed error={error} />
      <button type="button" class="btn wide" disabled={busy || chosen.size === 0} onClick={() => void run(add)}>
        {t("group.add")}
      </button>
    </section>
  );
}

function Rename({ g }: { g: Conversation }) {
  const [name, set] = useState(g.name);
  const [busy, error, run] = useDoing();
  return (
    <section class="stack">
      <Input label={t("group.name")} value={name} set={set} />
      <Failed error={error} />
      <button
        type="button"
        class="btn second"
        disabled={busy || !name.trim() || name === g.name}
        onClick={() => void run(() => act(ask("group_rename", { id: g.id, name: name.trim() })))}
      >
        {t("group.rename")}
      </button>
    </section>
  );
}

function Picture({ l }: { l: Listed }) {
  const [busy, error, run] = useDoing();
  const choose = async (file: File) => {
    await withPhoto(file, (photo) => act(ask("group_picture", { id: l.id, photo })));
    forgetFace(l.id);
  };
  return (
    <section class="stack">
      <h2>{t("group.picture")}</h2>
      <Face l={l} />
      <Failed error={error} />
      <div class="pair">
        <label class={`btn second${busy ? " off" : ""}`}>
          {t("group.picture-choose")}
          <input
            class="unseen"
            type="file"
            accept="image/*"
            disabled={busy}
            onChange={(e) => {
              const f = e.currentTarget.files?.[0];
              e.currentTarget.value = "";
              if (f) void run(() => choose(f));
            }}
          />
        </label>
        {l.picture && (
          <button
            type="button"
            class="btn second"
            disabled={busy}
            onClick={() => void run(() => act(ask("group_picture", { id: l.id })))}
          >
            {t("group.picture-off")}
          </button>
        )}
      </div>
    </section>
  );
}

function Asks({ id }: { id: string }) {
  const [all, set] = useState<Asker[]>([]);
  const [busy, error, run] = useDoing();
  useEffect(() => void ask("group_asks", { id }).then(set, () => undefined), [id, changes.value]);
  return (
    <>
      <Failed error={error} />
      {all.map((a) => (
        <article key={a.name} class="card stack">
          <h3>
            <bdi>{a.alias ?? a.name}</bdi>
          </h3>
          <p class="small quiet">
            {t("group.asks")}, {moment(a.asked_ms)}
          </p>
          {a.near && <p class="note">{t("group.near", { name: a.near })}</p>}
          {a.text && (
            <blockquote class="said">
              <Foreign text={a.text} />
            </blockquote>
          )}
          <div class="pair">
            <button
              type="button"
              class="btn second"
              disabled={busy}
              onClick={() => void run(() => act(ask("group_approve", { id, name: a.name, begin: true })))}
            >
              {t("group.approve")}
            </button>
            <button
              type="button"
              class="btn second"
              disabled={busy}
              onClick={() => void run(() => act(ask("group_refuse", { id, name: a.name })))}
            >
              {t("group.refuse")}
            </button>
          </div>
        </article>
      ))}
    </>
  );
}

function Link({ id }: { id: string }) {
  const [link, set] = useState("");
  const [busy, error, run] = useDoing();
  const get = (what: "show" | "new" | "off") =>
    void run(async () => set((await act(ask("group_link", { id, what }))).link));
  return (
    <section class="stack">
      <h2>{t("group.link")}</h2>
      <p class="hint">{t("group.link-hint")}</p>
      {link && (
        <>
          <Qr text={forCamera(link)} label={t("scan.code")} />
          <p class="digits note">{link}</p>
          <CopyButton text={link} />
        </>
      )}
      <Failed error={error} />
      {link ? (
        <div class="pair">
          <button type="button" class="btn second" disabled={busy} onClick={() => get("new")}>
            {t("group.link-new")}
          </button>
          <button type="button" class="btn second" disabled={busy} onClick={() => get("off")}>
            {t("group.link-off")}
          </button>
        </div>
      ) : (
        <button type="button" class="btn second" disabled={busy} onClick={() => get("show")}>
          {t("group.link-show")}
        </button>
      )}
    </section>
  );
}

function Leave({ l }: { l: Listed }) {
  const [sure, setSure] = useState(false);
  const [busy, error, run] = useDoing();
  if (l.state !== "active") return null;
  return (
    <section class="stack">
      <Failed error={error} />
      {sure && <p class="note">{t("group.leave-hint")}</p>}
      <button
        type="button"
        class="btn stop wide"
        disabled={busy}
        onClick={() =>
          sure
            ? void run(async () => {
                await act(ask("group_leave", { id: l.id }));
                go("chats");
              })
            : setSure(true)
        }
      >
        {sure ? t("group.leave-sure") : l.direct ? t("chat.end") : t("group.leave")}
      </button>
    </section>
  );
}

export function About({ id }: { id: string }) {
  const l = find(id);
  const [g, set] = useState<Conversation | null>(null);
  useEffect(() => {
    if (l) void ask("conversation", { id: l.id }).then(set, () => undefined);
  }, [l?.id, changes.value]);
  if (!l) return null;
  const staff = g !== null && g.role !== "member";
  const may = (of: keyof Kept) => l.direct || (g !== null && (staff || !g.kept[of]));
  return (
    <>
      <Bar title={nameOf(l)} sub={l.direct ? undefined : t("chat.group")} back={href("chat", l.id)} />
      <Line />
      <main class="page" id="main">
        {l.direct && (
          <a class="btn second wide" href={href("person", l.name)}>
            <Icon name="me" />
            {t("about.person", { name: called(l.name) })}
          </a>
        )}
        {g && !l.direct && (
          <>
            <Members g={g} />
            {may("add") && <Asks id={g.id} />}
            {may("add") && <Add g={g} />}
            {may("add") && <Link id={g.id} />}
            {may("rename") && <Picture l={l} />}
            {may("rename") && <Rename key={g.name} g={g} />}
            <Rules g={g} />
          </>
        )}
        <Timer l={l} may={may("timer")} />
        <Keeping l={l} />
        <a class="btn plain" href={href("report", l.id)}>
          <Icon name="flag" />
          {t("report.do")}
        </a>
        <Leave l={l} />
      </main>
    </>
  );
}
