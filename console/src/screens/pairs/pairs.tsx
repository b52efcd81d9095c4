// The pairs of a programme: those that need somebody are found by filters; offers that wait stand above.
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { PairsDocument, type PairsQuery, type RelationshipFilter, type RelationshipOrder } from "../../gql/graphql";
import { Choice, Field } from "../../ui/act";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Pages, Table } from "../../ui/table";
import { useWords } from "../../words";

type Programme = NonNullable<PairsQuery["programme"]>;

const QUIET_DAYS = 28;
const FILTERS: Record<string, RelationshipFilter> = {
  all: {},
  active: { state: "active" },
  behind: { behind: true },
  quiet: { quietDays: QUIET_DAYS },
  concern: { openConcern: true },
  review: { reviewDue: true },
  paused: { paused: true },
  ending: { endsWithinDays: 60 },
};
const ORDERS: RelationshipOrder[] = ["BEHIND", "QUIET", "ENDS", "LAST_MET"];

export function Pairs({ programme, kind = "all" }: { programme: string; kind?: string }) {
  const { t, word } = useWords();
  const [chosen, setChosen] = useState(kind in FILTERS ? kind : "all");
  const [cohort, setCohort] = useState("");
  const [called, setCalled] = useState("");
  const [order, setOrder] = useState<RelationshipOrder | "">("");
  const [after, setAfter] = useState<string | null>(null);
  const filter = { ...FILTERS[chosen], cohortId: cohort || null, called: called.length > 1 ? called : null };
  const [answer] = useQuery({
    query: PairsDocument,
    variables: { programme, filter, orderBy: order || null, after },
  });
  const found = answer.data?.programme;
  const narrowed =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      setAfter(null);
    };
  return (
    <ProgrammeScreen programme={programme} title={t("pairs")}>
      <search className="row">
        <Choice
          label={t("which")}
          value={chosen}
          change={narrowed(setChosen)}
          options={Object.keys(FILTERS).map((name) => [name, word(`pairs_${name}`)])}
        />
        <Choice
          label={t("cohort")}
          value={cohort}
          change={narrowed(setCohort)}
          options={[["", t("all")], ...(found?.cohorts ?? []).map((one): [string, string] => [one.id, `${one.number}`])]}
        />
        <Choice
          label={t("order")}
          value={order}
          change={narrowed((value: string) => setOrder(value as RelationshipOrder | ""))}
          options={[["", "–"], ...ORDERS.map((one): [string, string] => [one, word(`order_${one}`)])]}
        />
        <Field label={t("part_of_name")}>
          <input type="search" onChange={({ target }) => narrowed(setCalled)(target.value.trim())} />
        </Field>
      </search>
      <Faults of={answer.error} passing={["forbidden"]} />
      {!found && answer.fetching && <Loading />}
      {found && <Rows found={found} />}
      <Pages page={found?.relationships?.pageInfo} after={after} go={setAfter} />
      {found && <Offers found={found} />}
    </ProgrammeScreen>
  );
}

function Rows({ found }: { found: Programme }) {
  const { t, word, date, number } = useWords();
  const rows = found.relationships?.nodes ?? [];
  if (rows.length === 0) return <Nothing>{t("no_pairs")}</Nothing>;
  return (
    <Table
      caption={t("pairs")}
      rows={rows}
      id={(row) => row.id}
      columns={[
        {
          head: t("pair"),
          cell: (row) => (
            <Link href={`/pairs/${row.matchId}`}>
              {row.mentor?.name ?? t("somebody")} – {row.mentee?.name ?? t("somebody")}
            </Link>
          ),
        },
        { head: t("state"), cell: (row) => word(row.pausedAt ? "paused" : row.state) },
        {
          head: t("hours"),
          number: true,
          cell: (row) =>
            row.expectedMinutes
              ? t("hours_of", {
                  hours: number(row.totalMinutes / 60, 1),
                  expected: number(row.expectedMinutes / 60, 1),
                })
              : number(row.totalMinutes / 60, 1),
        },
        { head: t("last_met"), cell: (row) => date(row.lastHeldAt) },
        { head: t("ends_on"), cell: (row) => date(row.endsAt) },
        {
          head: t("to_note"),
          cell: (row) =>
            [row.behind && word("behind"), row.quietSince && t("quiet_from", { date: date(row.quietSince) })]
              .filter(Boolean)
              .join(", "),
        },
      ]}
    />
  );
}

function Offers({ found }: { found: Programme }) {
  const { t, word, date } = useWords();
  const offers = found.matches?.nodes ?? [];
  if (offers.length === 0) return null;
  const said = (at: string | null | undefined) => (at ? t("yes") : "–");
  return (
    <Part title={t("open_offers")}>
      <Table
        caption={t("open_offers")}
        rows={offers}
        id={(row) => row.id}
        columns={[
          { head: word("mentor"), cell: (row) => row.mentor?.name ?? t("somebody") },
          { head: t("mentor_said"), cell: (row) => said(row.mentorAcceptedAt) },
          { head: word("mentee"), cell: (row) => row.mentee?.name ?? t("somebody") },
          { head: t("mentee_said"), cell: (row) => said(row.menteeAcceptedAt) },
          { head: t("answer_by"), cell: (row) => date(row.expiresAt) },
        ]}
      />
    </Part>
  );
}
