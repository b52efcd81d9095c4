// The applications of a programme: found by filters, chosen, and decided together with an answer for each.
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import {
  ApplicationsDocument,
  DecideApplicationsDocument,
  TellDecisionsDocument,
  type ApplicationFilter,
  type ApplicationsQuery,
  type ApplicationState,
  type Decision,
  type Role,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { Faults, Loading, Nothing } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Pages, Table } from "../../ui/table";
import { uuid } from "../../viewer";
import { useWords } from "../../words";

type Row = NonNullable<NonNullable<ApplicationsQuery["programme"]>["applications"]>["nodes"][number];

const STATES: ApplicationState[] = [
  "SUBMITTED",
  "AWAITING_ENDORSEMENT",
  "WAITLISTED",
  "PLACE_OFFERED",
  "ACCEPTED",
  "MATCHED",
  "UNMATCHED",
  "REFUSED",
  "WITHDRAWN",
  "CARRIED_OVER",
];
export const DECISIONS: Decision[] = ["ACCEPT", "WAITLIST", "REFUSE"];

export function Applications({ programme }: { programme: string }) {
  const { t } = useWords();
  const [filter, setFilter] = useState<ApplicationFilter>({});
  const [after, setAfter] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [answer, again] = useQuery({ query: ApplicationsDocument, variables: { programme, filter, after } });
  const found = answer.data?.programme;
  const rows = found?.applications?.nodes ?? [];
  const narrow = (part: ApplicationFilter) => {
    setFilter({ ...filter, ...part });
    setAfter(null);
    setChosen(new Set());
  };
  return (
    <ProgrammeScreen programme={programme} title={t("applications")}>
      <Filters filter={filter} cohorts={found?.cohorts ?? []} narrow={narrow} />
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {found && rows.length === 0 && <Nothing>{t("no_applications")}</Nothing>}
      {rows.length > 0 && (
        <>
          <Deciding
            programme={programme}
            rows={rows.filter((row) => chosen.has(row.id))}
            done={() => {
              setChosen(new Set());
              again({ requestPolicy: "network-only" });
            }}
          />
          <Rows rows={rows} chosen={chosen} choose={setChosen} />
        </>
      )}
      <Pages page={found?.applications?.pageInfo} after={after} go={setAfter} />
      <Telling programme={programme} />
    </ProgrammeScreen>
  );
}

function Filters({
  filter,
  cohorts,
  narrow,
}: {
  filter: ApplicationFilter;
  cohorts: { id: string; number: number }[];
  narrow: (part: ApplicationFilter) => void;
}) {
  const { t, word } = useWords();
  const all: [string, string] = ["", t("all")];
  return (
    <search className="row">
      <Choice
        label={t("state")}
        value={filter.state ?? ""}
        change={(state) => narrow({ state: (state || null) as ApplicationState | null })}
        options={[all, ...STATES.map((state): [string, string] => [state, word(state)])]}
      />
      <Choice
        label={t("role")}
        value={filter.role ?? ""}
        change={(role) => narrow({ role: (role || null) as Role | null })}
        options={[all, ["MENTOR", word("mentor")], ["MENTEE", word("mentee")]]}
      />
      <Choice
        label={t("cohort")}
        value={filter.cohortId ?? ""}
        change={(cohort) => narrow({ cohortId: cohort || null })}
        options={[all, ...cohorts.map((one): [string, string] => [one.id, String(one.number)])]}
      />
      <Field label={t("part_of_name")}>
        <input
          type="search"
          onChange={({ target }) => narrow({ called: target.value.trim().length > 1 ? target.value.trim() : null })}
        />
      </Field>
    </search>
  );
}

function Rows({
  rows,
  chosen,
  choose,
}: {
  rows: Row[];
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
}) {
  const { t, word, date } = useWords();
  const all = rows.every((row) => chosen.has(row.id));
  return (
    <Table
      caption={t("applications")}
      rows={rows}
      id={(row) => row.id}
      columns={[
        {
          head: (
            <input
              type="checkbox"
              aria-label={t("choose_all")}
              checked={all}
              onChange={() => choose(new Set(all ? [] : rows.map((row) => row.id)))}
            />
          ),
          cell: (row) => (
            <input
              type="checkbox"
              aria-label={t("choose", { name: row.person?.name })}
              checked={chosen.has(row.id)}
              onChange={({ target }) => {
                const now = new Set(chosen);
                if (target.checked) now.add(row.id);
                else now.delete(row.id);
                choose(now);
              }}
            />
          ),
        },
        {
          head: t("name"),
          cell: (row) => <Link href={`/applications/${uuid(row.id)}`}>{row.person?.name ?? t("somebody")}</Link>,
        },
        { head: t("role"), cell: (row) => word(row.role) },
        { head: t("cohort"), cell: (row) => row.cohort?.number ?? t("later") },
        { head: t("state"), cell: (row) => word(row.state) },
        { head: t("submitted_on"), cell: (row) => date(row.submittedAt) },
        {
          head: t("to_note"),
          cell: (row) =>
            [row.priority ? t("served_first") : "", ...(row.form?.unmetRules ?? []).map(word)]
              .filter(Boolean)
              .join(", "),
        },
      ]}
    />
  );
}

/** One decision for all that are chosen; what could not be decided is said by name. */
function Deciding({ programme, rows, done }: { programme: string; rows: Row[]; done: () => void }) {
  const { t, word } = useWords();
  const [said, setSaid] = useState<string[]>([]);
  const [decided, setDecided] = useState<number>();
  const names = new Map(rows.map((row) => [uuid(row.id), row.person?.name ?? ""]));
  const { act, busy, fault } = useAct(DecideApplicationsDocument, ({ decideApplications: answers }) => {
    const refused = answers.filter((one) => one.problem);
    setDecided(answers.length - refused.length);
    setSaid(refused.map((one) => `${names.get(one.applicationId)}: ${title(one.problem)}`));
    done();
  });
  return (
    <>
      <Form
        label={t("decide_chosen")}
        button={t("decide_count", { count: rows.length })}
        busy={busy}
        fault={fault}
        submit={async ({ decision, reason }) => {
          if (rows.length === 0) return false;
          const decisions = rows.map((row) => ({
            applicationId: row.id,
            decision: decision as Decision,
            reason: reason || null,
            expectedVersion: row.version,
          }));
          return act({ programme, decisions });
        }}
      >
        <div className="row">
          <Choice
            label={t("decision")}
            name="decision"
            options={DECISIONS.map((one) => [one, word(`decision_${one}`)])}
          />
          <Field label={t("reason")}>
            <input name="reason" maxLength={500} />
          </Field>
        </div>
      </Form>
      <div aria-live="polite">
        {decided !== undefined && <p className="said">{t("decided", { count: decided })}</p>}
        {said.map((text) => (
          <p key={text} className="fault">
            {text}
          </p>
        ))}
      </div>
    </>
  );
}

function Telling({ programme }: { programme: string }) {
  const { t } = useWords();
  const [told, setTold] = useState<number>();
  const { act, busy, fault } = useAct(TellDecisionsDocument, (data) => setTold(data.tellDecisions));
  return (
    <div className="row" aria-live="polite">
      <Button className="plain" busy={busy} onClick={() => void act({ programme })}>
        {t("tell_decisions")}
      </Button>
      {told !== undefined && <span>{t("told", { count: told })}</span>}
      <Faults of={fault} />
    </div>
  );
}

/** What a problem document says. */
function title(problem: unknown): string {
  const said = problem as { detail?: string; title?: string; code?: string };
  return said.detail ?? said.title ?? said.code ?? "";
}
