// SPDX-License-Identifier: MIT
// The four places, at the foot.
import type { Key } from "../lang";
import { t } from "../lang";
import { href } from "../router";
import { requests } from "../stores/conversations";
import type { Sign } from "./parts/icon";
import { Icon } from "./parts/icon";

const PLACES: { name: string; icon: Sign; word: Key }[] = [
  { name: "chats", icon: "chats", word: "tab.chats" },
  { name: "requests", icon: "knock", word: "tab.requests" },
  { name: "people", icon: "people", word: "tab.people" },
  { name: "you", icon: "me", word: "tab.you" },
];

export function Tabs({ at }: { at: string }) {
  return (
    <nav class="tabs" aria-label={t("tab.main")}>
      {PLACES.map((p) => (
        <a key={p.name} class="tab" href={href(p.name)} aria-current={p.name === at ? "page" : undefined}>
          <span class="tab-sign">
            <Icon name={p.icon} />
            {p.name === "requests" && requests.value.length > 0 && (
              <span class="tab-dot">
                <span class="unseen">{t("list.requests", { n: requests.value.length })}</span>
              </span>
            )}
          </span>
          {t(p.word)}
        </a>
      ))}
    </nav>
  );
}
