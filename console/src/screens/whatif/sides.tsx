// Both sides of a what-if: their totals, how well pairs fit by each criterion, and the people who change.
import type { SideFragment } from "../../gql/graphql";
import { Nothing, Part } from "../../ui/screen";
import { Table } from "../../ui/table";
import { useWords } from "../../words";
import type { Found, Weights } from "./asking";

export function Sides({ before, after }: { before: SideFragment; after: SideFragment }) {
  const { t, word, number, percent } = useWords();
  const rows: [string, number, number, number][] = [
    [t("people_matched"), before.matched, after.matched, 0],
    [t("without_mentor"), before.mentees - before.matched, after.mentees - after.matched, 0],
    [t("served_first_matched"), before.priorityMatched, after.priorityMatched, 0],
    [t("total_score"), before.totalScore, after.totalScore, 2],
    [t("worst_score"), before.worstScore ?? 0, after.worstScore ?? 0, 2],
    [t("busiest_mentor"), before.busiest, after.busiest, 0],
    [t("would_swap"), before.blockingPairs, after.blockingPairs, 0],
  ];
  const [weights, others] = [before.weights as Weights, after.weights as Weights];
  const [fits, otherFits] = [before.fits as Weights, after.fits as Weights];
  return (
    <>
      <Table
        caption={t("side_by_side")}
        rows={rows}
        id={([name]) => name}
        columns={[
          { head: t("measure"), cell: ([name]) => name },
          { head: t("as_now"), number: true, cell: ([, now, , digits]) => number(now, digits) },
          { head: t("as_then"), number: true, cell: ([, , then, digits]) => number(then, digits) },
          { head: t("difference"), number: true, cell: ([, now, then, digits]) => signed(number(then - now, digits)) },
        ]}
      />
      <Table
        caption={t("fit_by")}
        rows={Object.keys(weights)}
        id={(name) => name}
        columns={[
          { head: t("criterion"), cell: (name) => word(name) },
          { head: t("weight_now"), number: true, cell: (name) => percent(100 * (weights[name] ?? 0)) },
          { head: t("weight_then"), number: true, cell: (name) => percent(100 * (others[name] ?? 0)) },
          { head: t("fit_now"), number: true, cell: (name) => share(fits[name]) },
          { head: t("fit_then"), number: true, cell: (name) => share(otherFits[name]) },
        ]}
      />
    </>
  );

  function share(fit: number | undefined): string {
    return percent(fit === undefined ? null : 100 * fit);
  }
}

function signed(written: string): string {
  return /^-|^0$/.test(written) ? written : `+${written}`;
}

type Change = Found["changes"][number];

export function Changes({ changes }: { changes: Change[] }) {
  const { t, number } = useWords();
  const score = (found: number | null | undefined) => (found == null ? "–" : number(found, 2));
  return (
    <Part title={t("who_changes")}>
      {changes.length === 0 ? (
        <Nothing>{t("nobody_changes")}</Nothing>
      ) : (
        <Table
          caption={t("who_changes")}
          rows={[...changes].sort((one, other) => rank(one) - rank(other))}
          id={(row) => row.menteeId + (row.mentor?.id ?? "") + (row.otherMentor?.id ?? "")}
          columns={[
            { head: t("name"), cell: (row) => row.mentee?.name ?? t("somebody") },
            { head: t("what_changes"), cell: (row) => t(`change_${kind(row)}`) },
            { head: t("mentor_now"), cell: (row) => named(row.mentor) },
            { head: t("mentor_then"), cell: (row) => named(row.otherMentor) },
            { head: t("score_now"), number: true, cell: (row) => score(row.score) },
            { head: t("score_then"), number: true, cell: (row) => score(row.otherScore) },
          ]}
        />
      )}
    </Part>
  );

  function named(mentor: Change["mentor"]): string {
    return mentor ? (mentor.name ?? t("somebody")) : t("nobody");
  }
}

function kind({ mentor, otherMentor }: Change): "loses" | "gains" | "moves" {
  if (!otherMentor) return "loses";
  return mentor ? "moves" : "gains";
}

function rank(change: Change): number {
  return ["loses", "gains", "moves"].indexOf(kind(change));
}
