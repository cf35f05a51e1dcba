// SPDX-License-Identifier: MIT
// The parts that all pages are made of.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./api";
import { currentLanguage, dateTime, num, span, t, word } from "./lang";
import { href } from "./router";
import { announce, errorText, now } from "./store";
import type { Loaded } from "./store";
import type { AccountRef, CaseRow, PersonRef } from "./types";

type Children = { children?: ComponentChildren };

// ---- pages ------------------------------------------------------------------

/** The heading of a page. It takes the focus, so that a screen reader begins there. */
export function Title({ children, text }: Children & { text: string }) {
  const h = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} – Countersign`;
  }, [text]);
  useEffect(() => {
    // On the pages before signing in, the first field takes it.
    const first = document.querySelector<HTMLElement>("main.door [autofocus]");
    if (!document.querySelector("dialog[open]")) (first ?? h.current)?.focus();
  }, []);
  return (
    <h1 ref={h} tabIndex={-1}>
      {children ?? text}
    </h1>
  );
}

export function Section({
  title,
  children,
  id,
  extra,
}: Children & { title: string; id?: string; extra?: ComponentChildren }) {
  const own = useId();
  const h = id ?? own;
  return (
    <section class="panel" aria-labelledby={h}>
      <div class="panel-head">
        <h2 id={h}>{title}</h2>
        {extra}
      </div>
      {children}
    </section>
  );
}

export const Loading = () => (
  <p class="quiet" role="status">
    {t("state.loading")}
  </p>
);

export const Empty = ({ text }: { text: string }) => <p class="empty">{text}</p>;

export function Fail({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <Icon name="cross" /> <span>{errorText(error)}</span>
      {retry && (
        <button type="button" onClick={retry}>
          {t("state.retry")}
        </button>
      )}
    </div>
  );
}

/**
 * Shows that it loads or failed, or what ${children} makes of the data; a reload
 * that fails is said above the data.
 */
export function Load<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.data)
    return (
      <>
        {of.error && <Fail error={of.error} retry={of.reload} />}
        {children(of.data)}
      </>
    );
  if (of.error) return <Fail error={of.error} retry={of.reload} />;
  return <Loading />;
}

// ---- signs: a shape and a word beside each colour -----------------------------

const ICONS = {
  check: "M3 8.5l3.5 3.5L13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  warn: "M8 2l6.5 12h-13zM8 6.5v3.5M8 12v.5",
  clock: "M8 1.5a6.5 6.5 0 1 0 .01 0M8 4.5V8l2.5 2",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  up: "M8 13V3M4 7l4-4 4 4",
  child: "M8 2.5a2 2 0 1 0 .01 0M8 6.5v4M5 8h6M8 10.5L6 14M8 10.5l2 3.5",
  question: "M5.5 6a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M8 12.5v.5",
  dash: "M3 8h10",
  in: "M2.5 9v4h11V9M8 2.5V10M5 7l3 3 3-3",
} as const;
export type Icons = keyof typeof ICONS;

export function Icon({ name }: { name: Icons }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={ICONS[name]} />
    </svg>
  );
}

export type Tone = "good" | "bad" | "warn" | "plain" | "info";

export function Sign({ tone, icon, children }: Children & { tone: Tone; icon?: Icons }) {
  return (
    <span class={`sign ${tone}`}>
      {icon && <Icon name={icon} />} {children}
    </span>
  );
}

export function Severity({ n }: { n: number }) {
  const tone: Tone = n >= 5 ? "bad" : n === 4 ? "warn" : "plain";
  return (
    <span class={`severity ${tone}`}>
      <span class="bars" aria-hidden="true">
        {[1, 2, 3, 4, 5].map((i) => (
          <i key={i} class={i <= n ? "on" : ""} />
        ))}
      </span>{" "}
      {t("case.severity-n", { n })}
    </span>
  );
}

export function When({ ms }: { ms: number }) {
  if (!ms) return <span>–</span>;
  return <time dateTime={new Date(ms).toISOString()}>{dateTime(ms)}</time>;
}

/** "3 hours left" or "2 days late", with a sign when late. */
export function Due({ row }: { row: Pick<CaseRow, "due_ms" | "overdue" | "state"> }) {
  if (row.state === "decided" || row.state === "closed" || !row.due_ms) return <span class="quiet">–</span>;
  const left = row.due_ms - now();
  if (row.overdue || left < 0)
    return (
      <Sign tone="bad" icon="clock">
        <strong>{t("queue.overdue-by", { span: span(left) })}</strong>
      </Sign>
    );
  return <span>{t("queue.due-in", { span: span(left) })}</span>;
}

export function StateSign({ row }: { row: Pick<CaseRow, "state"> }) {
  const tone: Tone = row.state === "waiting" ? "warn" : "plain";
  return <Sign tone={tone}>{word("case-state", row.state)}</Sign>;
}

/** Text from outside, shown as text without links or markup, in its own direction. */
export function Foreign({ text, class: c }: { text: string; class?: string }) {
  return (
    <p class={`foreign ${c ?? ""}`} dir="auto">
      {visible(text)}
    </p>
  );
}

/** Writes characters that change the direction or show nothing as their codes. */
export function visible(text: string): ComponentChildren {
  const parts = text.split(/([\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f])/);
  return parts.map((p, i) =>
    i % 2 === 0 ? (
      p
    ) : (
      <span key={i} class="control" title={t("item.control-character")}>
        U+{p.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}
      </span>
    ),
  );
}

export const AccountLink = ({ a }: { a: AccountRef }) => (
  <a href={href("account", a.id)}>
    <bdi>{a.handle}</bdi>
  </a>
);

export const CaseLink = ({ id, children }: Children & { id: string }) => (
  <a href={href("case", id)}>{children ?? <bdi>{t("case.number", { id: short(id) })}</bdi>}</a>
);

/** The beginning of a long id: 120 bits, so that nobody makes two alike. */
export const short = (id: string) => (id.length > 12 ? id.slice(0, 30) : id);
export const nameOf = (p: string | PersonRef | null | undefined) => (!p ? "–" : typeof p === "string" ? p : p.name);

export function Count({ label, n }: { label: string; n: number }) {
  return (
    <span class="count">
      {label} <strong>{num(n)}</strong>
    </span>
  );
}

// ---- forms ------------------------------------------------------------------

interface FieldProps extends Children {
  label: string;
  hint?: string;
  wide?: boolean;
}

/** A label and its control: ${children} gives the control the id. */
export function Field({
  label,
  hint,
  children,
  wide,
}: Omit<FieldProps, "children"> & { children: (id: string, hintId?: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class={wide ? "field wide" : "field"}>
      <label for={id}>{label}</label>
      {children(id, hint ? `${id}-hint` : undefined)}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

type Input = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "onInput" | "value" | "label"> & {
  label: string;
  hint?: string;
  value: string;
  onValue: (v: string) => void;
};

export function TextField({ label, hint, value, onValue, ...rest }: Input) {
  return (
    <Field label={label} hint={hint}>
      {(id, h) => (
        <input
          dir="auto"
          {...rest}
          id={id}
          aria-describedby={h}
          value={value}
          onInput={(e) => onValue(e.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function AreaField(props: {
  label: string;
  hint?: string;
  value: string;
  onValue: (v: string) => void;
  rows?: number;
  required?: boolean;
  autofocus?: boolean;
  code?: boolean;
}) {
  return (
    <Field label={props.label} hint={props.hint} wide>
      {(id, h) => (
        <textarea
          id={id}
          aria-describedby={h}
          dir={props.code ? "ltr" : "auto"}
          class={props.code ? "code" : ""}
          spellcheck={!props.code}
          rows={props.rows ?? 4}
          required={props.required}
          autofocus={props.autofocus}
          value={props.value}
          onInput={(e) => props.onValue(e.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export type Option = [value: string, label: string];

/**
 * The options, with the chosen one among them even when an update has taken it
 * from the list: the browser would show another one, or none, in its place.
 */
export function withChosen(options: Option[], value: string, label: string): Option[] {
  return options.some(([v]) => v === value) ? options : [...options, [value, label]];
}

export function SelectField(props: {
  label: string;
  hint?: string;
  value: string;
  onValue: (v: string) => void;
  options: Option[];
  required?: boolean;
  autofocus?: boolean;
}) {
  const last = useRef<Option>([props.value, props.value]);
  const found = props.options.find(([v]) => v === props.value);
  if (found) last.current = found;
  const label = last.current[0] === props.value ? last.current[1] : props.value;
  return (
    <Field label={props.label} hint={props.hint}>
      {(id, h) => (
        <select
          id={id}
          aria-describedby={h}
          required={props.required}
          autofocus={props.autofocus}
          value={props.value}
          onChange={(e) => props.onValue(e.currentTarget.value)}
        >
          {withChosen(props.options, props.value, label).map(([v, l]) => (
            <option key={v} value={v} selected={v === props.value}>
              {l}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Check({
  label,
  checked,
  onChecked,
  hint,
}: {
  label: ComponentChildren;
  checked: boolean;
  onChecked: (on: boolean) => void;
  hint?: string;
}) {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(e) => onChecked(e.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Runs what a button starts, one run at a time, and keeps the error. */
export function useTask() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const running = useRef(false);
  const run = async (f: () => Promise<unknown>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await f();
      return true;
    } catch (e) {
      setError(e);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, error, run, setError };
}

// ---- dialogs ----------------------------------------------------------------

/** A modal dialog. The focus goes back to where it was when it closes. */
export function Dialog({
  title,
  onClose,
  children,
  class: c,
}: Children & { title: string; onClose: () => void; class?: string }) {
  const d = useRef<HTMLDialogElement>(null);
  const h = useId();
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const el = d.current!;
    el.showModal();
    el.querySelector<HTMLElement>("[autofocus]")?.focus();
    return () => {
      el.close();
      if (before?.isConnected) before.focus();
      else document.querySelector<HTMLElement>("h1")?.focus();
    };
  }, []);
  return (
    <dialog
      ref={d}
      class={c}
      aria-labelledby={h}
      onCancel={(e) => {
        e.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={h}>{title}</h2>
        <button type="button" class="plain" onClick={onClose} aria-label={t("action.close")}>
          <Icon name="cross" />
        </button>
      </div>
      {children}
    </dialog>
  );
}

/**
 * A dialog with a form, closed when ${submit} is done.  When it throws, the
 * dialog stays open and says why, with a way to ${onConflict} after a conflict.
 */
export function FormDialog(
  props: Children & {
    title: string;
    action: string;
    danger?: boolean;
    submit: () => Promise<unknown>;
    onClose: () => void;
    onConflict?: (e: ApiError) => void;
    done?: string;
  },
) {
  const task = useTask();
  const onConflict =
    props.onConflict &&
    ((e: ApiError) => {
      task.setError(null);
      props.onConflict!(e);
    });
  const go = async (e: Event) => {
    e.preventDefault();
    if (await task.run(props.submit)) {
      if (props.done) announce(props.done);
      props.onClose();
    }
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={(e) => void go(e)}>
        <div class="fields">{props.children}</div>
        {task.error ? <FormError error={task.error} onConflict={onConflict} /> : null}
        <div class="buttons">
          <button type="submit" class={props.danger ? "danger" : "primary"} disabled={task.busy}>
            {task.busy ? t("state.working") : props.action}
          </button>
          <button type="button" onClick={props.onClose}>
            {t("action.cancel")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function FormError({ error, onConflict }: { error: unknown; onConflict?: (e: ApiError) => void }) {
  if (error instanceof ApiError && error.code === "conflict" && onConflict)
    return (
      <div class="notice warn" role="alert">
        <Icon name="warn" /> <span>{conflictText(error)}</span>
        <button type="button" onClick={() => onConflict(error)}>
          {t("conflict.see")}
        </button>
      </div>
    );
  return <Fail error={error} />;
}

export function conflictText(e: ApiError): string {
  return e.by
    ? t("conflict.text", { name: `\u2068${e.by}\u2069`, time: dateTime(e.at_ms) })
    : currentLanguage() === "en" && e.message
      ? e.message
      : t("conflict.text-unknown");
}

/** Asks before something that is hard to take back. */
export function Confirm(props: {
  title: string;
  text: string;
  action: string;
  submit: () => Promise<unknown>;
  onClose: () => void;
  done?: string;
}) {
  return (
    <FormDialog {...props} danger>
      <p>{props.text}</p>
    </FormDialog>
  );
}

// ---- lists ------------------------------------------------------------------

/** A table that scrolls by itself when the window is narrow. */
export function Table({ label, head, children }: Children & { label: string; head: ComponentChildren[] }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((h, i) => (
              <th key={i} scope="col">
                {h}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function useTick(ms: number) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((n) => n + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
