// SPDX-License-Identifier: MIT
// First messages from people whom one has not met: words only.
import { useEffect, useState } from "preact/hooks";
import { list, moment, t } from "../../lang";
import type { Conversation, Listed, Message } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { go, href } from "../../router";
import { called, chats, nameOf, refresh, requests } from "../../stores/conversations";
import { act, changes, state } from "../../stores/engine";
import { Line } from "../line";
import { Icon } from "../parts/icon";
import { Bar, Failed, Foreign, Tell, useDoing, Who } from "../parts/parts";
import { Tabs } from "../tabs";

const SHOWN = 5;

/** Groups in which both are. */
function useCommon(name: string): string[] {
  const [common, set] = useState<string[]>([]);
  useEffect(() => {
    const groups = chats.value.filter((l) => !l.direct && l.state === "active");
    void Promise.all(groups.map((g) => ask("conversation", { id: g.id }).catch(() => null))).then((all) =>
      set(
        all
          .filter((g): g is Conversation => g !== null && g.members.some((m) => m.name === name))
          .map((g) => nameOf(g)),
      ),
    );
  }, [name]);
  return common;
}

function useMessages(l: Listed): Message[] {
  const [messages, set] = useState<Message[]>([]);
  useEffect(() => {
    void ask("messages", { id: l.id, most: 50 }).then(
      (all) => set(all.filter((m) => m.kind === "received")),
      () => undefined,
    );
  }, [l.id, changes.value]);
  return messages;
}

function Request({ l }: { l: Listed }) {
  const [busy, error, run] = useDoing();
  const messages = useMessages(l);
  // A group asks by whoever added one to it.
  const who = l.direct ? l.name : (l.added_by ?? "");
  const common = useCommon(who);
  const media = messages.reduce((n, m) => n + (m.media?.length ?? 0), 0);
  const first = messages[0];
  const seen = messages[messages.length - 1];
  useEffect(() => {
    if (seen?.id && !seen.seen) void ask("seen", { id: l.id, last: seen.id }).catch(() => undefined);
  }, [seen?.id]);
  const accept = async () => {
    await act(ask("accept", { name: who }));
    await refresh();
    go("chat", l.id);
  };
  const title = l.direct ? `${l.name}@${state.value.hub ?? ""}` : l.name;
  return (
    <article class="card stack-l" aria-label={t("request.from", { name: title })}>
      <div class="pair-who">
        <Who name={l.name} stranger />
        <div>
          <h2>
            <bdi>{title}</bdi>
          </h2>
          <p class="small quiet">{moment(first?.time_ms ?? l.time_ms)}</p>
        </div>
      </div>
      {!l.direct && <p class="note">{t("request.group", { name: called(who) })}</p>}
      {l.looks_like && (
        <Tell tone="warn" icon="warn">
          <p>{t("chat.looks-like", { name: called(l.looks_like) })}</p>
        </Tell>
      )}
      <p class="note">
        <Icon name="people" small />{" "}
        {common.length ? t("request.common", { n: common.length, names: list(common) }) : t("request.no-common")}
      </p>
      {messages.slice(-SHOWN).map(
        (m) =>
          m.text && (
            <blockquote class="said" key={m.row}>
              <Foreign text={m.text} />
            </blockquote>
          ),
      )}
      {media > 0 && (
        <p class="note quiet">
          <Icon name="hide" small /> {t("request.media", { n: media })}
        </p>
      )}
      <Failed error={error} />
      <div class="stack">
        <div class="pair">
          <button type="button" class="btn second" disabled={busy} onClick={() => void run(accept)}>
            {t("request.accept")}
          </button>
          <button
            type="button"
            class="btn second"
            disabled={busy}
            onClick={() => void run(() => act(ask("block", { name: who })))}
          >
            <Icon name="block" />
            {t("request.block")}
          </button>
        </div>
        <a class="btn second wide" href={href("report", l.id)}>
          <Icon name="flag" />
          {t("request.report")}
        </a>
      </div>
    </article>
  );
}

export function Requests() {
  return (
    <>
      <Bar title={t("tab.requests")} big />
      <Line />
      <main class="page" id="main">
        <p class="note quiet">{t("request.hint")}</p>
        {requests.value.map((l) => (
          <Request key={l.id} l={l} />
        ))}
        {requests.value.length === 0 && <p>{t("request.none")}</p>}
        <Tell tone="plain" icon="info">
          <p>{t("request.safe")}</p>
        </Tell>
      </main>
      <Tabs at="requests" />
    </>
  );
}
