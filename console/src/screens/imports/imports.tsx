// A file of people, applications or others: looked at, tried, and imported; and the imports there were.
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import {
  ImportsDocument,
  PreviewImportDocument,
  StartImportDocument,
  type ImportKind,
  type PreviewImportMutation,
  type StartImportMutation,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { Pages, Table, type Column } from "../../ui/table";
import { useWords } from "../../words";
import { Outcome, Refused } from "./import";

const KINDS: ImportKind[] = ["PEOPLE", "APPLICATIONS", "NOMINATIONS", "PAIRS", "ATTENDANCE", "OUTCOMES"];
const TYPES = ".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
type Tried = StartImportMutation["startImport"];

export function Imports({ programme }: { programme: string }) {
  const { t, word, time } = useWords();
  const [after, setAfter] = useState<string | null>(null);
  const [answer] = useQuery({ query: ImportsDocument, variables: { after } });
  const rows = answer.data?.imports?.nodes;
  return (
    <ProgrammeScreen programme={programme} title={t("imports")}>
      <p>{t("imports_text")}</p>
      <Importing programme={programme} />
      <Part title={t("imports_so_far")}>
        <Faults of={answer.error} />
        {!rows && answer.fetching && <Loading />}
        {rows?.length === 0 && <Nothing />}
        {rows && rows.length > 0 && (
          <Table
            caption={t("imports_so_far")}
            rows={[...rows].reverse()}
            id={(row) => row.id}
            columns={[
              { head: t("when"), cell: (row) => <Link href={`/imports/${row.id}`}>{time(row.startedAt)}</Link> },
              { head: t("rows_are"), cell: (row) => word(`rows_${row.kind}`) },
              { head: t("state"), cell: (row) => word(row.state) },
              { head: t("rows_in"), number: true, cell: (row) => t("taken_of", { taken: row.accepted, places: row.rows }) },
            ]}
          />
        )}
        <Pages page={answer.data?.imports?.pageInfo} after={after} go={setAfter} />
      </Part>
    </ProgrammeScreen>
  );
}

function Importing({ programme }: { programme: string }) {
  const { t, word } = useWords();
  const [, go] = useLocation();
  const [kind, setKind] = useState<ImportKind>("PEOPLE");
  const [file, setFile] = useState<string>();
  const [seen, see] = useState<PreviewImportMutation["previewImport"]>();
  const [tried, setTried] = useState<Tried>();
  const preview = useAct(PreviewImportDocument, (data) => see(data.previewImport));
  const start = useAct(StartImportDocument, ({ startImport: done }) =>
    done.dryRun ? setTried(done) : go(`/imports/${done.id}`),
  );
  function forget(): void {
    see(undefined);
    setTried(undefined);
  }
  async function chosen(files: FileList | null): Promise<void> {
    forget();
    setFile(files?.[0] && (await base64(files[0])));
  }
  // The form is emptied by what it started only: who tried a file sends the same one next.
  async function submit({ proxyReason, cohort }: Record<string, string>, dryRun: boolean): Promise<boolean> {
    const asked = { kind, file: file ?? "", programme, dryRun };
    const done = await start.act({ ...asked, proxyReason: proxyReason || null, cohort: cohort ? Number(cohort) : null });
    return done && !dryRun;
  }
  return (
    <Part title={t("import_file")}>
      <Form
        label={t("import_file")}
        button={t("go_on")}
        busy={start.busy}
        fault={start.fault}
        submit={(fields) => submit(fields, fields.dryRun !== "no")}
      >
        <Choice
          label={t("rows_are")}
          name="kind"
          value={kind}
          options={KINDS.map((one) => [one, word(`rows_${one}`)])}
          change={(one) => {
            forget();
            setKind(one as ImportKind);
          }}
        />
        <Field label={t("file")} hint={t("file_hint")}>
          <input name="file" type="file" accept={TYPES} required onChange={({ target }) => void chosen(target.files)} />
        </Field>
        {kind === "APPLICATIONS" && (
          <>
            <Field label={t("proxy_reason")} hint={t("proxy_reason_hint")}>
              <input name="proxyReason" maxLength={1000} />
            </Field>
            <Field label={t("cohort")} hint={t("cohort_of_rows_hint")}>
              <input name="cohort" type="number" min={1} />
            </Field>
          </>
        )}
        <Choice
          label={t("what_to_do")}
          name="dryRun"
          options={[
            ["yes", t("only_try")],
            ["no", t("really_import")],
          ]}
        />
        <Button
          className="plain"
          busy={preview.busy}
          disabled={!file}
          onClick={() => void preview.act({ kind, file: file ?? "", programme })}
        >
          {t("look_at_file")}
        </Button>{" "}
      </Form>
      <Faults of={preview.fault} />
      <div aria-live="polite">
        {seen && <Seen file={seen} />}
        {tried && <Try of={tried} />}
      </div>
    </Part>
  );
}

/** How a file is read, before anything is done with it. */
function Seen({ file }: { file: PreviewImportMutation["previewImport"] }) {
  const { t } = useWords();
  const read = file.columns.filter((one) => one.column);
  const rows = file.first as Record<string, string>[];
  return (
    <>
      <h3>{t("file_as_read")}</h3>
      <p className="said">
        {t("file_said", { count: file.rows, format: [file.format.toUpperCase(), file.charset].filter(Boolean).join(", ") })}
      </p>
      {file.missing.length > 0 && <p className="refusal">{t("columns_missing", { names: file.missing.join(", ") })}</p>}
      {file.unknown.length > 0 && <p className="refusal">{t("columns_unknown", { names: file.unknown.join(", ") })}</p>}
      <Table
        caption={t("first_rows")}
        rows={rows}
        id={(row) => JSON.stringify(row)}
        columns={read.map(({ heading, column }): Column<Record<string, string>> => ({
          head: heading === column ? heading : `${heading} → ${column}`,
          cell: (row) => row[column ?? ""],
        }))}
      />
    </>
  );
}

function Try({ of }: { of: Tried }) {
  const { t } = useWords();
  return (
    <>
      <h3>{t("would_do")}</h3>
      <Outcome of={of} />
      <Refused rows={of.refused ?? []} />
    </>
  );
}

/** The content of a file, as the endpoint takes it. */
async function base64(file: File): Promise<string> {
  const address = await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error ?? new Error("the file cannot be read"));
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(",") + 1);
}
