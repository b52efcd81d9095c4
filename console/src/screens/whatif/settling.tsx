// Pairs that the team forces or forbids, each with its reason; what a forced one costs comes with the answer.
import { useMutation, type CombinedError } from "urql";
import { useState } from "react";
import { AskWhatIfDocument, type WhatIfPoolQuery } from "../../gql/graphql";
import { Button, Choice, Field, Form, Radios } from "../../ui/act";
import { Part } from "../../ui/screen";
import { useWords } from "../../words";
import { asked, type Found, type Settled } from "./asking";

type Member = NonNullable<NonNullable<WhatIfPoolQuery["cohort"]>["pool"]>["nodes"][number];

export function Settling({
  cohort,
  pool,
  found,
  settled,
  change,
}: {
  cohort: string;
  pool: readonly Member[];
  found: Found;
  settled: readonly Settled[];
  change: (settled: readonly Settled[]) => void;
}) {
  const { t, number } = useWords();
  const name = (id: string) => pool.find((one) => one.personId === id)?.person?.name ?? t("somebody");
  const cost = (one: Settled) => found.pins.find((pin) => pin.mentorId === one.mentorId && pin.menteeId === one.menteeId);
  return (
    <Part title={t("pins_and_bars")}>
      <p>{t("pins_and_bars_text")}</p>
      <ul className="cards">
        {settled.map((one) => {
          const pin = one.forced ? cost(one) : undefined;
          return (
            <li key={one.mentorId + one.menteeId}>
              <strong>
                {name(one.mentorId)} – {name(one.menteeId)}
              </strong>
              <span>
                {t(one.forced ? "forced" : "forbidden_pair")}: {one.reason}
              </span>
              {pin?.price && (
                <span>{t("pin_price", { matches: pin.price.matches, score: number(pin.price.score, 2) })}</span>
              )}
              {pin && pin.rules.length > 0 && <span>{t("pin_rules", { rules: pin.rules.join(", ") })}</span>}
              <Button className="plain" onClick={() => change(settled.filter((other) => other !== one))}>
                {t("take_back")}
              </Button>
            </li>
          );
        })}
      </ul>
      <Another cohort={cohort} pool={pool} settled={settled} change={change} />
    </Part>
  );
}

/** The service is asked before a pair is listed, so that what it refuses stands at the field. */
function Another({
  cohort,
  pool,
  settled,
  change,
}: {
  cohort: string;
  pool: readonly Member[];
  settled: readonly Settled[];
  change: (settled: readonly Settled[]) => void;
}) {
  const { t, word } = useWords();
  const [, execute] = useMutation(AskWhatIfDocument);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<CombinedError>();
  const people = (role: Member["role"]): [string, string][] =>
    pool.filter((one) => one.role === role).map((one) => [one.personId, one.person?.name ?? t("somebody")]);
  async function settle({ mentorId, menteeId, reason, act }: Record<string, string>): Promise<boolean> {
    const one = { mentorId: mentorId ?? "", menteeId: menteeId ?? "", reason: reason ?? "", forced: act === "force" };
    const others = settled.filter((other) => other.mentorId !== mentorId || other.menteeId !== menteeId);
    setBusy(true);
    const answer = await execute(asked(cohort, {}, [...others, one]));
    setBusy(false);
    setFault(answer.error);
    if (answer.error) return false;
    change([...others, one]);
    return true;
  }
  return (
    <details>
      <summary>{t("settle_pair")}</summary>
      <Form label={t("settle_pair")} button={t("settle_pair")} busy={busy} fault={fault} submit={settle}>
        <Choice label={word("mentor")} name="mentorId" options={people("MENTOR")} />
        <Choice label={word("mentee")} name="menteeId" options={people("MENTEE")} />
        <Radios
          legend={t("what_of_pair")}
          name="act"
          first
          options={[
            ["force", t("force_pair")],
            ["forbid", t("forbid_pair")],
          ]}
        />
        <Field label={t("reason")}>
          <input name="reason" required maxLength={500} />
        </Field>
      </Form>
    </details>
  );
}
