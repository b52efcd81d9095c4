// What committees decided: recorded with who attended, corrected with a reason, and its wording approved.
import { useState } from "react";
import {
  ApproveDecisionDocument,
  CorrectDecisionDocument,
  RecordDecisionDocument,
  type DecisionPartsFragment,
} from "../../gql/graphql";
import { Button, Field, Form, useAct } from "../../ui/act";
import type { Somebody } from "../../ui/people";
import { Faults, Nothing, Part } from "../../ui/screen";
import { SeveralPeople } from "../../ui/several";
import { useRights } from "../../viewer";
import { useWords } from "../../words";

interface Of {
  programme: string;
  again: () => void;
}

export function Decisions({ programme, decisions, again }: Of & { decisions: DecisionPartsFragment[] }) {
  const { t } = useWords();
  const may = useRights(programme);
  return (
    <Part title={t("committee_decisions")}>
      {decisions.length === 0 && <Nothing />}
      {decisions.map((one) => (
        <Decision key={one.id} of={one} programme={programme} again={again} />
      ))}
      {may("run_evaluation") && <Recording programme={programme} again={again} />}
    </Part>
  );
}

function Decision({ of, programme, again }: Of & { of: DecisionPartsFragment }) {
  const { t, date } = useWords();
  const may = useRights(programme);
  const correct = useAct(CorrectDecisionDocument, again);
  const approve = useAct(ApproveDecisionDocument, again);
  const { id, version, wordingVersion: wording } = of;
  return (
    <article className="part">
      <h3>
        {of.committee}, {date(of.decidedOn)}
      </h3>
      <blockquote>{of.text}</blockquote>
      <p className="quiet">
        {t("attended_by", { names: of.attended.map((one) => one.person?.name ?? t("somebody")).join(", ") })}
      </p>
      {of.wordingApprovedAt ? (
        <p>{t("wording_approved", { date: date(of.wordingApprovedAt) })}</p>
      ) : (
        may("approve_reports") && (
          <Button busy={approve.busy} onClick={() => void approve.act({ id, wording, version })}>
            {t("approve_wording")}
          </Button>
        )
      )}
      <Faults of={approve.fault} />
      {may("run_evaluation") && (
        <details>
          <summary>{t("correct_decision")}</summary>
          <Form
            label={t("correct_decision")}
            button={t("save")}
            busy={correct.busy}
            fault={correct.fault}
            submit={({ text, reason }) => correct.act({ id, version, text: text ?? "", reason: reason ?? "" })}
          >
            <Field label={t("decided_text")}>
              <textarea name="text" required defaultValue={of.text} />
            </Field>
            <Field label={t("reason")}>
              <input name="reason" required maxLength={500} />
            </Field>
          </Form>
        </details>
      )}
    </article>
  );
}

function Recording({ programme, again }: Of) {
  const { t } = useWords();
  const [attended, setAttended] = useState<readonly Somebody[]>([]);
  const { act, busy, fault } = useAct(RecordDecisionDocument, () => {
    setAttended([]);
    again();
  });
  return (
    <details>
      <summary>{t("record_decision")}</summary>
      <Form
        label={t("record_decision")}
        button={t("record")}
        busy={busy}
        fault={fault}
        submit={({ committee, decidedOn, text }) =>
          act({
            programme,
            committee: committee ?? "",
            decidedOn: decidedOn ?? "",
            text: text ?? "",
            attended: attended.map((one) => one.id),
          })
        }
      >
        <div className="row">
          <Field label={t("committee")}>
            <input name="committee" required maxLength={200} />
          </Field>
          <Field label={t("decided_on")}>
            <input name="decidedOn" type="date" required />
          </Field>
        </div>
        <Field label={t("decided_text")}>
          <textarea name="text" required />
        </Field>
        <SeveralPeople label={t("who_attended")} name="attended" chosen={attended} change={setAttended} />
      </Form>
    </details>
  );
}
