// The reports of a programme, and another one.
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import {
  CreateReportDocument,
  ReportsDocument,
  type Audience,
} from "../../gql/graphql";
import { Choice, Form, useAct } from "../../ui/act";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { useRights, uuid } from "../../viewer";
import { useWords } from "../../words";

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
