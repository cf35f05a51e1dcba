// SPDX-License-Identifier: MIT
// What one can do with a message.
import { t, time } from "../../lang";
import type { Message } from "../../runtime/methods";
import { ask } from "../../runtime/runtime";
import { go } from "../../router";
import { called } from "../../stores/conversations";
import { act } from "../../stores/engine";
import { preview } from "../list/list";
import { Do, Failed, Sheet, useDoing } from "../parts/parts";

const QUICK = ["❤️", "👍", "😂", "😮", "😢", "🙏"];

export function MessageSheet({
  m,
  close,
  reply,
  edit,
  me,
}: {
  m: Message;
  close: () => void;
  reply: () => void;
  edit: () => void;
  me: string;
}) {
  const [, error, run] = useDoing();
  const mine = m.kind === "sent";
  const id = m.id ?? "";
  const own = new Set(m.reactions?.filter((r) => r.from === me).map((r) => r.text));
  const then = (what: () => Promise<unknown>) => void run(() => act(what())).then((ok) => ok && close());
  return (
    <Sheet
      title={
        <>
          <strong>
            <bdi>{mine ? t("you.you") : called(m.from ?? "")}</bdi>, {time(m.time_ms)}
          </strong>
          <br />
          <bdi>{preview(m).slice(0, 200)}</bdi>
        </>
      }
      close={close}
    >
      {!m.deleted && !m.request && (
        <div class="quick" role="group" aria-label={t("msg.react")}>
          {QUICK.map((text) => (
            <button
              key={text}
              type="button"
              class="tool"
              aria-pressed={own.has(text)}
              onClick={() => then(() => ask("react", { id, text, remove: own.has(text) }))}
            >
              {text}
            </button>
          ))}
        </div>
      )}
      {!m.deleted && !m.request && <Do icon="reply" label={t("msg.reply")} run={reply} />}
      {m.text && (
        <Do icon="copy" label={t("msg.copy")} run={() => then(() => navigator.clipboard.writeText(m.text ?? ""))} />
      )}
      {mine && !m.deleted && !m.media && <Do icon="pen" label={t("msg.edit")} hint={t("msg.edit-hint")} run={edit} />}
      {mine && !m.deleted && (
        <Do
          icon="bin"
          label={t("msg.take-back")}
          hint={t("msg.take-back-hint")}
          stop
          run={() => then(() => ask("delete", { id }))}
        />
      )}
      <Do
        icon="bin"
        label={t("msg.remove-here")}
        hint={t("msg.remove-here-hint")}
        run={() => then(() => ask("delete", { id, here: true }))}
      />
      <Do
        icon="paper"
        label={t("evidence.do")}
        hint={t("evidence.do-hint")}
        run={() => go("evidence", m.conversation_id ?? "", id)}
      />
      {!mine && (
        <>
          <hr class="part" />
          <Do
            icon="flag"
            label={t("report.do")}
            hint={t("report.do-hint")}
            run={() => go("report", m.conversation_id ?? "", id)}
          />
        </>
      )}
      <Failed error={error} />
    </Sheet>
  );
}
