// SPDX-License-Identifier: MIT
import { useState } from "preact/hooks";
import { put } from "../../api";
import { t } from "../../lang";
import { announce, session, setSession } from "../../store";
import type { Session } from "../../types";
import { FormError, Section, TextField, useTask } from "../../ui";

export function Password() {
  const p = session.get()!.person;
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const task = useTask();
  const differ = again !== "" && again !== fresh;
  const save = (e: Event) => {
    e.preventDefault();
    if (fresh !== again) return;
    void task.run(async () => {
      const s = await put<Session>("/settings", {
        language: p.language,
        daily_limit: p.daily_limit,
        break_every_min: p.break_every_min,
        password: { old, new: fresh },
      });
      setSession(s);
      setOld("");
      setFresh("");
      setAgain("");
      announce(t("settings.password-changed"));
    });
  };
  return (
    <Section title={t("settings.password")}>
      <form onSubmit={save}>
        <TextField
          label={t("settings.old")}
          type="password"
          autoComplete="current-password"
          required
          value={old}
          onValue={setOld}
        />
        <TextField
          label={t("settings.new")}
          hint={t("welcome.password-hint", { n: 12 })}
          type="password"
          autoComplete="new-password"
          minLength={12}
          required
          value={fresh}
          onValue={setFresh}
        />
        <TextField
          label={t("welcome.password-again")}
          hint={differ ? t("welcome.differ") : undefined}
          aria-invalid={differ}
          type="password"
          autoComplete="new-password"
          required
          value={again}
          onValue={setAgain}
        />
        {task.error ? <FormError error={task.error} /> : null}
        <div class="buttons">
          <button type="submit" class="primary" disabled={task.busy || differ}>
            {t("settings.change")}
          </button>
        </div>
      </form>
    </Section>
  );
}
