// One's own habits: marked day by day, with the weeks kept one after the other. Nobody else sees them.
import { useQuery } from "urql";
import {
  CommitToHabitDocument,
  DropHabitDocument,
  MarkHabitDocument,
  MyHabitsDocument,
  type HabitPartsFragment,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { Faults, Nothing, Part } from "../../ui/screen";
import { useViewer, uuid } from "../../viewer";
import { useWords } from "../../words";

const SHOWN_DAYS = 7;

export function Habits({ programmes }: { programmes: ReadonlySet<string> }) {
  const { t } = useWords();
  const [answer, reread] = useQuery({ query: MyHabitsDocument });
  const again = () => reread({ requestPolicy: "network-only" });
  const habits = answer.data?.me.habits?.nodes ?? [];
  return (
    <Part title={t("habits")}>
      <Faults of={answer.error} />
      {answer.data && habits.length === 0 && <Nothing>{t("no_habits")}</Nothing>}
      <ul className="cards">
        {habits.map((one) => (
          <Habit key={one.id} of={one} again={again} />
        ))}
      </ul>
      <Committing programmes={programmes} again={again} />
    </Part>
  );
}

function Habit({ of: { id, version, progress, ...habit }, again }: { of: HabitPartsFragment; again: () => void }) {
  const { t, date, weekday } = useWords();
  const mark = useAct(MarkHabitDocument, again);
  const drop = useAct(DropHabitDocument, again);
  const kept = new Set(habit.markedOn);
  const days = lastDays(habit.startsOn, habit.endsOn);
  const isDropped = habit.droppedAt != null;
  return (
    <li>
      <strong>{habit.text}</strong>
      <span>{t("habit_terms", { times: habit.times, weeks: habit.weeks, date: date(habit.endsOn) })}</span>
      <span>{t("habit_streak", { streak: progress.streak, best: progress.best })}</span>
      <ol className="weeks" aria-label={t("weeks_so_far")}>
        {progress.weeks.map((week) => (
          <li key={week.beginsOn} className={week.kept ? "kept" : undefined}>
            {t(week.kept ? "week_kept" : "week_marks", { date: date(week.beginsOn), marks: week.marks })}
          </li>
        ))}
      </ol>
      {!isDropped && days.length > 0 && (
        <fieldset>
          <legend>{t("kept_on")}</legend>
          <div className="row days">
            {days.map((day) => (
              <label key={day} className="check">
                <input
                  type="checkbox"
                  checked={kept.has(day)}
                  disabled={mark.busy}
                  onChange={({ target }) => void mark.act({ id, day, kept: target.checked })}
                />
                {weekday(day)}
              </label>
            ))}
          </div>
        </fieldset>
      )}
      <Button
        className="plain"
        busy={drop.busy}
        onClick={() => void drop.act({ id, version, dropped: !isDropped })}
      >
        {t(isDropped ? "take_up_again" : "give_up_habit")}
      </Button>
      <Faults of={mark.fault ?? drop.fault} />
    </li>
  );
}

function Committing({ programmes, again }: { programmes: ReadonlySet<string>; again: () => void }) {
  const { t } = useWords();
  const viewer = useViewer();
  const { act, busy, fault } = useAct(CommitToHabitDocument, again);
  const title = (id: string) => viewer.programmes.find((one) => uuid(one.id) === id)?.title ?? t("programme");
  return (
    <details>
      <summary>{t("commit_to_habit")}</summary>
      <Form
        label={t("commit_to_habit")}
        button={t("commit")}
        busy={busy}
        fault={fault}
        submit={({ text, programme, times, weeks }) =>
          act({ text: text ?? "", programme: programme ?? "", times: Number(times), weeks: Number(weeks) })
        }
      >
        <p>{t("habit_text")}</p>
        <Field label={t("what_i_will_do")}>
          <input name="text" required maxLength={500} />
        </Field>
        <Choice
          label={t("programme")}
          name="programme"
          options={[...programmes].map((id): [string, string] => [id, title(id)])}
        />
        <div className="row">
          <Field label={t("times_a_week")}>
            <input name="times" type="number" min={1} max={7} defaultValue={1} required />
          </Field>
          <Field label={t("for_weeks")}>
            <input name="weeks" type="number" min={1} max={26} defaultValue={8} required />
          </Field>
        </div>
      </Form>
    </details>
  );
}

/** The days of a habit up to today, at most a week of them, the newest last. */
function lastDays(from: string, to: string): string[] {
  const today = dayOf(new Date());
  const last = today < to ? today : to;
  return [...Array(SHOWN_DAYS).keys()]
    .map((back) => {
      const day = new Date(`${last}T12:00`);
      day.setDate(day.getDate() - back);
      return dayOf(day);
    })
    .filter((day) => day >= from)
    .reverse();
}

function dayOf(at: Date): string {
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
