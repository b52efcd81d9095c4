// One report: read page by page, kept as a file, approved and published.
import { useQuery, useSubscription } from "urql";
import {
  ApproveReportDocument,
  PublishReportDocument,
  ReportDocument,
  ReportProgressDocument,
  type ReportQuery,
} from "../../gql/graphql";
import { Button, useAct } from "../../ui/act";
import { Save } from "../../ui/save";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Table } from "../../ui/table";
import { useRights } from "../../viewer";
import { useWords } from "../../words";
import { Parts } from "./parts";

export type Found = NonNullable<ReportQuery["report"]>;

export function Report({ id }: { id: string }) {
  const { t, word, date } = useWords();
  const [answer, reread] = useQuery({ query: ReportDocument, variables: { id } });
  const report = answer.data?.report;
  const queued = report?.state === "queued";
  useSubscription({ query: ReportProgressDocument, variables: { id }, pause: !queued }, (_, now) => {
    if (now.report.state !== "queued") reread({ requestPolicy: "network-only" });
    return now;
  });
  if (!report) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return (
    <ProgrammeScreen programme={report.programmeId} title={report.title ?? t("report")}>
      <Faults of={answer.error} />
      {queued && <p role="status">{t("report_is_built")}</p>}
      <Facts
        of={[
          [t("audience"), word(`for_${report.audience}`)],
          [t("state"), word(report.state)],
          [t("edition_head"), report.edition],
          [t("built_on"), date(report.builtAt)],
          [t("published_on"), date(report.publishedAt)],
        ]}
      />
      {!queued && <Files of={report} />}
      {!queued && <Deciding report={report} again={() => reread({ requestPolicy: "network-only" })} />}
      {report.statement && <p>{report.statement}</p>}
      {report.narrative.map((section) => (
        <Part key={section.title} title={section.title}>
          {section.paragraphs.map((parts, number) => (
            <p key={number}>{parts.map((part) => part.text).join("")}</p>
          ))}
        </Part>
      ))}
      <Figures report={report} />
      <Parts of={report} />
    </ProgrammeScreen>
  );
}

/** The report as a page, for print and for other programs. */
function Files({ of }: { of: Found }) {
  const { t } = useWords();
  const name = `report-${of.edition}`;
  return (
    <div className="row">
      <Save address={of.url} name={`${name}.html`}>
        {t("as_page")}
      </Save>
      <Save address={of.pdfUrl} name={`${name}.pdf`}>
        PDF
      </Save>
      <Save address={of.docxUrl} name={`${name}.docx`}>
        Word
      </Save>
      <Save address={of.archiveUrl} name={`${name}.zip`}>
        {t("as_archive")}
      </Save>
    </div>
  );
}

function Deciding({ report, again }: { report: Found; again: () => void }) {
  const { t } = useWords();
  const may = useRights(report.programmeId);
  const approve = useAct(ApproveReportDocument, again);
  const publish = useAct(PublishReportDocument, again);
  const { id, revision, state } = report;
  return (
    <>
      <div className="row">
        {state === "ready" && may("approve_reports") && (
          <Button busy={approve.busy} onClick={() => void approve.act({ id, revision })}>
            {t("approve_report")}
          </Button>
        )}
        {["ready", "approved"].includes(state) && may("run_evaluation") && (
          <Button busy={publish.busy} onClick={() => void publish.act({ id, revision })}>
            {t("publish")}
          </Button>
        )}
      </div>
      <Faults of={approve.fault ?? publish.fault} />
    </>
  );
}

function Figures({ report }: { report: Found }) {
  const { t, word } = useWords();
  if (report.figures.length === 0) return null;
  return (
    <Part title={t("figures")}>
      <Table
        caption={t("figures_caption")}
        rows={report.figures}
        id={(row) => [row.name, row.cohort, row.role, row.wave].join(" ")}
        columns={[
          { head: t("figure"), cell: (row) => row.definition ?? word(row.name) },
          { head: t("cohort"), cell: (row) => row.cohort ?? t("all") },
          { head: t("role"), cell: (row) => (row.role ? word(row.role) : t("all")) },
          {
            head: t("value"),
            number: true,
            cell: (row) => (row.exact == null ? word(row.shown) : `${row.exact} ${row.unit === "percent" ? "%" : ""}`),
          },
          {
            head: t("of_how_many"),
            number: true,
            cell: (row) => (row.denominator == null ? "" : `${row.numerator ?? "–"} / ${row.denominator}`),
          },
        ]}
      />
    </Part>
  );
}
