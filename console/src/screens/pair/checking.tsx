// How it goes: check-ins by oneself, and reviews that the programme asks for.
import { AnswerReviewDocument, CheckInDocument, type ReviewWish } from "../../gql/graphql";
import { Check, Choice, Field, Form, Radios, useAct } from "../../ui/act";
import { Part } from "../../ui/screen";
import { useWords } from "../../words";
import type { PartOfPair } from "./pair";

const WISHES: ReviewWish[] = ["CONTINUE", "CHANGE", "REMATCH", "CLOSE"];

function GoingWell() {
  const { t } = useWords();
  const options = [1, 2, 3, 4, 5].map((value): [string, string] => [`${value}`, `${value}`]);
  return <Radios legend={t("going_well")} name="goingWell" options={options} />;
}

export function CheckingIn({ pair, again }: PartOfPair) {
  const { t } = useWords();
  const { act, busy, fault } = useAct(CheckInDocument, again);
  return (
    <Part title={t("check_in")}>
      <details>
        <summary>{t("say_how_it_goes")}</summary>
        <Form
          label={t("check_in")}
          button={t("send")}
          busy={busy}
          fault={fault}
          submit={({ goingWell, comment, needsHelp }) =>
            act({
              id: pair.matchId,
              goingWell: Number(goingWell),
              comment: comment || null,
              needsHelp: needsHelp === "on",
            })
          }
        >
          <GoingWell />
          <Field label={t("for_the_team")}>
            <textarea name="comment" maxLength={2000} />
          </Field>
          <Check label={t("needs_help")} name="needsHelp" />
        </Form>
      </details>
    </Part>
  );
}

export function Reviews({ pair, again }: PartOfPair) {
  const { t, word, date } = useWords();
  const { act, busy, fault } = useAct(AnswerReviewDocument, again);
  const open = pair.reviews?.nodes.filter((one) => !one.mine && !one.decidedAt) ?? [];
  if (open.length === 0) return null;
  return (
    <Part title={t("review")}>
      {open.map((review) => (
        <Form
          key={review.id}
          label={word(review.kind)}
          button={t("send")}
          busy={busy}
          fault={fault}
          submit={({ goingWell, wish, forTeam }) =>
            act({
              id: review.id,
              goingWell: Number(goingWell),
              wish: wish as ReviewWish,
              forTeam: forTeam || null,
            })
          }
        >
          <p>
            {word(review.kind)}, {t("until", { date: date(review.answerUntil) })}
          </p>
          <GoingWell />
          <Choice label={t("wish")} name="wish" options={WISHES.map((one) => [one, word(`wish_${one}`)])} />
          <Field label={t("for_the_team")}>
            <textarea name="forTeam" maxLength={2000} />
          </Field>
        </Form>
      ))}
    </Part>
  );
}
