// SPDX-License-Identifier: MIT
// Intl's formatters.  To make one takes longer than all that a list formats with
// it, so each is made once.

type Maker<F> = new (locales: string[], options: object) => F;

const MOST = 100; // a page uses about ten in each language
const made = new Map<string, unknown>();

/** The formatter ${Of} of ${name} for ${locales} and ${options}.  Whoever travels
 * gets another one for times. */
export function formatter<F>(
  name: string,
  Of: Maker<F>,
  locales: readonly string[],
  options: object = {},
): F {
  const key = JSON.stringify([
    name,
    locales,
    options,
    new Date().getTimezoneOffset(),
  ]);
  let f = made.get(key) as F | undefined;
  if (f === undefined) {
    if (made.size >= MOST) made.clear();
    f = new Of([...locales], options);
    made.set(key, f);
  }
  return f;
}

type Dates = Intl.DateTimeFormatOptions;
type Numbers = Intl.NumberFormatOptions;

export const datesIn = (locales: readonly string[], options: Dates) =>
  formatter("dates", Intl.DateTimeFormat, locales, options);
export const numbersIn = (locales: readonly string[], options?: Numbers) =>
  formatter("numbers", Intl.NumberFormat, locales, options);
export const pluralsIn = (locales: readonly string[]) =>
  formatter("plurals", Intl.PluralRules, locales);
/** "a, b and c". */
export const listsIn = (locales: readonly string[]) =>
  formatter("lists", Intl.ListFormat, locales, { type: "conjunction" });
