// SPDX-License-Identifier: MIT
// Messages by their words, on this device only.
import { useEffect, useState } from "preact/hooks";
import { moment, t } from "../../lang";
import type { Message } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { href } from "../../router";
import { called } from "../../stores/conversations";
import { Bar, Failed, Input, useDoing } from "../parts/parts";
import { preview } from "./list";

const PAUSE_MS = 250;

export function Search() {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<Message[] | null>(null);
  const [, error, run] = useDoing();
  useEffect(() => {
    const list = words.trim().split(/\s+/).filter(Boolean).slice(0, 16);
    if (list.length === 0) {
      setFound(null);
      return;
    }
    let late = false;
    const timer = setTimeout(
      () =>
        void run(async () => {
          const all = await ask("search", { words: list, most: 100 });
          if (!late) setFound(all.reverse());
        }),
      PAUSE_MS,
    );
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [words]);
  return (
    <>
      <Bar title={t("search.title")} back={href("chats")} />
      <main class="page" id="main">
        <Input label={t("search.words")} hint={t("search.hint")} value={words} set={setWords} />
        <Failed error={error} />
        <p class="note quiet" role="status">
          {found && t("search.found", { n: found.length })}
        </p>
        <ul class="card flush">
          {found?.map((m) => (
            <li key={m.row}>
              <a class="row" href={href("chat", m.conversation_id ?? "", m.id ?? "")}>
                <div class="row-text">
                  <div class="row-top">
                    <span class="row-name">
                      <bdi>{m.alias ?? m.conversation}</bdi>
                    </span>
                    <span class="row-time">{moment(m.time_ms)}</span>
                  </div>
                  <p class="row-sub">
                    <span>
                      <bdi>{m.kind === "sent" ? t("you.you") : called(m.from ?? "")}</bdi>: <bdi>{preview(m)}</bdi>
                    </span>
                  </p>
                </div>
              </a>
            </li>
          ))}
        </ul>
      </main>
    </>
  );
}
