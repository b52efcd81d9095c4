// The fields of an activity, when it is planned and when it is changed.
import type { ActivityPartsFragment, MeetingMode } from "../../gql/graphql";
import { Choice, Field, local } from "../../ui/act";
import { useWords } from "../../words";

const MODES: MeetingMode[] = ["ONLINE", "IN_PERSON"];

export function ActivityFields({ of }: { of?: ActivityPartsFragment }) {
  const { t, word } = useWords();
  return (
    <>
      <Field label={t("title")}>
        <input name="title" required maxLength={200} defaultValue={of?.title} />
      </Field>
      <div className="row">
        <Field label={t("when")}>
          <input name="startsAt" type="datetime-local" required defaultValue={of && local(of.startsAt)} />
        </Field>
        <Field label={t("how_long")}>
          <input name="minutes" type="number" min={1} max={1440} required defaultValue={of?.minutes ?? 60} />
        </Field>
        <Field label={t("places")} hint={t("places_hint")}>
          <input name="places" type="number" min={1} max={100000} defaultValue={of?.places ?? ""} />
        </Field>
      </div>
      <div className="row">
        <Choice
          label={t("how")}
          name="mode"
          first={of?.mode.toUpperCase()}
          options={MODES.map((mode) => [mode, word(mode)])}
        />
        <Field label={t("location")}>
          <input name="location" maxLength={200} defaultValue={of?.location ?? ""} />
        </Field>
        <Field label={t("link")} hint={t("link_hint")}>
          <input name="link" type="url" maxLength={2000} />
        </Field>
      </div>
    </>
  );
}
