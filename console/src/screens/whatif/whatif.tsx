// What other weights, and pairs that the team settles, would do to a cohort's matching: seen at once, stored when used.
import { useState } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { RunWithDocument, WhatIfPoolDocument, type WhatIfPoolQuery } from "../../gql/graphql";
import { Button, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Faults, Loading, Part } from "../../ui/screen";
import { uuid } from "../../viewer";
import { useWords } from "../../words";
import { asked, useWhatIf, type Found, type Settled, type Weights } from "./asking";
import { Changes, Sides } from "./sides";
import { Settling } from "./settling";
import { Sliders } from "./sliders";

type Cohort = NonNullable<WhatIfPoolQuery["cohort"]>;

export function WhatIf({ cohort: id }: { cohort: string }) {
  const [answer] = useQuery({ query: WhatIfPoolDocument, variables: { cohort: id } });
  const cohort = answer.data?.cohort;
  if (!cohort) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return <OfCohort id={id} cohort={cohort} />;
}

function OfCohort({ id, cohort }: { id: string; cohort: Cohort }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const [weights, setWeights] = useState<Weights>({});
  const [settled, setSettled] = useState<readonly Settled[]>([]);
  const { found, fault, busy } = useWhatIf(id, weights, settled);
  const use = useAct(RunWithDocument, (data) => go(`/runs/${uuid(data.startMatchRun.id)}`));
  return (
    <ProgrammeScreen programme={cohort.programmeId} title={t("what_if_of", { number: cohort.number })}>
      <p>{t("what_if_text")}</p>
      <Faults of={fault} />
      {!found && busy && <Loading />}
      {found && (
        <div className="beside">
          <div>
            <Sliders found={found} weights={weights} change={setWeights} />
            <Settling cohort={id} pool={cohort.pool?.nodes ?? []} found={found} settled={settled} change={setSettled} />
            {!cohort.closedAt && (
              <div className="row">
                <Button
                  busy={use.busy}
                  disabled={busy || fault !== undefined}
                  onClick={() => void use.act(asked(id, weights, settled))}
                >
                  {t("use_weights")}
                </Button>
              </div>
            )}
            <Faults of={use.fault} />
          </div>
          <div>
            <Said found={found} busy={busy} />
            <Sides before={found.before} after={found.after} />
            <Changes changes={found.changes} />
          </div>
        </div>
      )}
    </ProgrammeScreen>
  );
}

/** What came out in one sentence, for who does not see the tables change. */
function Said({ found, busy }: { found: Found; busy: boolean }) {
  const { t } = useWords();
  const { before, after, changes } = found;
  const numbers = { matched: after.matched, mentees: after.mentees, before: before.matched, count: changes.length };
  return (
    <Part title={t("side_by_side")}>
      <p aria-live="polite" className="said">
        {busy ? t("working_it_out") : t("what_if_said", numbers)}
      </p>
    </Part>
  );
}
