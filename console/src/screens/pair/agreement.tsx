// What the two agree on: proposed by one, signed by both.
import { ProposeAgreementDocument, SignAgreementDocument } from "../../gql/graphql";
import { Button, Field, Form, useAct } from "../../ui/act";
import { Faults, Nothing, Part } from "../../ui/screen";
import { useViewer } from "../../viewer";
import { useWords } from "../../words";
import type { PartOfPair } from "./pair";

export function Agreement({ pair, again }: PartOfPair) {
  const { t, date } = useWords();
  const viewer = useViewer();
  const propose = useAct(ProposeAgreementDocument, again);
  const sign = useAct(SignAgreementDocument, again);
  const agreement = pair.currentAgreement;
  const mine = agreement?.signatures.find((one) => one.personId === viewer.id);
  return (
    <Part title={t("agreement")}>
      {agreement ? (
        <>
          <blockquote>{agreement.terms}</blockquote>
          {agreement.signedByAll ? (
            <p className="said">{t("signed_by_all")}</p>
          ) : mine ? (
            <p>{t("signed_waits", { date: date(mine.signedAt) })}</p>
          ) : (
            <Button
              busy={sign.busy}
              onClick={() =>
                void sign.act({ id: pair.matchId, proposal: agreement.version, revision: agreement.revision })
              }
            >
              {t("sign_agreement")}
            </Button>
          )}
          <Faults of={sign.fault} />
        </>
      ) : (
        <Nothing>{t("no_agreement")}</Nothing>
      )}
      <details>
        <summary>{t(agreement ? "change_agreement" : "propose_agreement")}</summary>
        <Form
          label={t("propose_agreement")}
          button={t("propose")}
          busy={propose.busy}
          fault={propose.fault}
          submit={({ terms }) =>
            propose.act({ id: pair.matchId, terms: terms ?? "", revision: agreement?.revision ?? null })
          }
        >
          <Field label={t("terms")} hint={t("terms_hint")}>
            <textarea name="terms" required maxLength={10000} defaultValue={agreement?.terms ?? ""} />
          </Field>
        </Form>
      </details>
    </Part>
  );
}
