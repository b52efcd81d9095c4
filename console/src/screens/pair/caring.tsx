// Concerns, and breaks that the programme's team grants.
import {
  ChangeConcernDocument,
  PauseDocument,
  RaiseConcernDocument,
  ResumeDocument,
  type ConcernState,
  type Severity,
} from "../../gql/graphql";
import { Button, Check, Choice, Field, Form, useAct } from "../../ui/act";
import { Faults, Part } from "../../ui/screen";
import { useWords } from "../../words";
import type { PartOfPair } from "./pair";

const SEVERITIES: Severity[] = ["NORMAL", "SERIOUS", "URGENT"];
const NEXT: Record<string, ConcernState | undefined> = { raised: "ACKNOWLEDGED", acknowledged: "RESOLVED" };

export function Concerns({ pair, again }: PartOfPair) {
  const { t, word, date } = useWords();
  const raise = useAct(RaiseConcernDocument, again);
  const change = useAct(ChangeConcernDocument, again);
  const concerns = pair.concerns?.nodes ?? [];
  return (
    <Part title={t("concerns")}>
      <ul className="cards">
        {concerns.map((one) => {
          const next = NEXT[one.state];
          return (
            <li key={one.id}>
              <strong>{one.text ?? word(one.severity)}</strong>
              <span>
                {word(one.severity)}, {word(one.state)}, {date(one.raisedAt)}
              </span>
              {next && (
                <Button
                  busy={change.busy}
                  onClick={() => void change.act({ id: one.id, version: one.version, state: next })}
                >
                  {word(`concern_${next}`)}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <Faults of={change.fault} />
      <details>
        <summary>{t("raise_concern")}</summary>
        <Form
          label={t("raise_concern")}
          button={t("send")}
          busy={raise.busy}
          fault={raise.fault}
          submit={({ text, severity, safeguarding }) =>
            raise.act({
              id: pair.matchId,
              text: text ?? "",
              severity: severity as Severity,
              safeguarding: safeguarding === "on",
            })
          }
        >
          <Field label={t("what_worries_you")} hint={t("concern_hint")}>
            <textarea name="text" required maxLength={5000} />
          </Field>
          <Choice label={t("severity")} name="severity" options={SEVERITIES.map((one) => [one, word(one)])} />
          <Check label={t("safeguarding")} name="safeguarding" />
        </Form>
      </details>
    </Part>
  );
}

export function Pausing({ pair, again }: PartOfPair) {
  const { t } = useWords();
  const pause = useAct(PauseDocument, again);
  const resume = useAct(ResumeDocument, again);
  const id = pair.matchId;
  if (pair.state !== "active") return null;
  return (
    <Part title={t("pause")}>
      {pair.pausedAt ? (
        <Button busy={resume.busy} onClick={() => void resume.act({ id })}>
          {t("resume")}
        </Button>
      ) : (
        <Form
          label={t("pause")}
          button={t("pause")}
          busy={pause.busy}
          fault={pause.fault}
          submit={({ until, reason }) => pause.act({ id, until: until || null, reason: reason || null })}
        >
          <div className="row">
            <Field label={t("paused_until")}>
              <input name="until" type="date" />
            </Field>
            <Field label={t("reason")}>
              <input name="reason" maxLength={500} />
            </Field>
          </div>
        </Form>
      )}
      <Faults of={resume.fault} />
    </Part>
  );
}
