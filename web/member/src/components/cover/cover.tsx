// SPDX-License-Identifier: MIT
// What stands there after a quiet exit.  It does what it looks like, keeps
// nothing, and goes away when its name is held.
import { useEffect, useRef, useState } from "preact/hooks";
import { num, t } from "../../lang";
import { comeBack, cover } from "../../stores/cover";

const HOLD_MS = 1500;

/** Held for a while, it leads back. */
function Title({ text }: { text: string }) {
  const timer = useRef<number | undefined>(undefined);
  const stop = () => clearTimeout(timer.current);
  useEffect(() => {
    document.title = text;
    return stop;
  }, [text]);
  return (
    <h1
      class="cover-title"
      onPointerDown={() => (timer.current = window.setTimeout(comeBack, HOLD_MS))}
      onPointerUp={stop}
      onPointerLeave={stop}
      onContextMenu={(e) => e.preventDefault()}
    >
      {text}
    </h1>
  );
}

type Op = "+" | "−" | "×" | "÷";
const KEYS = ["7", "8", "9", "÷", "4", "5", "6", "×", "1", "2", "3", "−", "0", ".", "=", "+"] as const;
const DIGITS_MOST = 12;

interface Sum {
  shown: string;
  first: number | null;
  op: Op | null;
  fresh: boolean; // the next digit begins a number
}
const NOTHING: Sum = { shown: "0", first: null, op: null, fresh: true };

function work(a: number, op: Op, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "−":
      return a - b;
    case "×":
      return a * b;
    case "÷":
      return a / b;
  }
}

export function press(s: Sum, key: string): Sum {
  if (/^[0-9.]$/.test(key)) {
    const before = s.fresh ? "" : s.shown;
    if (before.length >= DIGITS_MOST || (key === "." && before.includes("."))) return s;
    const now = before + key;
    return { ...s, shown: /^0[0-9]/.test(now) ? now.slice(1) : now === "." ? "0." : now, fresh: false };
  }
  const value = Number(s.shown);
  const result = s.op && s.first !== null && !s.fresh ? work(s.first, s.op, value) : value;
  const shown = String(Number(result.toPrecision(DIGITS_MOST)));
  return key === "="
    ? { shown, first: null, op: null, fresh: true }
    : { shown, first: result, op: key as Op, fresh: true };
}

function Sums() {
  const [s, set] = useState<Sum>(NOTHING);
  const value = Number(s.shown);
  return (
    <div class="app cover">
      <main class="page" id="main">
        <Title text={t("cover.sums")} />
        <output class="cover-shown digits" dir="ltr">
          {s.fresh && Number.isFinite(value) ? num(value, { maximumFractionDigits: 10 }) : s.shown}
        </output>
        <div class="cover-keys" dir="ltr">
          {KEYS.map((k) => (
            <button key={k} type="button" class="btn second" onClick={() => set((now) => press(now, k))}>
              {k}
            </button>
          ))}
          <button type="button" class="btn plain cover-clear" onClick={() => set(NOTHING)}>
            C
          </button>
        </div>
      </main>
    </div>
  );
}

function Notes() {
  return (
    <div class="app cover">
      <main class="page" id="main">
        <Title text={t("cover.notes")} />
        <textarea class="input cover-note" dir="auto" aria-label={t("cover.notes")} autocomplete="off" />
      </main>
    </div>
  );
}

export const Covered = () => (cover.value === "sums" ? <Sums /> : <Notes />);
