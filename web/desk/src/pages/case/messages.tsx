// SPDX-License-Identifier: MIT
// The messages of a case, its attachments, and questions to reporters.
import { Fragment } from "preact";
import { t } from "../../lang";
import { may } from "../../store";
import type { Attachment, Case, Media, Question } from "../../types";
import { Empty, Fail, Section, useTask } from "../../ui";
import { AttachmentView, Gap, ItemView, QuestionView } from "../item";

export function Messages({
  c,
  readTo,
  look,
  redact,
  more,
}: {
  c: Case;
  readTo: number;
  look: (m: Media) => void;
  redact: (id: string) => void;
  more: () => Promise<unknown>;
}) {
  const task = useTask();
  if (c.items.length === 0) return <Empty text={t("case.no-items")} />;
  return (
    <>
      <ol class="items">
        {c.items.map((i) => (
          <Fragment key={i.id}>
            {i.undisclosed > 0 && <Gap n={i.undisclosed} />}
            <ItemView
              item={i}
              fresh={i.since_version > readTo}
              look={look}
              redact={may.work() ? () => redact(i.id) : undefined}
            />
          </Fragment>
        ))}
      </ol>
      {task.error ? <Fail error={task.error} /> : null}
      {c.items.length < c.items_total && (
        <p class="row">
          <button type="button" disabled={task.busy} onClick={() => void task.run(more)}>
            {t("state.more")}
          </button>
          <span class="quiet">{t("case.items-of", { n: c.items.length, total: c.items_total })}</span>
        </p>
      )}
    </>
  );
}

export function Attachments({ list }: { list: Attachment[] }) {
  if (list.length === 0) return null;
  return (
    <Section title={t("attachment.title")}>
      <ol class="items">
        {list.map((a) => (
          <AttachmentView key={a.id} a={a} />
        ))}
      </ol>
    </Section>
  );
}

export function Questions({ list }: { list: Question[] }) {
  if (list.length === 0) return null;
  return (
    <Section title={t("question.title")}>
      <ol class="plain-list">
        {list.map((q) => (
          <QuestionView key={q.id} q={q} />
        ))}
      </ol>
    </Section>
  );
}
