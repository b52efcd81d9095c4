// One focus group: for the team, who comes and what each said; for who is heard, yes or no to it, and to what was written.
import { useQuery } from "urql";
import { Link } from "wouter";
import {
  ApproveContributionDocument,
  CancelFocusGroupDocument,
  ConsentToFocusGroupDocument,
  FocusGroupDocument,
  HoldFocusGroupDocument,
  MyContributionDocument,
  RecordContributionDocument,
  WithdrawFromFocusGroupDocument,
  type GroupPartsFragment,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { Table } from "../../ui/table";
import { useRights, useViewer } from "../../viewer";
import { useWords } from "../../words";
import { linesOf } from "./listening";

interface Of {
  of: GroupPartsFragment;
  again: () => void;
}

export function FocusGroup({ id }: { id: string }) {
  const [answer, reread] = useQuery({ query: FocusGroupDocument, variables: { id } });
  const found = answer.data?.focusGroup;
  if (!found) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return <One of={found} again={() => reread({ requestPolicy: "network-only" })} />;
}

function One({ of, again }: Of) {
  const { t, word, time } = useWords();
  const viewer = useViewer();
  const interviews = useRights(of.programmeId)("interview");
  const isHeard = of.participants.some((one) => one.personId === viewer.id);
  return (
    <ProgrammeScreen programme={of.programmeId} title={of.title}>
      {interviews && (
        <p>
          <Link href={`/programmes/${of.programmeId}/listening`}>{t("listening")}</Link>
        </p>
      )}
      <Facts
        of={[
          [t("state"), word(of.state)],
          [t("when"), time(of.scheduledAt)],
          [t("occasion"), word(`occasion_${of.occasion}`)],
        ]}
      />
      {of.guide.length > 0 && (
        <Part title={t("guide")}>
          <ol>
            {of.guide.map((question) => (
              <li key={question}>{question}</li>
            ))}
          </ol>
        </Part>
      )}
      {isHeard && viewer.id && <Mine of={of} person={viewer.id} again={again} />}
      {interviews && <Team of={of} again={again} />}
    </ProgrammeScreen>
  );
}

function Mine({ of: { id, participants }, person, again }: Of & { person: string }) {
  const { t, word } = useWords();
  const [answer] = useQuery({ query: MyContributionDocument, variables: { id, person } });
  const consent = useAct(ConsentToFocusGroupDocument, again);
  const approve = useAct(ApproveContributionDocument, again);
  const withdraw = useAct(WithdrawFromFocusGroupDocument, again);
  const state = participants.find((one) => one.personId === person)?.state ?? "";
  const said = answer.data?.focusGroup?.contribution;
  return (
    <Part title={t("your_part")}>
      <p>{word(state)}</p>
      {said?.summary && <blockquote>{said.summary}</blockquote>}
      {said?.quotes.map((quote) => (
        <blockquote key={quote}>“{quote}”</blockquote>
      ))}
      <div className="row">
        {state === "scheduled" && (
          <Button busy={consent.busy} onClick={() => void consent.act({ id })}>
            {t("agree_to_be_heard")}
          </Button>
        )}
        {said?.summary && state !== "approved" && (
          <Button busy={approve.busy} onClick={() => void approve.act({ id })}>
            {t("approve_my_words")}
          </Button>
        )}
        {state !== "withdrawn" && (
          <Button className="plain" busy={withdraw.busy} onClick={() => void withdraw.act({ id })}>
            {t("withdraw_from_it")}
          </Button>
        )}
      </div>
      <Faults of={consent.fault ?? approve.fault ?? withdraw.fault ?? answer.error} />
    </Part>
  );
}

function Team({ of, again }: Of) {
  const { t, word } = useWords();
  const hold = useAct(HoldFocusGroupDocument, again);
  const cancel = useAct(CancelFocusGroupDocument, again);
  const record = useAct(RecordContributionDocument, again);
  const { id, version, participants, state } = of;
  const consented = participants.filter((one) => !["scheduled", "withdrawn"].includes(one.state));
  return (
    <Part title={t("who_is_heard")}>
      <Table
        caption={t("who_is_heard")}
        rows={participants}
        id={(row) => row.personId}
        columns={[
          { head: t("name"), cell: (row) => row.person?.name ?? t("somebody") },
          { head: t("role"), cell: (row) => word(row.role) },
          { head: t("state"), cell: (row) => word(row.state) },
        ]}
      />
      {state === "planned" && (
        <div className="row">
          <Button busy={hold.busy} onClick={() => void hold.act({ id, version })}>
            {t("it_took_place")}
          </Button>
          <Button className="plain" busy={cancel.busy} onClick={() => void cancel.act({ id, version })}>
            {t("call_off")}
          </Button>
        </div>
      )}
      <Faults of={hold.fault ?? cancel.fault} />
      {state === "held" && consented.length > 0 && (
        <details>
          <summary>{t("record_contribution")}</summary>
          <Form
            label={t("record_contribution")}
            button={t("record")}
            busy={record.busy}
            fault={record.fault}
            submit={({ person, summary, quotes }) =>
              record.act({ id, person: person ?? "", summary: summary ?? "", quotes: linesOf(quotes) })
            }
          >
            <Choice
              label={t("name")}
              name="person"
              options={consented.map((one) => [one.personId, one.person?.name ?? t("somebody")])}
            />
            <Field label={t("summary")}>
              <textarea name="summary" required />
            </Field>
            <Field label={t("quotes")} hint={t("one_a_line")}>
              <textarea name="quotes" />
            </Field>
          </Form>
        </details>
      )}
    </Part>
  );
}
