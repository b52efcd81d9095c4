// The reports of a programme, and one of them: read, approved and published.
import { useQuery, useSubscription } from "urql";
import { Link, useLocation } from "wouter";
import {
  ApproveReportDocument,
  CreateReportDocument,
  PublishReportDocument,
  ReportDocument,
  ReportProgressDocument,
  ReportsDocument,
  type Audience,
  type ReportQuery,
} from "../../gql/graphql";
import { Button, Choice, Form, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Table } from "../../ui/table";
import { useRights, uuid } from "../../viewer";
import { useWords } from "../../words";

type Found = NonNullable<ReportQuery["report"]>;
const AUDIENCES: Audience[] = ["PROGRAMME_TEAM", "PUBLIC"];

export function Reports({ programme }: { programme: string }) {
  const { t, word } = useWords();
  const may = useRights(programme);
  const [, go] = useLocation();
  const [answer] = useQuery({ query: ReportsDocument, variables: { programme } });
  const create = useAct(CreateReportDocument, (data) => go(`/reports/${uuid(data.createReport.id)}`));
  const reports = answer.data?.programme?.evaluation.reports?.nodes;
  return (
    <ProgrammeScreen programme={programme} title={t("reports")}>
      <Faults of={answer.error} />
      {!reports && answer.fetching && <Loading />}
      {reports?.length === 0 && <Nothing />}
      <ul className="cards">
        {[...(reports ?? [])].reverse().map((one) => (
          <li key={one.id}>
            <Link href={`/reports/${uuid(one.id)}`}>
              {word(`for_${one.audience}`)}, {t("edition", { number: one.edition })}
            </Link>
            <span>{word(one.state)}</span>
          </li>
        ))}
      </ul>
      {may("run_evaluation") && (
        <Part title={t("new_report")}>
          <Form
            label={t("new_report")}
            button={t("build_report")}
            busy={create.busy}
            fault={create.fault}
            submit={({ audience }) => create.act({ programme, audience: audience as Audience })}
          >
            <Choice
              label={t("audience")}
              name="audience"
              options={AUDIENCES.map((one) => [one, word(`for_${one}`)])}
            />
          </Form>
        </Part>
      )}
    </ProgrammeScreen>
  );
}

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
    </ProgrammeScreen>
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
