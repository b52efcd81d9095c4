// The end of a team's work in a programme: another team takes over, or the programme is closed for good.
import { useQuery } from "urql";
import { ClosingDocument, CloseProgrammeDocument, type ClosingQuery, type ClosingReason } from "../../gql/graphql";
import { Check, Choice, Field, Form, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { useRights } from "../../viewer";
import { useWords } from "../../words";
import { HandingOver } from "./handover";

export type Found = NonNullable<ClosingQuery["programme"]>;
const REASONS: ClosingReason[] = ["RAN_ITS_COURSE", "ENDED_EARLY", "OTHER"];

export function Closing({ programme }: { programme: string }) {
  const { t } = useWords();
  const may = useRights(programme);
  const [answer, reread] = useQuery({ query: ClosingDocument, variables: { programme } });
  const found = answer.data?.programme;
  const again = () => reread({ requestPolicy: "network-only" });
  return (
    <ProgrammeScreen programme={programme} title={t("closing")}>
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {found && may("manage_programme") && <HandingOver programme={programme} found={found} again={again} />}
      {found?.closing && <Ending programme={programme} found={found} closing={found.closing} again={again} />}
    </ProgrammeScreen>
  );
}

function Ending({
  programme,
  found,
  closing,
  again,
}: {
  programme: string;
  found: Found;
  closing: NonNullable<Found["closing"]>;
  again: () => void;
}) {
  const { t, word, date } = useWords();
  const close = useAct(CloseProgrammeDocument, again);
  const open = Object.values(closing.applications).reduce((sum, one) => sum + (Number(one) || 0), 0);
  const facts: [string, string | number | null][] = closing.closedAt
    ? [
        [t("closed_on"), date(closing.closedAt)],
        [t("reason"), closing.reason ? word(`closing_${closing.reason}`) : null],
        [t("note"), closing.note ?? null],
      ]
    : [
        [t("cohorts_that_close"), closing.cohorts],
        [t("applications_that_end"), open],
        [t("drafts_that_end"), closing.drafts],
        [t("pairs_that_go_on"), closing.pairs],
      ];
  return (
    <Part title={t("close_programme")}>
      {!closing.closedAt && <p>{t("close_programme_text")}</p>}
      <Facts of={facts} />
      {!closing.closedAt && (
        <Form
          label={t("close_programme")}
          button={t("close_for_good")}
          busy={close.busy}
          fault={close.fault}
          submit={({ reason, note }) =>
            close.act({ programme, version: found.version, reason: reason as ClosingReason, note: note || null })
          }
        >
          <Choice label={t("reason")} name="reason" options={REASONS.map((one) => [one, word(`closing_${one}`)])} />
          <Field label={t("note")} hint={t("for_the_record")}>
            <input name="note" maxLength={500} />
          </Field>
          <Check label={t("sure_to_close", { title: found.title })} name="sure" required />
        </Form>
      )}
    </Part>
  );
}
