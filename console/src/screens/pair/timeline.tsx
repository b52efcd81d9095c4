// What happened with a pair, the last first.
import { Nothing, Part } from "../../ui/screen";
import { useWords } from "../../words";
import type { Relationship } from "./pair";

export function Timeline({ pair }: { pair: Relationship }) {
  const { t, word, date } = useWords();
  const happened: [string | null | undefined, string][] = [
    [pair.confirmedAt, t("happened_confirmed")],
    [pair.startedAt, t("happened_started")],
    [pair.pausedAt, t("happened_paused")],
    [pair.overAt, t("happened_over")],
    ...(pair.mentoringSessions?.nodes ?? []).map((one): [string, string] => [
      one.heldAt,
      `${t("happened_met")} (${t("minutes", { count: one.minutes })}, ${word(one.mode)})`,
    ]),
    ...(pair.checkIns?.nodes ?? []).map((one): [string, string] => [
      one.recordedAt,
      t(one.needsHelp ? "happened_needs_help" : "happened_checked_in", {
        side: word(one.side),
        value: one.goingWell,
      }),
    ]),
    ...(pair.concerns?.nodes ?? []).map((one): [string, string] => [
      one.raisedAt,
      t("happened_concern", { severity: word(one.severity) }),
    ]),
    ...(pair.reviews?.nodes ?? []).map((one): [string, string] => [
      one.openedAt,
      t("happened_review", { kind: word(one.kind) }),
    ]),
  ];
  const rows = happened
    .filter((one): one is [string, string] => !!one[0])
    .sort(([a], [b]) => (a < b ? 1 : -1));
  return (
    <Part title={t("timeline")}>
      {rows.length === 0 && <Nothing />}
      <ol className="timeline">
        {rows.map(([at, text], number) => (
          <li key={number}>
            <time dateTime={at}>{date(at)}</time> {text}
          </li>
        ))}
      </ol>
    </Part>
  );
}
