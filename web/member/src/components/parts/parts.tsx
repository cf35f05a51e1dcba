// SPDX-License-Identifier: MIT
// The parts that all screens are made of.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../../lang";
import { cover, leave } from "../../stores/cover";
import { detail, sentence } from "../../stores/engine";
import type { Sign } from "./icon";
import { Icon } from "./icon";

type Children = { children?: ComponentChildren };

// ---- frame --------------------------------------------------------------------

/** True in the list that stands beside a screen: it is no page of its own. */
export const Beside = createContext(false);

/** The top of a screen: where one is, and the way back. */
export function Bar({
  title,
  sub,
  back,
  big,
  ruled,
  children,
}: Children & { title: string; sub?: ComponentChildren; back?: string; big?: boolean; ruled?: boolean }) {
  const beside = useContext(Beside);
  const h = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (beside) return;
    document.title = `${title} · Countersign`;
    // A screen reader begins where one is.
    if (!document.querySelector("dialog[open]")) h.current?.focus({ preventScroll: true });
  }, [title, beside]);
  const inside = (
    <>
      {back !== undefined && (
        <a class={`tool${ruled ? " only-narrow" : ""}`} href={back} aria-label={t("do.back")}>
          <Icon name="back" />
        </a>
      )}
      <div class={`bar-text${big ? " big" : ""}`}>
        {beside ? (
          <h2 class="h1">{title}</h2>
        ) : (
          <h1 ref={h} tabIndex={-1}>
            <bdi>{title}</bdi>
          </h1>
        )}
        {sub && <p class="bar-sub">{sub}</p>}
      </div>
      {children}
      {cover.value && !beside && (
        <button type="button" class="tool" aria-label={t("cover.leave")} onClick={leave}>
          <Icon name="door" />
        </button>
      )}
    </>
  );
  const look = `bar${ruled ? " ruled" : ""}`;
  return beside ? <div class={look}>{inside}</div> : <header class={look}>{inside}</header>;
}

export const Steps = ({ n, of }: { n: number; of: number }) => (
  <div class="thread-line" aria-hidden="true">
    {Array.from({ length: of }, (_, i) => (
      <span key={i} class={i < n ? "done" : ""} />
    ))}
  </div>
);

export type Tone = "plain" | "good" | "warn" | "bad" | "info";

/** A sign, a heading, a sentence. */
export function Tell({ tone, icon, title, children }: Children & { tone: Tone; icon: Sign; title?: string }) {
  return (
    <div class={`tell ${tone}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={icon} />
      <div>
        {title && <h2>{title}</h2>}
        {children}
      </div>
    </div>
  );
}

export function Failed({ error }: { error: unknown }) {
  return error === undefined || error === null ? null : (
    <Tell tone="bad" icon="warn">
      <p>{sentence(error)}</p>
      {detail(error) && (
        <p class="note quiet" lang="en" dir="ltr">
          {detail(error)}
        </p>
      )}
    </Tell>
  );
}

// ---- people -------------------------------------------------------------------

/** One of six grounds, by the name; never for meaning. */
function ground(name: string): number {
  let h = 0;
  for (const c of name) h = (h * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return (h % 6) + 1;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const first = (name: string) => [...segmenter.segment(name)][0]?.segment.toUpperCase() ?? "?";

export function Who({
  name,
  shown,
  group,
  stranger,
  small,
}: {
  name: string;
  shown?: string;
  group?: boolean;
  stranger?: boolean;
  small?: boolean;
}) {
  const size = small ? " who-s" : "";
  if (stranger)
    return (
      <span class={`who${size} stranger`} aria-hidden="true">
        <Icon name="me" />
      </span>
    );
  return (
    <span class={`who${size} p${ground(name)}${group ? " group" : ""}`} aria-hidden="true">
      {first(shown ?? name)}
    </span>
  );
}

// ---- doing --------------------------------------------------------------------

/** A button that is busy while what it began goes on; a failure is said below. */
export function useDoing(): [boolean, unknown, (what: () => Promise<unknown>) => Promise<boolean>, () => void] {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);
  const run = async (what: () => Promise<unknown>) => {
    setBusy(true);
    setError(null);
    try {
      await what();
      return true;
    } catch (e) {
      if (alive.current) setError(e);
      return false;
    } finally {
      if (alive.current) setBusy(false);
    }
  };
  return [busy, error, run, () => setError(null)];
}

export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: (id: string, hint: string | undefined) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}h`}>
          {hint}
        </p>
      )}
      {children(id, hint ? `${id}h` : undefined)}
    </div>
  );
}

export function Input(props: {
  label: string;
  hint?: string;
  value: string;
  set: (v: string) => void;
  secret?: boolean;
  digits?: boolean;
  placeholder?: string;
  end?: string;
  wrong?: string;
}) {
  return (
    <Field label={props.label} hint={props.hint}>
      {(id, hint) => {
        const input = (
          <input
            class={`input${props.digits ? " digits" : ""}`}
            id={id}
            type={props.secret ? "password" : "text"}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            dir="auto"
            value={props.value}
            placeholder={props.placeholder}
            aria-describedby={[hint, props.wrong && `${id}e`].filter(Boolean).join(" ") || undefined}
            aria-invalid={props.wrong ? true : undefined}
            onInput={(e) => props.set(e.currentTarget.value)}
          />
        );
        return (
          <>
            {props.end ? (
              <div class="input-end">
                {input}
                <span>{props.end}</span>
              </div>
            ) : (
              input
            )}
            {props.wrong && (
              <p class="note unsure" id={`${id}e`}>
                <Icon name="info" small /> {props.wrong}
              </p>
            )}
          </>
        );
      }}
    </Field>
  );
}

export function Choice(props: {
  kind: "checkbox" | "radio";
  name: string;
  label: ComponentChildren;
  hint?: ComponentChildren;
  checked: boolean;
  set: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="choice">
      <input
        type={props.kind}
        name={props.name}
        id={id}
        checked={props.checked}
        aria-describedby={props.hint ? `${id}h` : undefined}
        onChange={(e) => props.set(e.currentTarget.checked)}
      />
      <div class="choice-text">
        <label for={id}>{props.label}</label>
        {props.hint && (
          <p class="hint" id={`${id}h`}>
            {props.hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** A sheet from below; Escape and a touch beside it close it. */
export function Sheet({ title, close, children }: Children & { title: ComponentChildren; close: () => void }) {
  const d = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = d.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={d}
      class="sheet"
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault();
        close();
      }}
      onClick={(e) => e.target === d.current && close()}
    >
      <p class="sheet-quote" id={id}>
        {title}
      </p>
      {children}
      <hr class="part" />
      <Do icon="x" label={t("do.close")} run={close} />
    </dialog>
  );
}

/** A line of a sheet. */
export function Do({
  icon,
  label,
  hint,
  stop,
  run,
}: {
  icon: Sign;
  label: string;
  hint?: string;
  stop?: boolean;
  run: () => void;
}) {
  return (
    <button type="button" class={`do${stop ? " stop" : ""}`} onClick={run}>
      <Icon name={icon} />
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </button>
  );
}

/** Text of others, as text: no link, no markup; what turns the writing around is
 * shown as its number. */
export function Foreign({ text }: { text: string }) {
  const parts = text.split(/([\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f])/);
  return (
    <p class="foreign" dir="auto">
      {parts.map((p, i) =>
        i % 2 === 0 ? (
          p
        ) : (
          <span key={i} class="digits quiet">
            U+{p.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}
          </span>
        ),
      )}
    </p>
  );
}

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [done, set] = useState(false);
  return (
    <button
      type="button"
      class="btn second wide"
      onClick={() =>
        void navigator.clipboard.writeText(text).then(
          () => set(true),
          () => undefined,
        )
      }
    >
      <Icon name={done ? "check" : "copy"} />
      {done ? t("do.copied") : (label ?? t("do.copy"))}
    </button>
  );
}
