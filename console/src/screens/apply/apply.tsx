// Somebody applies to a programme: its form, question by question, for the side that they choose.
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import { ApplicationFormDocument, ApplyDocument, type ApplicationFormQuery, type Role } from "../../gql/graphql";
import { Choice, Form, useAct } from "../../ui/act";
import { Faults, Loading, Screen } from "../../ui/screen";
import { useWords } from "../../words";
import { QuestionField } from "./question";
import { answersOf, asked, isRequired, labelOf, type Fields, type Question } from "./questions";

type Programme = NonNullable<ApplicationFormQuery["programme"]>;
const ROLES: Role[] = ["MENTEE", "MENTOR"];

export function Apply({ programme: id }: { programme: string }) {
  const { t } = useWords();
  const [answer] = useQuery({ query: ApplicationFormDocument, variables: { programme: id } });
  const programme = answer.data?.programme;
  if (!programme) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return (
    <Screen title={t("apply_to", { title: programme.title })}>
      <Faults of={answer.error} />
      {programme.form && <Applying id={id} form={programme.form} />}
    </Screen>
  );
}

function Applying({ id, form }: { id: string; form: NonNullable<Programme["form"]> }) {
  const { t, word } = useWords();
  const [role, setRole] = useState<Role>("MENTEE");
  const [said, setSaid] = useState<Fields>({});
  const [done, setDone] = useState(false);
  const { act, busy, fault } = useAct(ApplyDocument, () => setDone(true));
  const questions = asked(form.fields as Question[], role.toLowerCase(), said);
  if (done) {
    return (
      <p className="said">
        {t("applied_thanks")} <Link href="/">{t("home")}</Link>
      </p>
    );
  }
  return (
    <Form
      label={t("apply")}
      button={t("send_application")}
      busy={busy}
      fault={fault}
      submit={(fields) => act({ programme: id, role, ...answersOf(questions, fields) })}
    >
      <Choice
        label={t("apply_as")}
        options={ROLES.map((one) => [one, word(one)])}
        value={role}
        change={(one) => setRole(one as Role)}
      />
      {questions.map((question) => (
        <QuestionField
          key={role + question.id}
          question={question}
          label={labelOf(question, role.toLowerCase())}
          criteria={form.criteria}
          required={isRequired(question, said)}
          say={(name, value) => setSaid((before) => ({ ...before, [name]: value }))}
        />
      ))}
    </Form>
  );
}
