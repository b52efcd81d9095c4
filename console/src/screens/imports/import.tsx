// One import: followed while it goes on, ended if need be; then what became of its rows, also as a file.
import { useEffect } from "react";
import { useClient, useQuery } from "urql";
import { CancelImportDocument, ImportDocument, ImportResultsDocument, type ImportQuery } from "../../gql/graphql";
import { Button, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Facts, Faults, Loading, Part, Screen } from "../../ui/screen";
import { Table } from "../../ui/table";
import { useWords } from "../../words";

const LOOK_MS = 1000;
const MOST_SHOWN = 200; // rows that stayed out; the file has all of them
type Found = NonNullable<ImportQuery["import"]>;

export function Import({ id }: { id: string }) {
  const { t, word, time } = useWords();
  const [answer, reread] = useQuery({ query: ImportDocument, variables: { id } });
  const found = answer.data?.import;
  const isRunning = found?.state === "running";
  useEffect(() => {
    if (!isRunning) return;
    const looking = setInterval(() => reread({ requestPolicy: "network-only" }), LOOK_MS);
    return () => clearInterval(looking);
  }, [isRunning, reread]);
  const cancel = useAct(CancelImportDocument, () => reread({ requestPolicy: "network-only" }));
  if (!found) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  const title = t("import_of", { what: word(`rows_${found.kind}`) });
  const parts = (
    <>
      <Facts
        of={[
          [t("state"), word(found.state)],
          [t("when"), time(found.startedAt)],
        ]}
      />
      {isRunning && (
        <>
          <p role="status">
            {t("taken_of", { taken: found.done, places: found.rows })}{" "}
            <progress aria-label={t("progress")} value={found.done} max={Math.max(found.rows, 1)} />
          </p>
          <Button className="plain" busy={cancel.busy} onClick={() => void cancel.act({ id })}>
            {t("end_import")}
          </Button>
        </>
      )}
      <Faults of={cancel.fault ?? answer.error} />
      {!isRunning && <Outcome of={found} />}
      {!isRunning && <Refused rows={found.refused ?? []} />}
      {!isRunning && <Results id={id} />}
    </>
  );
  return found.programmeId ? (
    <ProgrammeScreen programme={found.programmeId} title={title}>
      {parts}
    </ProgrammeScreen>
  ) : (
    <Screen title={title}>{parts}</Screen>
  );
}

export function Outcome({ of }: { of: Pick<Found, "rows" | "accepted" | "created" | "changed" | "unchanged" | "refused"> }) {
  const { t } = useWords();
  return (
    <Facts
      of={[
        [t("rows_all"), of.rows],
        [t("rows_in"), of.accepted],
        [t("rows_new"), of.created],
        [t("rows_changed"), of.changed],
        [t("rows_known"), of.unchanged],
        [t("rows_out"), of.refused?.length ?? 0],
      ]}
    />
  );
}

export function Refused({ rows }: { rows: NonNullable<Found["refused"]> }) {
  const { t } = useWords();
  if (rows.length === 0) return null;
  return (
    <Part title={t("rows_out")}>
      <Table
        caption={t("rows_out")}
        rows={rows.slice(0, MOST_SHOWN)}
        id={(row) => `${row.row} ${row.column}`}
        columns={[
          { head: t("line"), number: true, cell: (row) => row.row },
          { head: t("column"), cell: (row) => row.column },
          { head: t("reason"), cell: (row) => row.detail },
        ]}
      />
    </Part>
  );
}

/** What became of every row, to be laid beside the file that was sent. */
function Results({ id }: { id: string }) {
  const { t } = useWords();
  const client = useClient();
  async function save(format: "CSV" | "XLSX"): Promise<void> {
    const answer = await client.query(ImportResultsDocument, { id, format }, { requestPolicy: "network-only" });
    const made = answer.data?.importResults;
    if (!made) return;
    const address = `data:${made.mediaType};base64,${String(made.content)}`;
    Object.assign(document.createElement("a"), { href: address, download: `results.${format.toLowerCase()}` }).click();
  }
  return (
    <Part title={t("result_file")}>
      <p>{t("result_file_text")}</p>
      <div className="row">
        {(["CSV", "XLSX"] as const).map((format) => (
          <Button key={format} className="plain" onClick={() => void save(format)}>
            {format}
          </Button>
        ))}
      </div>
    </Part>
  );
}
