// SPDX-License-Identifier: MIT
// Words, numbers and dates in the reviewer's language.  English is part of
// the script; the others are files that are fetched when they are chosen.
import { datesIn, listsIn, numbersIn, pluralsIn } from "../../shared/formats";
import en from "./lang/en.json";
import arUrl from "./lang/ar.json?url";
import kmrUrl from "./lang/kmr.json?url";
import ckbUrl from "./lang/ckb.json?url";
import type { Language } from "./types";

export type Key = keyof typeof en;
export type Args = Record<string, string | number>;

export const LANGUAGES: Record<Language, { name: string; dir: "ltr" | "rtl"; locales: string[] }> = {
  en: { name: "English", dir: "ltr", locales: ["en-GB", "en"] },
  ar: { name: "العربية", dir: "rtl", locales: ["ar-IQ-u-nu-latn", "ar-u-nu-latn"] },
  // No browser has names of months in Kurmanji; those of "ku" or numbers.
  kmr: { name: "Kurmancî", dir: "ltr", locales: ["kmr", "ku", "en-GB"] },
  ckb: { name: "سۆرانی", dir: "rtl", locales: ["ckb-u-nu-latn", "en-GB"] },
};
const URLS: Partial<Record<Language, string>> = { ar: arUrl, kmr: kmrUrl, ckb: ckbUrl };

let language: Language = "en";
/** A text for each form that a language has for a number: Arabic has six. */
export interface Plural extends Partial<Record<Intl.LDMLPluralRule, string>> {
  /** The argument that counts; n unless it says otherwise. */
  by?: string;
  other: string;
}
type Words = Record<string, string | Plural>;

let words: Words = en;
const listeners = new Set<() => void>();

export function isLanguage(code: string): code is Language {
  return code in LANGUAGES;
}

export function currentLanguage(): Language {
  return language;
}

export function onLanguage(f: () => void): () => void {
  listeners.add(f);
  return () => listeners.delete(f);
}

export async function setLanguage(code: string): Promise<void> {
  const to: Language = isLanguage(code) ? code : "en";
  const url = URLS[to];
  if (to !== language) {
    try {
      words = url ? ((await (await fetch(url)).json()) as Words) : en;
      language = to;
    } catch {
      return; // What is shown stays readable.
    }
  }
  document.documentElement.lang = language;
  document.documentElement.dir = LANGUAGES[language].dir;
  listeners.forEach((f) => f());
}

export function fill(text: string, args: Args = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const v = args[name];
    return v === undefined ? whole : typeof v === "number" ? num(v) : v;
  });
}

/** The form that the language has for ${n}.  Browsers that do not know the
 * language count as English does, and so do Kurmanji and Sorani. */
function form(n: number): Intl.LDMLPluralRule {
  const l = Intl.PluralRules.supportedLocalesOf(LANGUAGES[language].locales);
  return pluralsIn([l[0] ?? "en"]).select(n);
}

function text(entry: string | Plural, args?: Args): string {
  if (typeof entry === "string") return fill(entry, args);
  const n = Number(args?.[entry.by ?? "n"] ?? 0);
  return fill(entry[form(n)] ?? entry.other, args);
}

export function t(key: Key, args?: Args): string {
  return text(words[key] ?? en[key], args);
}

/** The word for a code of the desk; the code itself when there is none. */
export function word(kind: string, code: string, args?: Args): string {
  const key = `${kind}.${code}`;
  const entry = words[key] ?? (en as Words)[key];
  return entry === undefined ? code : text(entry, args);
}

/** "a, b and c", as the language writes it. */
export function list(items: string[]): string {
  const l = has(Intl.ListFormat);
  if (l.length === 0 || (l[0] ?? "").startsWith("en") !== (language === "en")) return items.join(t("list.comma"));
  return listsIn(l).format(items);
}

// ---- numbers and dates ------------------------------------------------------

// Kurmanji and Sorani are missing in the data of many browsers, which then
// write in the browser's own language: numerals do less harm than that.
interface Formats {
  supportedLocalesOf(locales: string[]): string[];
}
const has = (f: Formats) => f.supportedLocalesOf(LANGUAGES[language].locales);
const named = () => {
  const l = has(Intl.DateTimeFormat);
  return (language !== "kmr" && language !== "ckb") || (l[0] ?? "").startsWith(language === "ckb" ? "ckb" : "k");
};
const locales = (f: Formats) => {
  const l = has(f);
  return l.length ? l : ["en-GB"];
};

export function num(n: number, options?: Intl.NumberFormatOptions): string {
  return numbersIn(locales(Intl.NumberFormat), options).format(n);
}

export function percent(part: number, whole: number): string {
  return whole ? num(part / whole, { style: "percent", maximumFractionDigits: 0 }) : "–";
}

const pad = (n: number) => String(n).padStart(2, "0");

/** Numbers alone stay in their order, also amid words from right to left. */
const isolated = (numbers: string) => `\u2066${numbers}\u2069`;
const iso = (d: Date) => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;

export function date(ms: number): string {
  if (!ms) return "–";
  const d = new Date(ms);
  if (!named()) return isolated(iso(d));
  return datesIn(locales(Intl.DateTimeFormat), {
    year: "numeric",
    month: "short",
    day: "numeric",
  }).format(d);
}

export function dateTime(ms: number): string {
  if (!ms) return "–";
  const d = new Date(ms);
  const time = `${pad(d.getHours())}:${pad(d.getMinutes())}`;
  return named() ? `${date(ms)} ${time}` : isolated(`${iso(d)} ${time}`);
}

/** How long, in the largest unit that says enough. */
export function span(ms: number): string {
  const min = Math.round(Math.abs(ms) / 60_000);
  if (min < 1) return t("time.less-than-minute");
  if (min < 60) return t("time.minutes", { n: min });
  if (min < 48 * 60) return t("time.hours", { n: Math.round(min / 60) });
  return t("time.days", { n: Math.round(min / 1440) });
}

export function bytes(n: number): string {
  if (n < 1024) return t("size.bytes", { n });
  if (n < 1024 * 1024) return t("size.kib", { n: Math.round(n / 1024) });
  return t("size.mib", { n: Math.round((n / 1024 / 1024) * 10) / 10 });
}
