// What a programme puts on: for everybody who takes part in it; whoever runs activities plans another.
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import {
  ActivitiesDocument,
  PlanActivityDocument,
  PlanSeriesDocument,
  type ActivitiesQuery,
  type ActivityPartsFragment,
  type MeetingMode,
} from "../../gql/graphql";
import { Choice, Field, Form, moment, useAct } from "../../ui/act";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Pages, Table } from "../../ui/table";
import { useRights } from "../../viewer";
import { useWords } from "../../words";
import { ActivityFields } from "./fields";
import { EVERY, RepeatFields } from "./series";

type Programme = NonNullable<ActivitiesQuery["programme"]>;

export function Activities({ programme }: { programme: string }) {
  const { t } = useWords();
  const may = useRights(programme);
  const [after, setAfter] = useState<string | null>(null);
  const [answer] = useQuery({ query: ActivitiesDocument, variables: { programme, after } });
  const found = answer.data?.programme;
  return (
    <ProgrammeScreen programme={programme} title={t("activities")}>
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {found && <Rows found={found} />}
      <Pages page={found?.activities?.pageInfo} after={after} go={setAfter} />
      {found && may("run_activities") && <Planning found={found} programme={programme} />}
    </ProgrammeScreen>
  );
}

function Rows({ found }: { found: Programme }) {
  const { t } = useWords();
  const all = found.activities?.nodes ?? [];
  const isOver = (one: ActivityPartsFragment) => !!one.heldAt || !!one.cancelledAt;
  const coming = all.filter((one) => !isOver(one)).sort((a, b) => (a.startsAt < b.startsAt ? -1 : 1));
  const over = all.filter(isOver).sort((a, b) => (a.startsAt < b.startsAt ? 1 : -1));
  return (
    <>
      <Part title={t("activities_to_come")}>
        {coming.length === 0 ? <Nothing /> : <OfSome rows={coming} found={found} caption={t("activities_to_come")} />}
      </Part>
      {over.length > 0 && (
        <Part title={t("activities_over")}>
          <OfSome rows={over} found={found} caption={t("activities_over")} />
        </Part>
      )}
    </>
  );
}

function OfSome({ rows, found, caption }: { rows: ActivityPartsFragment[]; found: Programme; caption: string }) {
  const { t, word, time } = useWords();
  const kinds = new Map(found.activityKinds?.map((one) => [one.id, one.title]));
  const cohorts = new Map(found.cohorts?.map((one) => [one.id.split(":")[1], one.number]));
  return (
    <Table
      caption={caption}
      rows={rows}
      id={(row) => row.id}
      columns={[
        { head: t("activity"), cell: (row) => <Link href={`/activities/${row.id}`}>{row.title}</Link> },
        { head: t("kind"), cell: (row) => kinds.get(row.kind) ?? word(row.kind) },
        { head: t("when"), cell: (row) => time(row.startsAt) },
        { head: t("cohort"), cell: (row) => (row.cohortId ? cohorts.get(row.cohortId) : t("all")) },
        { head: t("places"), number: true, cell: (row) => <Taken of={row} /> },
        {
          head: t("to_note"),
          cell: (row) =>
            [row.cancelledAt && t("called_off"), row.heldAt && t("was_held"), row.registeredMyself && t("registered")]
              .filter(Boolean)
              .join(", "),
        },
      ]}
    />
  );
}

/** How many places are taken, of how many if there is an end to them. */
export function Taken({ of }: { of: ActivityPartsFragment }) {
  const { t } = useWords();
  return of.places == null ? of.registered : t("taken_of", { taken: of.registered, places: of.places });
}

function Planning({ found, programme }: { found: Programme; programme: string }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const [every, setEvery] = useState("");
  const one = useAct(PlanActivityDocument, (data) => go(`/activities/${data.planActivity.id}`));
  const series = useAct(PlanSeriesDocument, (data) => go(`/activities/${data.planActivitySeries.items[0]?.id}`));
  const kinds = found.activityKinds?.map((one): [string, string] => [one.id, one.title]) ?? [];
  return (
    <details>
      <summary>{t("plan_activity")}</summary>
      <Form
        label={t("plan_activity")}
        button={t("plan")}
        busy={one.busy || series.busy}
        fault={one.fault ?? series.fault}
        submit={({ kind, title, mode, startsAt, minutes, cohortId, places, location, link, interval, count }) => {
          const planned = {
            programme,
            kind: kind ?? "",
            title: title ?? "",
            mode: mode as MeetingMode,
            startsAt: moment(startsAt),
            minutes: Number(minutes),
            cohortId: cohortId || null,
            places: places ? Number(places) : null,
            location: location || null,
            link: link || null,
            zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          };
          const often = EVERY[every];
          return often
            ? series.act({ ...planned, every: often, interval: Number(interval), count: Number(count) })
            : one.act(planned);
        }}
      >
        <div className="row">
          {kinds.length > 0 ? (
            <Choice label={t("kind")} name="kind" options={kinds} />
          ) : (
            <Field label={t("kind")} hint={t("kind_hint")}>
              <input name="kind" defaultValue="orientation" required />
            </Field>
          )}
          <Choice
            label={t("cohort")}
            name="cohortId"
            options={[["", t("all")], ...(found.cohorts ?? []).map((one): [string, string] => [one.id, `${one.number}`])]}
          />
        </div>
        <ActivityFields />
        <RepeatFields every={every} change={setEvery} />
      </Form>
    </details>
  );
}
