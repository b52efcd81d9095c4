// One activity: a place for oneself; for who runs it, who comes, who was there, and what becomes of it.
import { useCallback } from "react";
import { useQuery } from "urql";
import {
  ActivityDocument,
  AttendByCodeDocument,
  CancelActivityDocument,
  ChangeActivityDocument,
  HoldActivityDocument,
  JoinActivityDocument,
  LeaveActivityDocument,
  type ActivityPartsFragment,
  type ActivityQuery,
  type MeetingMode,
} from "../../gql/graphql";
import { Button, Check, Field, Form, moment, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { useRights, useViewer } from "../../viewer";
import { useWords } from "../../words";
import { Taken } from "./activities";
import { Coming } from "./coming";
import { ActivityFields } from "./fields";
import { Series } from "./series";

type Found = NonNullable<ActivityQuery["activity"]>;

export function Activity({ id }: { id: string }) {
  const [answer, reread] = useQuery({ query: ActivityDocument, variables: { id } });
  const again = useCallback(() => reread({ requestPolicy: "network-only" }), [reread]);
  const found = answer.data?.activity;
  if (!found) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return <One found={found} place={answer.data?.activityPlace} again={again} />;
}

function One({ found, place, again }: { found: Found; place: ActivityQuery["activityPlace"] | undefined; again: () => void }) {
  const { t, word, time } = useWords();
  const viewer = useViewer();
  const programme = found.programmeId ?? "";
  const runs = useRights(programme)("run_activities");
  const isOver = !!found.heldAt || !!found.cancelledAt;
  return (
    <ProgrammeScreen programme={programme} title={found.title}>
      {found.cancelledAt && <p className="said">{t("called_off")}</p>}
      <Facts
        of={[
          [t("when"), time(found.startsAt)],
          [t("how_long"), t("minutes", { count: found.minutes })],
          [t("how"), word(found.mode)],
          [t("location"), found.location],
          [t("places"), <Taken key="taken" of={found} />],
          [t("topics"), found.topics.join(", ")],
          [t("speakers"), found.speakers.join(", ")],
        ]}
      />
      {found.materials.length > 0 && (
        <Part title={t("materials")}>
          <ul>
            {found.materials.map((address) => (
              <li key={address}>
                <a href={address} rel="noreferrer">
                  {address}
                </a>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {!runs && !viewer.isAdministrator && place && <Mine found={found} place={place} isOver={isOver} again={again} />}
      {found.seriesId && <Series id={found.seriesId} shown={found.id} />}
      {runs && <Coming activity={found} again={again} />}
      {runs && !isOver && <Running found={found} again={again} />}
    </ProgrammeScreen>
  );
}

/** The place that somebody has, waits for, or may take. */
function Mine({
  found,
  place,
  isOver,
  again,
}: {
  found: ActivityPartsFragment;
  place: NonNullable<ActivityQuery["activityPlace"]>;
  isOver: boolean;
  again: () => void;
}) {
  const { t } = useWords();
  const join = useAct(JoinActivityDocument, again);
  const leave = useAct(LeaveActivityDocument, again);
  const attend = useAct(AttendByCodeDocument, again);
  const { id } = found;
  const isFull = found.places != null && (found.registered ?? 0) >= found.places;
  const hasBegun = new Date(found.startsAt).getTime() - Date.now() < 86_400_000;
  return (
    <Part title={t("your_place")}>
      <div aria-live="polite">
        {place.state === "place" && <p className="said">{t("you_have_a_place")}</p>}
        {place.state === "waiting" && <p className="said">{t("you_wait_as", { number: place.position })}</p>}
        {place.state === "none" && isFull && !isOver && <p>{t("all_places_taken")}</p>}
      </div>
      {place.link && (
        <p>
          <a href={place.link} rel="noreferrer">
            {t("to_the_meeting")}
          </a>
        </p>
      )}
      {!isOver && (
        <div className="row">
          {place.state === "none" ? (
            <Button busy={join.busy} onClick={() => void join.act({ id, wait: isFull })}>
              {t(isFull ? "stand_in_line" : "take_a_place")}
            </Button>
          ) : (
            <Button className="plain" busy={leave.busy} onClick={() => void leave.act({ id })}>
              {t(place.state === "place" ? "give_place_back" : "leave_line")}
            </Button>
          )}
        </div>
      )}
      <Faults of={join.fault ?? leave.fault} />
      {!found.cancelledAt && hasBegun && (
        <Form
          label={t("i_am_there")}
          button={t("i_am_there")}
          busy={attend.busy}
          fault={attend.fault}
          submit={({ code }) => attend.act({ id, code: code ?? "" })}
        >
          <Field label={t("door_code")} hint={t("door_code_hint")}>
            <input name="code" required minLength={4} maxLength={20} autoComplete="off" />
          </Field>
        </Form>
      )}
    </Part>
  );
}

/** Changing it, saying that it took place, and calling it off. */
function Running({ found, again }: { found: ActivityPartsFragment; again: () => void }) {
  const { t } = useWords();
  const change = useAct(ChangeActivityDocument, again);
  const cancel = useAct(CancelActivityDocument, again);
  const hold = useAct(HoldActivityDocument, again);
  const { id, version } = found;
  return (
    <Part title={t("run_it")}>
      <details>
        <summary>{t("change_it")}</summary>
        <Form
          key={version}
          label={t("change_it")}
          button={t("save")}
          busy={change.busy}
          fault={change.fault}
          submit={({ title, mode, startsAt, minutes, places, location, link, following }) =>
            change.act({
              id,
              version,
              title: title ?? "",
              mode: mode as MeetingMode,
              startsAt: moment(startsAt),
              minutes: Number(minutes),
              places: places ? Number(places) : null,
              location: location || null,
              link: link || null,
              following: following === "on",
            })
          }
        >
          <p>{t("change_tells")}</p>
          <ActivityFields of={found} />
          {found.seriesId && <Check label={t("and_following")} name="following" />}
        </Form>
      </details>
      <details>
        <summary>{t("call_off")}</summary>
        <p>{t("call_off_tells")}</p>
        <div className="row">
          <Button busy={cancel.busy} onClick={() => void cancel.act({ id, version, following: false })}>
            {t("call_off_now")}
          </Button>
          {found.seriesId && (
            <Button
              className="plain"
              busy={cancel.busy}
              onClick={() => void cancel.act({ id, version, following: true })}
            >
              {t("call_off_following")}
            </Button>
          )}
        </div>
        <Faults of={cancel.fault} />
      </details>
      <div className="row">
        <Button className="plain" busy={hold.busy} onClick={() => void hold.act({ id, version })}>
          {t("it_took_place")}
        </Button>
      </div>
      <Faults of={hold.fault} />
    </Part>
  );
}
