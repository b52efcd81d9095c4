// The activities of a series, and the fields that make one of a single activity.
import { useQuery } from "urql";
import { Link } from "wouter";
import { SeriesDocument, type Every } from "../../gql/graphql";
import { Choice, Field } from "../../ui/act";
import { Faults, Part } from "../../ui/screen";
import { useWords } from "../../words";

export const EVERY: Record<string, Every> = { week: "WEEK", month: "MONTH" };

export function Series({ id, shown }: { id: string; shown: string }) {
  const { t, time } = useWords();
  const [answer] = useQuery({ query: SeriesDocument, variables: { id } });
  const items = answer.data?.activitySeries?.items ?? [];
  return (
    <Part title={t("series")}>
      <Faults of={answer.error} />
      <ol>
        {items.map((one) => (
          <li key={one.id} aria-current={one.id === shown ? "true" : undefined}>
            {one.id === shown ? time(one.startsAt) : <Link href={`/activities/${one.id}`}>{time(one.startsAt)}</Link>}
            {one.cancelledAt && ` – ${t("called_off")}`}
          </li>
        ))}
      </ol>
    </Part>
  );
}

export function RepeatFields({ every, change }: { every: string; change: (every: string) => void }) {
  const { t } = useWords();
  return (
    <div className="row">
      <Choice
        label={t("repeats")}
        name="every"
        value={every}
        change={change}
        options={[
          ["", t("repeats_not")],
          ["week", t("every_week")],
          ["month", t("every_month")],
        ]}
      />
      {every && (
        <>
          <Field label={t("interval")} hint={t("interval_hint")}>
            <input name="interval" type="number" min={1} max={52} defaultValue={1} required />
          </Field>
          <Field label={t("how_many")}>
            <input name="count" type="number" min={2} max={104} defaultValue={6} required />
          </Field>
        </>
      )}
    </div>
  );
}
