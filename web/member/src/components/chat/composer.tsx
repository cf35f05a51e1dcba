// SPDX-License-Identifier: MIT
// Writing: what is written is kept on this device until it is sent.
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes, t } from "../../lang";
import type { Listed, Message } from "../../runtime/methods";
import { ask, runtime } from "../../runtime/runtime";
import { called } from "../../stores/conversations";
import { act, changes } from "../../stores/engine";
import { preview } from "../list/list";
import { Icon } from "../parts/icon";
import { Failed, useDoing } from "../parts/parts";
import { withPhoto } from "../parts/photo";
import { Emoji } from "./emoji";
import { Mentions, useMentions } from "./mention";
import { record } from "./voice";
import type { Recording } from "./voice";

const KEEP_MS = 400;
const FILE_MAX = 100 * 1024 * 1024;

interface Attached {
  file: File;
  photo: boolean;
  url: string;
}

/** Keep what is written, a moment after the last key. */
function useDraft(l: Listed, text: string, reply: string | undefined) {
  const timer = useRef<number | undefined>(undefined);
  const kept = useRef(l.draft ?? "");
  const save = (now: string) => {
    clearTimeout(timer.current);
    if (now === kept.current) return;
    kept.current = now;
    void ask("draft", { id: l.id, text: now, ...(reply ? { reply_to: reply } : {}) }).then(
      () => changes.value++,
      () => undefined,
    );
  };
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => save(text), KEEP_MS);
  }, [text]);
  useEffect(() => {
    const leave = () => save(latest.current);
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  return (sent: string) => {
    kept.current = sent;
    clearTimeout(timer.current);
  };
}

function Attachments({ files, drop }: { files: Attached[]; drop: (i: number) => void }) {
  return (
    <ul class="attached">
      {files.map((f, i) => (
        <li key={f.url}>
          {f.photo ? <img src={f.url} alt="" /> : <Icon name="file" />}
          <span>
            <bdi>{f.file.name}</bdi> <span class="quiet">{bytes(f.file.size)}</span>
            {f.photo && <small class="quiet">{t("compose.cleaned")}</small>}
          </span>
          <button
            type="button"
            class="tool"
            aria-label={t("compose.drop", { name: f.file.name })}
            onClick={() => drop(i)}
          >
            <Icon name="x" />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Composer({
  l,
  reply,
  edit,
  done,
}: {
  l: Listed;
  reply: Message | null;
  edit: Message | null;
  done: () => void;
}) {
  const [text, setText] = useState(l.draft ?? "");
  const [files, setFiles] = useState<Attached[]>([]);
  const [recording, setRecording] = useState<Recording | null>(null);
  const [busy, error, run, clear] = useDoing();
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [at, setAt] = useState(0);
  const [signs, showSigns] = useState(false);
  const [chosen, choose] = useState(0);
  const mentions = useMentions(l, text, at);
  /** Put ${what} where the cursor is, in the place of what is there from ${from}. */
  const insert = (what: string, from?: number) => {
    const el = area.current;
    const begin = from ?? el?.selectionStart ?? text.length;
    const end = el?.selectionEnd ?? text.length;
    setText(text.slice(0, begin) + what + text.slice(end));
    setAt(begin + what.length);
    requestAnimationFrame(() => {
      el?.focus();
      el?.setSelectionRange(begin + what.length, begin + what.length);
    });
  };
  const mention = (name: string) => insert(`@${name} `, mentions?.from);
  const kept = useDraft(l, edit ? (l.draft ?? "") : text, reply?.id);
  useEffect(() => {
    if (edit) setText(edit.text ?? "");
    if (edit || reply) area.current?.focus();
  }, [edit, reply]);

  const attach = (chosen: Iterable<File>) => {
    for (const file of chosen) {
      if (file.size > FILE_MAX) {
        void run(() => Promise.reject(new Error(t("compose.too-large", { name: file.name }))));
        continue;
      }
      const photo = file.type.startsWith("image/");
      setFiles((f) => [...f, { file, photo, url: URL.createObjectURL(file) }]);
    }
  };
  const sendFiles = async () => {
    for (const [i, f] of files.entries()) {
      const words = i === 0 && text.trim() ? { text: text.trim() } : {};
      if (f.photo) await withPhoto(f.file, (photo) => ask("send", { to: l.id, ...words, photo }));
      else await ask("send", { to: l.id, ...words, file: await runtime().put(f.file) });
      URL.revokeObjectURL(f.url);
    }
    setFiles([]);
  };
  const send = async () => {
    const said = text.trim();
    if (edit?.id) await ask("edit", { id: edit.id, text: said });
    else if (files.length) await sendFiles();
    else if (said) await ask("send", { to: l.id, text: said, ...(reply?.id ? { reply_to: reply.id } : {}) });
    else return;
    setText("");
    kept("");
    await ask("draft", { id: l.id, text: "" });
    done();
    // Texts are not kept waiting by this.
    void ask("send_files").catch(() => undefined);
  };
  const submit = () => {
    if (!busy) void run(() => act(send())).then(() => area.current?.focus());
  };
  const speak = async () => {
    if (!recording) {
      setRecording(await record());
      return;
    }
    const sound = await recording.stop();
    setRecording(null);
    const voice = await runtime().put(sound);
    await ask("send", { to: l.id, voice });
    void ask("send_files").catch(() => undefined);
  };
  const empty = !text.trim() && !files.length;
  return (
    <footer class="composer">
      {(reply || edit) && (
        <div class="composer-about">
          <Icon name={edit ? "pen" : "reply"} small />
          <span>
            <b>{edit ? t("compose.editing") : t("compose.answering", { name: called(reply?.from ?? "") })}</b>{" "}
            <bdi class="quiet">{preview((edit ?? reply)!).slice(0, 120)}</bdi>
          </span>
          <button
            type="button"
            class="tool"
            aria-label={t("do.cancel")}
            onClick={() => {
              if (edit) setText(l.draft ?? "");
              done();
            }}
          >
            <Icon name="x" />
          </button>
        </div>
      )}
      <Attachments files={files} drop={(i) => setFiles(files.filter((_, k) => k !== i))} />
      <Failed error={error} />
      {recording && (
        <p class="composer-note" role="status">
          {t("compose.recording")}
        </p>
      )}
      {mentions && <Mentions names={mentions.names} at={chosen % mentions.names.length} pick={mention} />}
      {signs && <Emoji put={(sign) => insert(sign)} />}
      <div class="composer-row">
        <button
          type="button"
          class="tool only-wide"
          aria-label={t("compose.emoji")}
          aria-expanded={signs}
          onClick={() => showSigns(!signs)}
        >
          <Icon name="smile" />
        </button>
        <button type="button" class="tool" aria-label={t("compose.add")} onClick={() => picker.current?.click()}>
          <Icon name="plus" />
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(e) => {
            attach(e.currentTarget.files ?? []);
            e.currentTarget.value = "";
          }}
        />
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          aria-label={t("compose.message")}
          placeholder={t("compose.message")}
          value={text}
          onInput={(e) => {
            setText(e.currentTarget.value);
            setAt(e.currentTarget.selectionStart);
            choose(0);
            clear();
          }}
          onPaste={(e) => {
            const pasted = [...(e.clipboardData?.files ?? [])];
            if (pasted.length) {
              e.preventDefault();
              attach(pasted);
            }
          }}
          aria-controls={mentions ? "mentions" : undefined}
          aria-activedescendant={mentions ? `mention-${chosen % mentions.names.length}` : undefined}
          onKeyDown={(e) => {
            if (mentions && !e.isComposing) {
              const n = mentions.names.length;
              if (e.key === "ArrowDown" || e.key === "ArrowUp") {
                e.preventDefault();
                choose((chosen + (e.key === "ArrowDown" ? 1 : n - 1)) % n);
                return;
              }
              if (e.key === "Enter" || e.key === "Tab") {
                e.preventDefault();
                mention(mentions.names[chosen % n]);
                return;
              }
              if (e.key === "Escape") {
                setAt(0);
                return;
              }
            }
            // On a phone, Enter begins a new line.
            if (e.key !== "Enter" || e.shiftKey || e.isComposing || matchMedia("(pointer: coarse)").matches) return;
            e.preventDefault();
            submit();
          }}
        />
        {empty && !edit ? (
          <button
            type="button"
            class={`tool${recording ? " fill" : ""}`}
            aria-label={recording ? t("compose.stop") : t("compose.speak")}
            onClick={() => void run(() => act(speak()))}
          >
            <Icon name={recording ? "send" : "mic"} />
          </button>
        ) : (
          <button
            type="button"
            class="tool fill"
            disabled={busy || (empty && !edit)}
            aria-label={t("compose.send")}
            onClick={submit}
          >
            <Icon name={busy ? "clock" : "send"} />
          </button>
        )}
      </div>
    </footer>
  );
}
