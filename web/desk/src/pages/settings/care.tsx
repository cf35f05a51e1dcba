// SPDX-License-Identifier: MIT
// A person's language, and the limits that they set themselves.
import { useState } from "preact/hooks";
import { put } from "../../api";
import { isLanguage, LANGUAGES, t } from "../../lang";
import { announce, session, setSession, workSince } from "../../store";
import type { Session } from "../../types";
import { FormError, Section, SelectField, TextField, useTask } from "../../ui";

export function Care() {
  const p = session.get()!.person;
  const [language, setLang] = useState(isLanguage(p.language) ? p.language : "en");
  const [limit, setLimit] = useState(String(p.daily_limit));
  const [every, setEvery] = useState(String(p.break_every_min));
  const task = useTask();
  const save = (e: Event) => {
    e.preventDefault();
    void task.run(async () => {
      setSession(
        await put<Session>("/settings", { language, daily_limit: Number(limit), break_every_min: Number(every) }),
      );
      workSince.set(Date.now());
      announce(t("case.saved"));
    });
  };
  return (
    <Section title={t("settings.care")}>
      <form onSubmit={save}>
        <SelectField
          label={t("settings.language")}
          value={language}
          onValue={(v) => isLanguage(v) && setLang(v)}
          options={Object.entries(LANGUAGES).map(([k, l]) => [k, l.name])}
        />
        <TextField
          label={t("settings.limit")}
          hint={t("settings.limit-hint")}
          type="number"
          min="0"
          max="10000"
          dir="ltr"
          required
          value={limit}
          onValue={setLimit}
        />
        <TextField
          label={t("settings.break")}
          hint={t("settings.break-hint")}
          type="number"
          min="0"
          max="480"
          dir="ltr"
          required
          value={every}
          onValue={setEvery}
        />
        {task.error ? <FormError error={task.error} /> : null}
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy}>
            {t("case.save")}
          </button>
        </div>
      </form>
    </Section>
  );
}
