// Focus groups and what committees decided: planned, held and recorded by whoever may.
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import { ListeningDocument, PlanFocusGroupDocument, type FocusGroupOccasion } from "../../gql/graphql";
import { Choice, Field, Form, moment, useAct } from "../../ui/act";
import type { Somebody } from "../../ui/people";
import { ProgrammeScreen } from "../../ui/programme";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { SeveralPeople } from "../../ui/several";
import { useRights } from "../../viewer";
import { useWords } from "../../words";
import { Decisions } from "./decisions";

const OCCASIONS: FocusGroupOccasion[] = ["BEFORE", "DURING", "AFTER"];

export function Listening({ programme }: { programme: string }) {
  const { t, word, time } = useWords();
  const may = useRights(programme);
  const [answer, reread] = useQuery({ query: ListeningDocument, variables: { programme } });
  const found = answer.data?.programme?.evaluation;
  const groups = found?.focusGroups?.nodes;
  return (
    <ProgrammeScreen programme={programme} title={t("listening")}>
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {groups && (
        <Part title={t("focus_groups")}>
          {groups.length === 0 && <Nothing />}
          <ul className="cards">
            {groups.map((one) => (
              <li key={one.id}>
                <Link href={`/focus-groups/${one.id}`}>{one.title}</Link>
                <span>{time(one.scheduledAt)}</span>
                <span>
                  {word(one.state)}, {t("people_count", { count: one.people })}
                </span>
              </li>
            ))}
          </ul>
          {may("interview") && <Planning programme={programme} />}
        </Part>
      )}
      {found?.committeeDecisions && (
        <Decisions
          programme={programme}
          decisions={found.committeeDecisions.nodes}
          again={() => reread({ requestPolicy: "network-only" })}
        />
      )}
    </ProgrammeScreen>
  );
}

function Planning({ programme }: { programme: string }) {
  const { t, word } = useWords();
  const [, go] = useLocation();
  const [people, setPeople] = useState<readonly Somebody[]>([]);
  const plan = useAct(PlanFocusGroupDocument, (data) => go(`/focus-groups/${data.planFocusGroup.id}`));
  return (
    <details>
      <summary>{t("plan_focus_group")}</summary>
      <Form
        label={t("plan_focus_group")}
        button={t("plan")}
        busy={plan.busy}
        fault={plan.fault}
        submit={({ title, occasion, scheduledAt, guide }) =>
          plan.act({
            programme,
            title: title ?? "",
            occasion: occasion as FocusGroupOccasion,
            scheduledAt: moment(scheduledAt),
            personIds: people.map((one) => one.id),
            guide: linesOf(guide),
          })
        }
      >
        <Field label={t("title")}>
          <input name="title" required maxLength={200} />
        </Field>
        <div className="row">
          <Choice
            label={t("occasion")}
            name="occasion"
            options={OCCASIONS.map((one) => [one, word(`occasion_${one}`)])}
          />
          <Field label={t("when")}>
            <input name="scheduledAt" type="datetime-local" required />
          </Field>
        </div>
        <Field label={t("guide")} hint={t("one_a_line")}>
          <textarea name="guide" />
        </Field>
        <SeveralPeople label={t("who_is_heard")} name="personIds" chosen={people} change={setPeople} />
      </Form>
    </details>
  );
}

/** The lines of a text that are not empty. */
export function linesOf(text: string | undefined): string[] {
  return (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
