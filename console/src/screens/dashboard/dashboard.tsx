// A programme at a glance: what waits for its team, the funnel of each cohort, pairs, and surveys that are open.
import { useQuery } from "urql";
import { Link } from "wouter";
import { DashboardDocument, type DashboardQuery } from "../../gql/graphql";
import { ProgrammeScreen } from "../../ui/programme";
import { Facts, Faults, Loading, Nothing, Part } from "../../ui/screen";
import { Bar, Table } from "../../ui/table";
import { useWords } from "../../words";

type Found = NonNullable<DashboardQuery["programme"]>;
type Row = NonNullable<Found["dashboard"]>["funnel"][number];

export function Dashboard({ programme }: { programme: string }) {
  const { t } = useWords();
  const [answer] = useQuery({ query: DashboardDocument, variables: { programme } });
  const found = answer.data?.programme;
  return (
    <ProgrammeScreen programme={programme} title={t("dashboard")}>
      <Faults of={answer.error} passing={["forbidden"]} />
      {!found && answer.fetching && <Loading />}
      {found && (
        <>
          <Waiting found={found} programme={programme} />
          {found.dashboard && <Funnel rows={found.dashboard.funnel} />}
          {found.dashboard && <Pairs found={found} />}
          <Waves found={found} />
        </>
      )}
    </ProgrammeScreen>
  );
}

/** What somebody of the team should look at, each a way to where it is done. */
function Waiting({ found, programme }: { found: Found; programme: string }) {
  const { t } = useWords();
  const counts = found.relationshipCounts;
  const undecided = found.dashboard?.funnel.reduce((sum, row) => sum + row.submitted, 0) ?? 0;
  const base = `/programmes/${programme}`;
  const things: [number, string, string][] = [
    [undecided, t("undecided"), `${base}/applications`],
    [counts?.openConcern ?? 0, t("open_concerns"), `${base}/pairs/concern`],
    [counts?.reviewDue ?? 0, t("reviews_due"), `${base}/pairs/review`],
    [counts?.quiet ?? 0, t("quiet_pairs"), `${base}/pairs/quiet`],
    [counts?.behind ?? 0, t("pairs_behind"), `${base}/pairs/behind`],
  ];
  const waiting = things.filter(([count]) => count > 0);
  return (
    <Part title={t("waits_for_team")}>
      {waiting.length === 0 ? (
        <Nothing>{t("nothing_waits")}</Nothing>
      ) : (
        <ul className="cards counts">
          {waiting.map(([count, text, href]) => (
            <li key={href}>
              <Link href={href}>
                <strong>{count}</strong> {text}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Funnel({ rows }: { rows: Row[] }) {
  const { t, word } = useWords();
  const most = Math.max(1, ...rows.map((row) => row.applied));
  return (
    <Part title={t("funnel")}>
      <Table
        caption={t("funnel_caption")}
        rows={rows}
        id={(row) => `${row.cohortId} ${row.role}`}
        columns={[
          { head: t("cohort"), cell: (row) => row.cohortNumber ?? t("later") },
          { head: t("role"), cell: (row) => word(row.role) },
          {
            head: t("applied"),
            number: true,
            cell: (row) => (
              <>
                {row.applied}{" "}
                <Bar share={row.applied / most} label={t("of_most", { count: row.applied, most })} />
              </>
            ),
          },
          { head: word("submitted"), number: true, cell: (row) => row.submitted },
          { head: word("accepted"), number: true, cell: (row) => row.accepted },
          { head: word("waitlisted"), number: true, cell: (row) => row.waitlisted },
          { head: word("matched"), number: true, cell: (row) => row.matched },
          { head: word("unmatched"), number: true, cell: (row) => row.unmatched },
          { head: word("withdrawn"), number: true, cell: (row) => row.withdrawn },
        ]}
      />
    </Part>
  );
}

function Pairs({ found }: { found: Found }) {
  const { t, word, number } = useWords();
  const dashboard = found.dashboard!;
  return (
    <Part title={t("pairs")}>
      <Facts
        of={[
          ...dashboard.matches.map(({ state, count }): [string, string] => [word(state), number(count)]),
          [t("mentoring_sessions"), number(dashboard.mentoringSessions)],
          [t("hours"), number(dashboard.mentoringMinutes / 60)],
        ]}
      />
    </Part>
  );
}

function Waves({ found }: { found: Found }) {
  const { t, date, percent } = useWords();
  const open = found.evaluation.waves?.filter((wave) => wave.state === "open") ?? [];
  if (open.length === 0) return null;
  return (
    <Part title={t("open_surveys")}>
      <ul className="cards">
        {open.map((wave) => (
          <li key={wave.id}>
            <strong>{wave.instrument}</strong>
            <span>{t("until", { date: date(wave.closesAt) })}</span>
            <span>{t("response_rate", { rate: percent(wave.responseRates.pooled) })}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
