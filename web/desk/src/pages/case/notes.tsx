// SPDX-License-Identifier: MIT
import { t, word } from "../../lang";
import type { Note } from "../../types";
import { Empty, Foreign, Section, Sign, When } from "../../ui";

export function Notes({ list }: { list: Note[] }) {
  return (
    <Section title={t("case.notes")}>
      {list.length === 0 ? (
        <Empty text={t("case.no-notes")} />
      ) : (
        <ol class="plain-list">
          {list.map((n) => (
            <li key={n.id}>
              <p class="row">
                {n.kind !== "note" && (
                  <Sign tone="warn" icon={n.kind === "escalation" ? "up" : "question"}>
                    {word("note-kind", n.kind)}
                  </Sign>
                )}
                <bdi>{n.by}</bdi>{" "}
                <span class="quiet">
                  <When ms={n.at_ms} />
                </span>
              </p>
              <Foreign text={n.text} />
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
