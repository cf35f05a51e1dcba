// SPDX-License-Identifier: MIT
// Lists of photo hashes, the desk's own and those of other organisations.
import { useState } from "preact/hooks";
import { del, download, post } from "../api";
import { num, t } from "../lang";
import { may, useLoad } from "../store";
import type { HashList, Imported, Page } from "../types";
import {
  AreaField,
  Confirm,
  Dialog,
  Empty,
  Fail,
  Field,
  FormDialog,
  FormError,
  Load,
  SelectField,
  Table,
  TextField,
  Title,
  useTask,
  When,
} from "../ui";

type Ask = { kind: "new" } | { kind: "import" | "delete"; list: HashList } | null;

type Format = "csv" | "hma";

const save = (l: HashList, format: Format) =>
  download("GET", `/lists/${l.id}/export?format=${format}`, undefined, `${l.id}.${format === "csv" ? "csv" : "json"}`);

interface LineProps {
  l: HashList;
  busy: boolean;
  ask: (a: Ask) => void;
  save: (format: Format) => void;
}

function ListLine(p: LineProps) {
  const { l } = p;
  return (
    <tr>
      <th scope="row">
        <bdi>{l.name}</bdi>
      </th>
      <td>
        <bdi>{l.owner}</bdi>
      </td>
      <td>
        <bdi>{l.purpose}</bdi>
      </td>
      <td>{num(l.hashes)}</td>
      <td>
        <When ms={l.made_ms} />
      </td>
      <td>
        <span class="row">{may.administer() && <ListActions {...p} />}</span>
      </td>
    </tr>
  );
}

function ListActions({ l, busy, ask, save }: LineProps) {
  return (
    <>
      <button type="button" class="plain" onClick={() => ask({ kind: "import", list: l })}>
        {t("lists.import")}
      </button>
      <button type="button" class="plain" disabled={busy} onClick={() => save("csv")}>
        {t("lists.export")} CSV
      </button>
      <button type="button" class="plain" disabled={busy} onClick={() => save("hma")}>
        {t("lists.export")} HMA
      </button>
      <button type="button" class="plain" onClick={() => ask({ kind: "delete", list: l })}>
        {t("lists.delete")}
      </button>
    </>
  );
}

export function ListsPage() {
  const loaded = useLoad<Page<HashList>>("/lists");
  const [ask, setAsk] = useState<Ask>(null);
  const close = () => setAsk(null);
  const task = useTask();
  return (
    <>
      <Title text={t("nav.lists")} />
      <p>{t("lists.about")}</p>
      {may.administer() && (
        <div class="buttons">
          <button type="button" class="primary" onClick={() => setAsk({ kind: "new" })}>
            {t("lists.new")}
          </button>
        </div>
      )}
      {task.error ? <Fail error={task.error} /> : null}
      <Load of={loaded}>
        {(d) =>
          d.items.length === 0 ? (
            <Empty text={t("lists.none")} />
          ) : (
            <Table
              label={t("nav.lists")}
              head={[
                t("lists.name"),
                t("lists.owner"),
                t("lists.purpose"),
                t("lists.hashes"),
                t("lists.made"),
                t("lists.actions"),
              ]}
            >
              {d.items.map((l) => (
                <ListLine
                  key={l.id}
                  l={l}
                  busy={task.busy}
                  ask={setAsk}
                  save={(f) => void task.run(() => save(l, f))}
                />
              ))}
            </Table>
          )
        }
      </Load>
      {ask?.kind === "new" && <NewList onClose={close} onMade={loaded.reload} />}
      {ask?.kind === "import" && <Import list={ask.list} onClose={close} onDone={loaded.reload} />}
      {ask?.kind === "delete" && (
        <Confirm
          title={t("lists.delete")}
          text={t("lists.delete-text", { name: `\u2068${ask.list.name}\u2069` })}
          action={t("lists.delete")}
          onClose={close}
          submit={async () => {
            await del(`/lists/${ask.list.id}`);
            loaded.reload();
          }}
          done={t("lists.deleted")}
        />
      )}
    </>
  );
}

function NewList({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const [purpose, setPurpose] = useState("");
  return (
    <FormDialog
      title={t("lists.new")}
      action={t("lists.create")}
      onClose={onClose}
      done={t("case.saved")}
      submit={async () => {
        await post("/lists", { name, owner, purpose });
        onMade();
      }}
    >
      <TextField label={t("lists.name")} value={name} onValue={setName} required autofocus />
      <TextField label={t("lists.owner")} hint={t("lists.owner-hint")} value={owner} onValue={setOwner} required />
      <AreaField label={t("lists.purpose")} value={purpose} onValue={setPurpose} required rows={2} />
    </FormDialog>
  );
}

function Import({ list, onClose, onDone }: { list: HashList; onClose: () => void; onDone: () => void }) {
  const [format, setFormat] = useState("csv");
  const [file, setFile] = useState<File | null>(null);
  const [got, setGot] = useState<Imported | null>(null);
  const task = useTask();
  const submit = (e: Event) => {
    e.preventDefault();
    if (!file) return;
    void task.run(async () => {
      setGot(await post<Imported>(`/lists/${list.id}/import?format=${format}`, await file.text()));
      onDone();
    });
  };
  return (
    <Dialog title={t("lists.import-into", { name: `\u2068${list.name}\u2069` })} onClose={onClose}>
      {got ? (
        <>
          <p role="status">{t("lists.imported", { added: got.added, skipped: got.skipped, bad: got.n_bad })}</p>
          {got.bad.length > 0 && (
            <ul class="bad-lines">
              {got.bad.slice(0, 100).map((b) => (
                <li key={b.line}>
                  {t("lists.line", { n: b.line })} <bdi>{b.why}</bdi>
                </li>
              ))}
            </ul>
          )}
          <div class="buttons">
            <button type="button" class="primary" onClick={onClose}>
              {t("action.close")}
            </button>
          </div>
        </>
      ) : (
        <form onSubmit={submit}>
          <div class="fields">
            <SelectField
              label={t("lists.format")}
              value={format}
              onValue={setFormat}
              options={[
                ["csv", "CSV"],
                ["hma", "HMA"],
              ]}
              autofocus
            />
            <Field label={t("lists.file")}>
              {(id) => (
                <input
                  id={id}
                  type="file"
                  accept=".csv,.txt,.json,text/plain"
                  required
                  onChange={(e) => setFile(e.currentTarget.files?.[0] ?? null)}
                />
              )}
            </Field>
          </div>
          {task.error ? <FormError error={task.error} /> : null}
          <div class="buttons">
            <button type="submit" class="primary" disabled={task.busy || !file}>
              {task.busy ? t("state.working") : t("lists.import")}
            </button>
            <button type="button" onClick={onClose}>
              {t("action.cancel")}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
