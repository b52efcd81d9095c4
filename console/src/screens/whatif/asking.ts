// What is asked of a what-if, and its answer: the newest question counts, whatever comes back first.
import { useCallback, useEffect, useRef, useState } from "react";
import { useMutation, type CombinedError } from "urql";
import { AskWhatIfDocument, type AskWhatIfMutation } from "../../gql/graphql";

const STILL_MS = 250; // a slider is moved in many steps: the last of them is asked for

export type Weights = Record<string, number>;
export type Found = AskWhatIfMutation["askWhatIf"];

export interface Settled {
  mentorId: string;
  menteeId: string;
  reason: string;
  forced: boolean;
}

/** The variables of a question: weights by criterion, and the pairs that the team settles. */
export function asked(cohort: string, weights: Weights, settled: readonly Settled[]) {
  const pairs = (forced: boolean) =>
    settled
      .filter((one) => one.forced === forced)
      .map(({ mentorId, menteeId, reason }) => ({ mentorId, menteeId, reason }));
  return { cohort, weights, pins: pairs(true), bars: pairs(false) };
}

export function useWhatIf(cohort: string, weights: Weights, settled: readonly Settled[]) {
  const [, execute] = useMutation(AskWhatIfDocument);
  const [found, setFound] = useState<Found>();
  const [fault, setFault] = useState<CombinedError>();
  const [busy, setBusy] = useState(true);
  const newest = useRef(0);
  const ask = useCallback(
    async (question: ReturnType<typeof asked>): Promise<CombinedError | undefined> => {
      const number = ++newest.current;
      setBusy(true);
      const answer = await execute(question);
      if (number !== newest.current) return undefined;
      setBusy(false);
      setFault(answer.error);
      if (answer.data) setFound(answer.data.askWhatIf);
      return answer.error;
    },
    [execute],
  );
  useEffect(() => {
    const waiting = setTimeout(() => void ask(asked(cohort, weights, settled)), STILL_MS);
    return () => clearTimeout(waiting);
  }, [ask, cohort, weights, settled]);
  return { found, fault, busy };
}
