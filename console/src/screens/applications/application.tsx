// One application as it was written, and its decision.
import { useQuery } from "urql";
import {
  ApplicationDocument,
  DecideApplicationDocument,
  FormOfProgrammeDocument,
  UndoDecisionDocument,
  type ApplicationQuery,
  type Decision,
} from "../../gql/graphql";
import { Choice, Field, Form, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { useWords } from "../../words";
import { DECISIONS } from "./applications";

type Found = NonNullable<ApplicationQuery["application"]>;

export function Application({ id }: { id: string }) {
  const { t, word, date } = useWords();
  const [answer] = useQuery({ query: ApplicationDocument, variables: { id } });
  const found = answer.data?.application;
  if (!found) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  const waiting = found.form?.waiting;
  return (
    <ProgrammeScreen programme={found.programmeId} title={found.person?.name ?? t("somebody")}>
      <Faults of={answer.error} passing={["forbidden"]} />
      <Facts
        of={[
          [t("state"), word(found.state)],
          [t("role"), word(found.role)],
          [t("cohort"), found.cohort?.number ?? t("later")],
          [t("email"), found.person?.email],
          [t("submitted_on"), date(found.submittedAt)],
          [t("decided_on"), date(found.decidedAt)],
          [t("waiting_place"), waiting ? t("place_of", { place: waiting.position, count: waiting.waiting }) : null],
          [t("to_note"), found.priority ? t("served_first") : null],
          [t("unmet_rules"), found.form?.unmetRules?.map(word).join(", ")],
          [t("assessment"), found.assessment?.total],
        ]}
      />
      <Deciding found={found} />
      <Answers found={found} />
    </ProgrammeScreen>
  );
}

function Deciding({ found }: { found: Found }) {
  const { t, word } = useWords();
  const decide = useAct(DecideApplicationDocument);
  const undo = useAct(UndoDecisionDocument);
  const unmet = found.form?.unmetRules ?? [];
  const version = found.version;
  return (
    <Part title={t("decision")}>
      {["submitted", "waitlisted"].includes(found.state) && (
        <Form
          label={t("decision")}
          button={t("decide_it")}
          busy={decide.busy}
          fault={decide.fault}
          submit={({ decision, reason }) =>
            decide.act({
              id: found.id,
              decision: decision as Decision,
              reason: reason || null,
              overrides:
                decision === "ACCEPT" && unmet.length > 0
                  ? unmet.map((rule) => ({ rule, reason: reason ?? "" }))
                  : null,
              version,
            })
          }
        >
          <Choice
            label={t("decision")}
            name="decision"
            options={DECISIONS.map((one) => [one, word(`decision_${one}`)])}
          />
          <Field label={t("reason")} hint={unmet.length > 0 ? t("reason_sets_aside") : undefined}>
            <input name="reason" maxLength={500} required={unmet.length > 0} />
          </Field>
        </Form>
      )}
      {["accepted", "refused", "waitlisted"].includes(found.state) && (
        <Form
          label={t("undo_decision")}
          button={t("undo_decision")}
          busy={undo.busy}
          fault={undo.fault}
          submit={({ reason }) => undo.act({ id: found.id, reason: reason ?? "", version })}
        >
          <Field label={t("reason")}>
            <input name="reason" required maxLength={500} />
          </Field>
        </Form>
      )}
    </Part>
  );
}

interface FormField {
  id: string;
  label: string;
}

/** What was written, under the questions of the programme's form. */
function Answers({ found }: { found: Found }) {
  const { t, word, date } = useWords();
  const [form] = useQuery({ query: FormOfProgrammeDocument, variables: { programme: found.programmeId } });
  const answers = found.form?.answers;
  if (!answers) return null;
  const known = form.data?.programme?.form;
  const labels = new Map((known?.fields as FormField[] | undefined)?.map((field) => [field.id, field.label]));
  const topics = new Map(known?.criteria.map((one) => [one.id, one.title]));
  const shown = (value: unknown): string =>
    typeof value === "boolean" ? t(value ? "yes" : "no") : Array.isArray(value) ? value.join(", ") : String(value);
  return (
    <Part title={t("answers")}>
      {answers.criteria.length > 0 && (
        <>
          <h3>{labels.get("criteria") ?? t("topics")}</h3>
          <ol>
            {answers.criteria.map((one) => (
              <li key={one}>{topics.get(one) ?? word(one)}</li>
            ))}
          </ol>
        </>
      )}
      {answers.freeText && (
        <>
          <h3>{labels.get("about") ?? t("about")}</h3>
          <p>{answers.freeText}</p>
        </>
      )}
      <Facts
        of={[
          ...Object.entries(answers.attributes as Record<string, unknown>).map(([name, value]): [string, string] => [
            labels.get(name) ?? word(name),
            shown(value),
          ]),
          ...(found.form?.consents ?? []).map((one): [string, string] => [
            t("consent", { document: word(one.document.replaceAll("-", "_")), version: one.version }),
            date(one.givenAt),
          ]),
        ]}
      />
    </Part>
  );
}
