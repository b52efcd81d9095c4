// A run: followed while it works; then its pairs with their reasons, who is left, why two are no pair, and yes or no to it.
import { useState } from "react";
import { useQuery, useSubscription } from "urql";
import { Link } from "wouter";
import {
  ApproveRunDocument,
  CancelRunDocument,
  RunDocument,
  RunProgressDocument,
  WhyNotDocument,
  type RunQuery,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Table } from "../../ui/table";
import { useWords } from "../../words";

type Found = NonNullable<RunQuery["matchRun"]>;
const WORKING = ["queued", "running"];

export function Run({ id }: { id: string }) {
  const { t, word, number } = useWords();
  const [answer, reread] = useQuery({ query: RunDocument, variables: { id } });
  const run = answer.data?.matchRun;
  const working = run ? WORKING.includes(run.state) : false;
  const [live] = useSubscription({ query: RunProgressDocument, variables: { id }, pause: !working }, (_, now) => {
    if (!WORKING.includes(now.matchRun.state)) reread({ requestPolicy: "network-only" });
    return now;
  });
  if (!run) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  const certificate = run.certificate as { valid?: boolean } | null;
  return (
    <ProgrammeScreen programme={run.programmeId} title={t("run")}>
      <Faults of={answer.error} />
      <Faults of={live.error} />
      {working && (
        <p role="status">
          {word(live.data?.matchRun.state ?? run.state)}{" "}
          <progress aria-label={t("progress")} value={live.data?.matchRun.progress ?? run.progress} max={1} />
        </p>
      )}
      <Facts
        of={[
          [t("state"), word(run.state)],
          [t("pairs"), run.pairs],
          [t("unmatched_mentees"), run.unmatchedMentees],
          [t("unmatched_mentors"), run.unmatchedMentors],
          [t("total_score"), run.totalScore == null ? null : number(run.totalScore, 2)],
          [t("proved_best"), certificate?.valid === undefined ? null : t(certificate.valid ? "yes" : "no")],
          [t("failure"), run.failure],
        ]}
      />
      {!working && <Deciding run={run} again={() => reread({ requestPolicy: "network-only" })} />}
      {!working && <Pairs run={run} />}
    </ProgrammeScreen>
  );
}

function Deciding({ run, again }: { run: Found; again: () => void }) {
  const { t } = useWords();
  const approve = useAct(ApproveRunDocument, again);
  const cancel = useAct(CancelRunDocument, again);
  if (run.state === "approved") {
    return (
      <p className="said">
        {t("offers_made")} <Link href={`/programmes/${run.programmeId}/pairs`}>{t("to_pairs")}</Link>
      </p>
    );
  }
  if (run.state !== "completed") return null;
  return (
    <Part title={t("approve")}>
      <Form
        label={t("approve")}
        button={t("approve_run", { count: run.pairs })}
        busy={approve.busy}
        fault={approve.fault}
        submit={({ offerDays }) =>
          approve.act({ id: run.id, version: run.version, offerDays: offerDays ? Number(offerDays) : null })
        }
      >
        <Field label={t("offer_days")} hint={t("offer_days_hint")}>
          <input name="offerDays" type="number" min={1} max={90} />
        </Field>
      </Form>
      <div className="row">
        <Button
          className="plain"
          busy={cancel.busy}
          onClick={() => void cancel.act({ id: run.id, version: run.version })}
        >
          {t("cancel_run")}
        </Button>
      </div>
      <Faults of={cancel.fault} />
    </Part>
  );
}

function Pairs({ run }: { run: Found }) {
  const { t, word, number } = useWords();
  const pairs = run.proposedPairs?.nodes ?? [];
  const left = run.unmatched?.nodes ?? [];
  return (
    <>
      <Part title={t("proposed_pairs")}>
        {pairs.length === 0 ? (
          <Nothing />
        ) : (
          <Table
            caption={t("proposed_pairs_caption")}
            rows={pairs}
            id={(row) => row.id}
            columns={[
              { head: word("mentor"), cell: (row) => row.mentor?.name ?? t("somebody") },
              { head: word("mentee"), cell: (row) => row.mentee?.name ?? t("somebody") },
              { head: t("score"), number: true, cell: (row) => number(row.score, 2) },
              { head: t("why"), cell: (row) => row.explanation },
              {
                head: t("to_note"),
                cell: (row) =>
                  [row.closeCall && t("close_call"), row.pinned && t("pinned")].filter(Boolean).join(", "),
              },
            ]}
          />
        )}
      </Part>
      <Part title={t("left_over")}>
        {left.length === 0 ? (
          <Nothing>{t("nobody_left")}</Nothing>
        ) : (
          <Table
            caption={t("left_over")}
            rows={left}
            id={(row) => row.id}
            columns={[
              { head: t("name"), cell: (row) => row.person?.name ?? t("somebody") },
              { head: t("role"), cell: (row) => word(row.role) },
              { head: t("why"), cell: (row) => row.explanation },
            ]}
          />
        )}
      </Part>
      <WhyNot run={run} />
    </>
  );
}

/** Why two people are no pair in this run, and what it would cost to make them one. */
function WhyNot({ run }: { run: Found }) {
  const { t, word } = useWords();
  const [asked, ask] = useState<{ mentor: string; mentee: string }>();
  const [answer] = useQuery({
    query: WhyNotDocument,
    variables: { run: run.id, mentor: asked?.mentor ?? "", mentee: asked?.mentee ?? "" },
    pause: !asked,
  });
  const people = (role: "MENTOR" | "MENTEE"): [string, string][] => {
    const found = new Map<string, string>();
    for (const pair of run.proposedPairs?.nodes ?? []) {
      const [id, person] = role === "MENTOR" ? [pair.mentorId, pair.mentor] : [pair.menteeId, pair.mentee];
      found.set(id, person?.name ?? t("somebody"));
    }
    for (const one of run.unmatched?.nodes ?? []) {
      if (one.role === role) found.set(one.personId, one.person?.name ?? t("somebody"));
    }
    return [...found];
  };
  const said = answer.data?.matchRun?.whyNot;
  return (
    <Part title={t("why_not")}>
      <Form
        label={t("why_not")}
        button={t("ask")}
        busy={answer.fetching}
        fault={undefined}
        submit={async ({ mentor, mentee }) => {
          ask({ mentor: mentor ?? "", mentee: mentee ?? "" });
          return false;
        }}
      >
        <div className="row">
          <Choice label={word("mentor")} name="mentor" options={people("MENTOR")} />
          <Choice label={word("mentee")} name="mentee" options={people("MENTEE")} />
        </div>
      </Form>
      <div aria-live="polite">
        {asked && said && (
          <p className="said">{said.text}</p>
        )}
        {asked && <Faults of={answer.error} />}
      </div>
    </Part>
  );
}
