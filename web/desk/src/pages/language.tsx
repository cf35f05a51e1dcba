// SPDX-License-Identifier: MIT
import { currentLanguage, LANGUAGES, setLanguage, t } from "../lang";

export function LanguagePicker() {
  return (
    <nav class="languages" aria-label={t("settings.language")}>
      {(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[]).map((l) => (
        <button
          key={l}
          type="button"
          class="plain"
          lang={l}
          dir={LANGUAGES[l].dir}
          aria-pressed={l === currentLanguage()}
          onClick={() => void setLanguage(l)}
        >
          {LANGUAGES[l].name}
        </button>
      ))}
    </nav>
  );
}
