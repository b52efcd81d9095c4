// A match that is offered: who it is with, and yes or no.
import { useQuery } from "urql";
import { Link } from "wouter";
import { AcceptMatchDocument, DeclineMatchDocument, OfferDocument, type ReasonCode } from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Part, Screen } from "../../ui/screen";
import { useViewer } from "../../viewer";
import { useWords } from "../../words";

const REASONS: ReasonCode[] = ["NO_TIME", "NOT_A_GOOD_FIT", "CONFLICT_OF_INTEREST", "CHANGED_JOB", "ILLNESS", "OTHER"];

export function Offer({ id }: { id: string }) {
  const { t, word, date } = useWords();
  const viewer = useViewer();
  const [answer] = useQuery({ query: OfferDocument, variables: { id } });
  const accept = useAct(AcceptMatchDocument);
  const decline = useAct(DeclineMatchDocument);
  const match = answer.data?.match;
  if (!match) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  const isMentor = match.mentorId === viewer.id;
  const partner = isMentor ? match.mentee : match.mentor;
  const saidYes = isMentor ? match.mentorAcceptedAt : match.menteeAcceptedAt;
  const version = match.version;
  return (
    <Screen title={t("offer_of", { name: partner?.name ?? t("somebody") })}>
      <Facts
        of={[
          [t("state"), word(match.state)],
          [t("you_are"), word(isMentor ? "mentor" : "mentee")],
          [t("answer_by"), date(match.expiresAt)],
        ]}
      />
      {match.state === "proposed" && saidYes && <p className="said">{t("accepted_waits")}</p>}
      {match.state === "confirmed" && (
        <p className="said">
          {t("match_confirmed")} <Link href={`/pairs/${id}`}>{t("to_your_mentoring")}</Link>
        </p>
      )}
      {match.state === "proposed" && !saidYes && (
        <>
          <div className="row">
            <Button busy={accept.busy} onClick={() => void accept.act({ id, version })}>
              {t("accept_offer")}
            </Button>
          </div>
          <Faults of={accept.fault} />
          <Part title={t("decline_offer")}>
            <Form
              label={t("decline_offer")}
              button={t("decline")}
              busy={decline.busy}
              fault={decline.fault}
              submit={({ code, reason }) =>
                decline.act({ id, version, code: code as ReasonCode, reason: reason || null })
              }
            >
              <Choice label={t("reason")} name="code" options={REASONS.map((one) => [one, word(one)])} />
              <Field label={t("in_your_words")}>
                <textarea name="reason" maxLength={2000} />
              </Field>
            </Form>
          </Part>
        </>
      )}
    </Screen>
  );
}
