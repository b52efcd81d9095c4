// Goals, how far they are, and the steps towards them.
import {
  AddActionDocument,
  ChangeGoalDocument,
  SetGoalDocument,
  TickActionDocument,
  type GoalPartsFragment,
} from "../../gql/graphql";
import { Button, Field, Form, useAct } from "../../ui/act";
import { Faults, Nothing, Part } from "../../ui/screen";
import { useWords } from "../../words";
import type { PartOfPair } from "./pair";

export function Goals({ pair, again }: PartOfPair) {
  const { t } = useWords();
  const set = useAct(SetGoalDocument, again);
  const goals = pair.goals?.nodes ?? [];
  return (
    <Part title={t("goals")}>
      {goals.length === 0 && <Nothing />}
      <ul className="cards">
        {goals.map((goal) => (
          <li key={goal.id}>
            <Goal goal={goal} again={again} />
          </li>
        ))}
      </ul>
      <details>
        <summary>{t("set_goal")}</summary>
        <Form
          label={t("set_goal")}
          button={t("save")}
          busy={set.busy}
          fault={set.fault}
          submit={({ text, dueOn }) => set.act({ id: pair.matchId, text: text ?? "", dueOn: dueOn || null })}
        >
          <Field label={t("goal")}>
            <textarea name="text" required maxLength={2000} />
          </Field>
          <Field label={t("due_on")}>
            <input name="dueOn" type="date" />
          </Field>
        </Form>
      </details>
    </Part>
  );
}

function Goal({ goal, again }: { goal: GoalPartsFragment; again: () => void }) {
  const { t, word, date } = useWords();
  const change = useAct(ChangeGoalDocument, again);
  const tick = useAct(TickActionDocument, again);
  const add = useAct(AddActionDocument, again);
  const { id, version } = goal;
  return (
    <>
      <strong>{goal.text}</strong>
      <span>
        {word(goal.state)}
        {goal.dueOn && `, ${t("until", { date: date(goal.dueOn) })}`}
      </span>
      {goal.actions.map((action) => (
        <label key={action.id} className="check">
          <input
            type="checkbox"
            checked={!!action.doneAt}
            disabled={tick.busy}
            onChange={({ target }) =>
              void tick.act({ id: action.id, version: action.version, done: target.checked })
            }
          />
          {action.text}
        </label>
      ))}
      {goal.state === "open" && (
        <>
          <div className="row">
            <Button busy={change.busy} onClick={() => void change.act({ id, version, state: "REACHED" })}>
              {t("goal_reached")}
            </Button>
            <Button
              className="plain"
              busy={change.busy}
              onClick={() => void change.act({ id, version, state: "DROPPED" })}
            >
              {t("drop_goal")}
            </Button>
          </div>
          <details>
            <summary>{t("add_step")}</summary>
            <Form
              label={t("add_step")}
              button={t("save")}
              busy={add.busy}
              fault={add.fault}
              submit={({ text, dueOn }) => add.act({ goal: id, text: text ?? "", dueOn: dueOn || null })}
            >
              <Field label={t("step")}>
                <input name="text" required maxLength={1000} />
              </Field>
              <Field label={t("due_on")}>
                <input name="dueOn" type="date" />
              </Field>
            </Form>
          </details>
        </>
      )}
      <Faults of={change.fault ?? tick.fault} />
    </>
  );
}
