// SPDX-License-Identifier: MIT
// Words, numbers and dates in the reader's language.  English is part of the
// script; the others are files that are fetched when they are chosen.
import { signal } from "@preact/signals";
import { datesIn, listsIn, numbersIn, pluralsIn } from "../../shared/formats";
import ar from "./lang/ar.json?url";
import ckb from "./lang/ckb.json?url";
import en from "./lang/en.json";
import es from "./lang/es.json?url";
import fa from "./lang/fa.json?url";
import fr from "./lang/fr.json?url";
import kmr from "./lang/kmr.json?url";
import uk from "./lang/uk.json?url";

export type Key = keyof typeof en;
export type Args = Record<string, string | number>;
/** A text for each form that a language has for a number. */
type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
type Words = Record<string, string | Plural>;

interface Tongue {
  name: string;
  dir: "ltr" | "rtl";
  locales: string[];
  url?: string;
}
// No browser has all of Kurmanji and Sorani; then numbers and names of months
// are in a neighbour's.
export const TONGUES = {
  en: { name: "English", dir: "ltr", locales: ["en-GB", "en"] },
  ar: { name: "العربية", dir: "rtl", locales: ["ar-IQ-u-nu-latn", "ar-u-nu-latn"], url: ar },
  kmr: { name: "Kurmancî", dir: "ltr", locales: ["kmr", "ku", "en-GB"], url: kmr },
  ckb: { name: "کوردی", dir: "rtl", locales: ["ckb-u-nu-latn", "en-GB"], url: ckb },
  uk: { name: "Українська", dir: "ltr", locales: ["uk"], url: uk },
  fa: { name: "فارسی", dir: "rtl", locales: ["fa-u-nu-latn"], url: fa },
  es: { name: "Español", dir: "ltr", locales: ["es"], url: es },
  fr: { name: "Français", dir: "ltr", locales: ["fr"], url: fr },
} satisfies Record<string, Tongue>;
export type Language = keyof typeof TONGUES;

const words = signal<Words>(en);
export const language = signal<Language>("en");
const tongue = (): Tongue => TONGUES[language.value];

export async function setLanguage(to: Language): Promise<void> {
  const { url, dir }: Tongue = TONGUES[to];
  try {
    words.value = url ? ((await (await fetch(url)).json()) as Words) : en;
  } catch {
    return; // What is shown stays readable.
  }
  language.value = to;
  document.documentElement.lang = to;
  document.documentElement.dir = dir;
}

/** The browser's first language that there is; "ku" is mostly Kurmanji. */
export function wanted(): Language {
  for (const l of navigator.languages) {
    const code = l.toLowerCase().split("-")[0];
    if (code === "ku") return l.toLowerCase().includes("arab") ? "ckb" : "kmr";
    if (code in TONGUES) return code as Language;
  }
  return "en";
}

function fill(text: string, args: Args): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const v = args[name];
    return v === undefined ? whole : typeof v === "number" ? num(v) : v;
  });
}

/** The form that the language has for ${n}; where the browser does not know it,
 * it counts as English does, and so do Kurmanji and Sorani. */
function form(n: number): Intl.LDMLPluralRule {
  const l = Intl.PluralRules.supportedLocalesOf(tongue().locales);
  return pluralsIn([l[0] ?? "en"]).select(n);
}

export const has = (key: string): key is Key => key in en;

export function t(key: Key, args: Args = {}): string {
  const entry = words.value[key] ?? (en as Words)[key];
  if (typeof entry === "string") return fill(entry, args);
  return fill(entry[form(Number(args.n ?? 0))] ?? entry.other, args);
}

// ---- numbers, dates -----------------------------------------------------------

export const num = (n: number, options?: Intl.NumberFormatOptions) => numbersIn(tongue().locales, options).format(n);

const dates = (options: Intl.DateTimeFormatOptions) => datesIn(tongue().locales, options);

export const time = (ms: number) => dates({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);

const dayOf = (ms: number) => {
  const d = new Date(ms);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
};
export const sameDay = (a: number, b: number) => dayOf(a) === dayOf(b);
const daysAgo = (ms: number) => Math.round((dayOf(Date.now()) - dayOf(ms)) / 86_400_000);

/** "Today", "Yesterday", or the day. */
export function day(ms: number): string {
  const ago = daysAgo(ms);
  if (ago === 0) return t("time.today");
  if (ago === 1) return t("time.yesterday");
  const year = new Date(ms).getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return dates({ weekday: "long", day: "numeric", month: "long", year }).format(ms);
}

/** In a list: the hour today, else the day. */
export function shortly(ms: number): string {
  if (!ms) return "";
  const ago = daysAgo(ms);
  if (ago <= 0) return time(ms);
  if (ago === 1) return t("time.yesterday");
  if (ago < 7) return dates({ weekday: "short" }).format(ms);
  return dates({ day: "numeric", month: "short" }).format(ms);
}

export const moment = (ms: number) => t("time.day-at", { day: day(ms), time: time(ms) });

export function bytes(n: number): string {
  if (n < 1000) return t("size.bytes", { n });
  if (n < 1e6) return t("size.kb", { n: Math.round(n / 1000) });
  return t("size.mb", { n: Math.round(n / 1e5) / 10 });
}

/** "7 days", for a timer. */
export function span(seconds: number): string {
  if (seconds % 86_400 === 0) return t("span.days", { n: seconds / 86_400 });
  if (seconds % 3600 === 0) return t("span.hours", { n: seconds / 3600 });
  return t("span.minutes", { n: Math.max(1, Math.round(seconds / 60)) });
}

/** "a, b and c". */
export function list(items: string[]): string {
  const known = Intl.ListFormat.supportedLocalesOf(tongue().locales);
  return known.length ? listsIn(known).format(items) : items.join(", ");
}
