// Two people's mentoring. For them, on a phone, what comes next; for the programme's team, how it goes.
import { useCallback, useEffect, useState } from "react";
import { useQuery } from "urql";
import { PairDocument, type PairQuery } from "../../gql/graphql";
import { Facts, Faults, Loading, Screen } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { useViewer } from "../../viewer";
import { useWords } from "../../words";
import { Agreement } from "./agreement";
import { Concerns, Pausing } from "./caring";
import { CheckingIn, Reviews } from "./checking";
import { Goals } from "./goals";
import { Meetings } from "./meetings";
import { Timeline } from "./timeline";

const WAIT_MS = 1000;
const MOST_WAITED = 15;

export type Relationship = NonNullable<PairQuery["relationship"]>;

/** What each part of the screen is given; `again` reads the pair anew once something was changed. */
export interface PartOfPair {
  pair: Relationship;
  again: () => void;
}

export function Pair({ id }: { id: string }) {
  const { t } = useWords();
  const viewer = useViewer();
  const [answer, reread] = useQuery({ query: PairDocument, variables: { id } });
  const pair = answer.data?.relationship;
  const again = useCallback(() => reread({ requestPolicy: "network-only" }), [reread]);
  // A match that was confirmed a moment ago is known here a moment later.
  const [waited, wait] = useState(0);
  const isMissing = !!answer.error?.graphQLErrors.some((one) => one.extensions.code === "relationship_not_found");
  const isSoonThere = isMissing && waited < MOST_WAITED;
  useEffect(() => {
    if (!isSoonThere || answer.fetching) return;
    const timer = setTimeout(() => {
      wait((before) => before + 1);
      again();
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [isSoonThere, answer.fetching, again]);
  if (!pair && isSoonThere) return <p role="status">{t("soon_there")}</p>;
  if (!pair) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  const partner = viewer.id === pair.mentorId ? pair.mentee : pair.mentor;
  // Parts that are for others are null, and that is no fault.
  const faults = <Faults of={answer.error} passing={["forbidden", "agreement_not_found"]} />;
  if (viewer.id === pair.mentorId || viewer.id === pair.menteeId) {
    return (
      <Screen title={t("with", { name: partner?.name ?? t("my_partner") })}>
        {faults}
        <State pair={pair} />
        <Meetings pair={pair} again={again} />
        <Reviews pair={pair} again={again} />
        <Agreement pair={pair} again={again} />
        <Goals pair={pair} again={again} />
        <CheckingIn pair={pair} again={again} />
        <Concerns pair={pair} again={again} />
      </Screen>
    );
  }
  const names = [pair.mentor?.name, pair.mentee?.name].map((name) => name ?? t("somebody")).join(" – ");
  return (
    <ProgrammeScreen programme={pair.programmeId} title={names}>
      {faults}
      <State pair={pair} />
      <Timeline pair={pair} />
      <Concerns pair={pair} again={again} />
      <Pausing pair={pair} again={again} />
    </ProgrammeScreen>
  );
}

function State({ pair }: { pair: Relationship }) {
  const { t, word, date, number } = useWords();
  const hours = (minutes: number) => number(minutes / 60, 1);
  return (
    <Facts
      of={[
        [t("state"), word(pair.pausedAt ? "paused" : pair.state)],
        [t("phase"), pair.phase && word(pair.phase)],
        [t("ends_on"), date(pair.endsAt)],
        [
          t("hours"),
          pair.expectedMinutes && pair.expectedMinutes >= 30
            ? t("hours_of", { hours: hours(pair.totalMinutes), expected: hours(pair.expectedMinutes) })
            : hours(pair.totalMinutes),
        ],
        [t("paused_until"), date(pair.pausedUntil)],
        [t("quiet_since"), date(pair.quietSince)],
      ]}
    />
  );
}
