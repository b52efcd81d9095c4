// Who can be matched, cohort by cohort, and the runs that were made of them.
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import { PoolDocument, StartRunDocument, type PoolQuery } from "../../gql/graphql";
import { Button, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Table } from "../../ui/table";
import { uuid } from "../../viewer";
import { useWords } from "../../words";

type Cohort = NonNullable<NonNullable<PoolQuery["programme"]>["cohorts"]>[number];

export function Matching({ programme }: { programme: string }) {
  const { t } = useWords();
  const [answer] = useQuery({ query: PoolDocument, variables: { programme } });
  const cohorts = answer.data?.programme?.cohorts;
  return (
    <ProgrammeScreen programme={programme} title={t("matching")}>
      <p>
        <Link href={`/programmes/${programme}/policy`}>{t("policy")}</Link>
      </p>
      <Faults of={answer.error} />
      {!cohorts && answer.fetching && <Loading />}
      {cohorts?.length === 0 && <Nothing />}
      {cohorts?.map((cohort) => <OfCohort key={cohort.id} cohort={cohort} />)}
    </ProgrammeScreen>
  );
}

function OfCohort({ cohort }: { cohort: Cohort }) {
  const { t, word, time } = useWords();
  const [, go] = useLocation();
  const start = useAct(StartRunDocument, (data) => go(`/runs/${uuid(data.startMatchRun.id)}`));
  const pool = cohort.pool?.nodes ?? [];
  const free = (role: string) => pool.filter((one) => one.role === role && one.state === "available").length;
  const runs = [...(cohort.matchRuns?.nodes ?? [])].reverse();
  return (
    <Part title={t("cohort_number", { number: cohort.number })}>
      <Facts
        of={[
          [t("places"), t("taken_of", { taken: cohort.placesTaken, places: cohort.places })],
          [t("free_mentors"), free("MENTOR")],
          [t("free_mentees"), free("MENTEE")],
        ]}
      />
      {pool.length === 0 && <Nothing>{t("no_pool_yet")}</Nothing>}
      {!cohort.closedAt && pool.length > 0 && (
        <div className="row">
          <Button busy={start.busy} onClick={() => void start.act({ cohort: cohort.id })}>
            {t("start_run")}
          </Button>
          <Link href={`/cohorts/${uuid(cohort.id)}/what-if`}>{t("what_if")}</Link>
        </div>
      )}
      <Faults of={start.fault} />
      {runs.length > 0 && (
        <>
          <h3>{t("runs")}</h3>
          <ul className="cards">
            {runs.map((run) => (
              <li key={run.id}>
                <Link href={`/runs/${uuid(run.id)}`}>{time(run.requestedAt)}</Link>
                <span>
                  {word(run.state)}, {t("pairs_count", { count: run.pairs })}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {pool.length > 0 && (
        <details>
          <summary>{t("pool_count", { count: pool.length })}</summary>
          <Table
            caption={t("pool_of", { number: cohort.number })}
            rows={pool}
            id={(row) => row.id}
            columns={[
              { head: t("name"), cell: (row) => row.person?.name ?? t("somebody") },
              { head: t("role"), cell: (row) => word(row.role) },
              { head: t("state"), cell: (row) => word(row.state) },
              {
                head: t("places"),
                number: true,
                cell: (row) => t("taken_of", { taken: row.taken, places: row.capacity }),
              },
              { head: t("to_note"), cell: (row) => (row.priority ? t("served_first") : "") },
            ]}
          />
        </details>
      )}
    </Part>
  );
}
