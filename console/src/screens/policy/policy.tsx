// A programme's matching policy as a text: tried on a cohort without being stored, then made the policy.
import { useMemo, useState } from "react";
import { useQuery, type CombinedError } from "urql";
import { stringify } from "yaml";
import {
  ChangePolicyDocument,
  PolicyDocument,
  TryPolicyDocument,
  type PolicyQuery,
  type TryPolicyMutation,
} from "../../gql/graphql";
import { Button, Choice, useAct } from "../../ui/act";
import { DocumentField } from "../../ui/document/document";
import { problemsOf, read } from "../../ui/document/written";
import { ProgrammeScreen } from "../../ui/programme";
import { reasonsOf } from "../../ui/refusals";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { Table } from "../../ui/table";
import { uuid } from "../../viewer";
import { useWords } from "../../words";

type Programme = NonNullable<PolicyQuery["programme"]>;
type Policy = NonNullable<Programme["matchingPolicy"]>;
type Cohorts = NonNullable<Programme["cohorts"]>;
type Members = Record<string, unknown>;

export function Policy({ programme }: { programme: string }) {
  const { t, date, word } = useWords();
  const [answer, reread] = useQuery({ query: PolicyDocument, variables: { programme } });
  const policy = answer.data?.programme?.matchingPolicy;
  return (
    <ProgrammeScreen programme={programme} title={t("policy")}>
      <p>{t("policy_text")}</p>
      <Faults of={answer.error} />
      {!policy && answer.fetching && <Loading />}
      {policy && (
        <>
          <Facts
            of={[
              [t("state"), t("policy_version", { number: policy.version, date: date(policy.madeAt) })],
              [t("rules_off"), policy.rulesOff?.map(word).join(", ")],
              [t("policy_problem"), policy.problem ? Object.values(policy.problem as Members).join(": ") : null],
            ]}
          />
          <Editor
            key={policy.version}
            programme={programme}
            policy={policy}
            cohorts={answer.data?.programme?.cohorts ?? []}
            again={() => reread({ requestPolicy: "network-only" })}
          />
        </>
      )}
    </ProgrammeScreen>
  );
}

function Editor({
  programme,
  policy,
  cohorts,
  again,
}: {
  programme: string;
  policy: Policy;
  cohorts: Cohorts;
  again: () => void;
}) {
  const { t } = useWords();
  const [text, setText] = useState(() => stringify(policy.document));
  const [cohort, setCohort] = useState(cohorts[0] ? uuid(cohorts[0].id) : "");
  const [trial, setTrial] = useState<TryPolicyMutation["tryPolicy"]>();
  const trying = useAct(TryPolicyDocument, (data) => setTrial(data.tryPolicy));
  const saving = useAct(ChangePolicyDocument, again);
  const written = useMemo(() => read(text), [text]);
  const said = [saidOf(saving.fault, "/body"), saidOf(trying.fault, "/body/policy")].flatMap(({ reasons, root }) =>
    problemsOf(reasons, written, root),
  );
  const isRead = written.problems.length === 0;
  return (
    <Part title={t("edit_policy")}>
      <DocumentField
        label={t("policy_document")}
        text={text}
        change={setText}
        problems={[...written.problems, ...said]}
      />
      <div className="row">
        {cohorts.length > 0 && (
          <>
            <Choice
              label={t("try_it")}
              options={cohorts.map((one) => [uuid(one.id), t("cohort_number", { number: one.number })])}
              value={cohort}
              change={setCohort}
            />
            <Button
              className="plain"
              busy={trying.busy}
              disabled={!isRead}
              onClick={() => void trying.act({ cohort, policy: written.value })}
            >
              {t("try_policy")}
            </Button>
          </>
        )}
        <Button
          busy={saving.busy}
          disabled={!isRead}
          onClick={() => void saving.act({ programme, version: policy.version, document: written.value })}
        >
          {t("save_policy")}
        </Button>
      </div>
      <Faults of={trying.fault ?? saving.fault} atFields={pointersOf(trying.fault ?? saving.fault)} />
      <div aria-live="polite">{trial && <Trial trial={trial} />}</div>
    </Part>
  );
}

function saidOf(fault: CombinedError | undefined, root: string) {
  return { root, reasons: fault?.graphQLErrors.flatMap((error) => reasonsOf(error.extensions.errors)) ?? [] };
}

function pointersOf(fault: CombinedError | undefined): ReadonlySet<string> {
  return new Set(saidOf(fault, "").reasons.map(({ pointer }) => pointer));
}

function Trial({ trial }: { trial: TryPolicyMutation["tryPolicy"] }) {
  const { t, word } = useWords();
  const { pairs, permitted, stranded } = trial;
  return (
    <>
      <h3>{t("dry_run")}</h3>
      <p className="said">{t("dry_run_said", { pairs, permitted, stranded })}</p>
      <Facts
        of={[
          [t("unread_people"), trial.unread],
          [t("rules_off"), trial.rulesOff?.map(word).join(", ")],
        ]}
      />
      <Table
        caption={t("dry_run")}
        rows={trial.rules}
        id={(row) => row.rule}
        columns={[
          { head: t("rule"), cell: (row) => row.text },
          { head: t("rule_removes"), number: true, cell: (row) => row.removes },
          { head: t("rule_alone"), number: true, cell: (row) => row.removesAlone },
          { head: t("rule_strands"), number: true, cell: (row) => row.strands },
        ]}
      />
    </>
  );
}
