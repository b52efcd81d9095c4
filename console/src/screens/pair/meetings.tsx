// The next meeting, times to choose from, and the meetings that were.
import {
  AcceptAppointmentDocument,
  CancelAppointmentDocument,
  ConfirmMeetingDocument,
  HoldAppointmentDocument,
  ProposeAppointmentDocument,
  RecordMeetingDocument,
  type AppointmentPartsFragment,
  type MeetingMode,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, moment, Radios, useAct } from "../../ui/act";
import { Faults, Nothing, Part } from "../../ui/screen";
import { useViewer } from "../../viewer";
import { useWords } from "../../words";
import type { PartOfPair } from "./pair";

const MODES: MeetingMode[] = ["ONLINE", "IN_PERSON", "PHONE"];
const TIMES = ["times.0", "times.1", "times.2"];

export function Meetings({ pair, again }: PartOfPair) {
  const { t, word, time, number } = useWords();
  const viewer = useViewer();
  const confirm = useAct(ConfirmMeetingDocument, again);
  const open = pair.appointments?.nodes.filter((one) => ["agreed", "proposed"].includes(one.state)) ?? [];
  const held = [...(pair.mentoringSessions?.nodes ?? [])].reverse();
  return (
    <>
      <Part title={t("next_meeting")}>
        {open.length === 0 && <Nothing>{t("no_meeting")}</Nothing>}
        <ul className="cards">
          {open.map((one) => (
            <li key={one.id}>
              <Appointment appointment={one} again={again} />
            </li>
          ))}
        </ul>
        {pair.state !== "closed" && pair.state !== "ended" && (
          <details>
            <summary>{t("propose_times")}</summary>
            <Proposing pair={pair} again={again} />
          </details>
        )}
      </Part>
      <Part title={t("meetings")}>
        {held.length === 0 && <Nothing />}
        <ul className="cards">
          {held.map((one) => (
            <li key={one.id}>
              <strong>{time(one.heldAt)}</strong>
              <span>
                {t("minutes", { count: one.minutes })}, {word(one.mode)}
              </span>
              {!one.confirmedAt && one.recordedBy !== viewer.id && (
                <Button busy={confirm.busy} onClick={() => void confirm.act({ id: one.id, version: one.version })}>
                  {t("confirm_meeting")}
                </Button>
              )}
            </li>
          ))}
        </ul>
        <Faults of={confirm.fault} />
        <details>
          <summary>{t("record_meeting")}</summary>
          <Recording pair={pair} again={again} />
        </details>
        <p className="quiet">{t("hours_together", { hours: number(pair.totalMinutes / 60, 1) })}</p>
      </Part>
    </>
  );
}

function Appointment({ appointment, again }: { appointment: AppointmentPartsFragment; again: () => void }) {
  const { t, word, time } = useWords();
  const viewer = useViewer();
  const accept = useAct(AcceptAppointmentDocument, again);
  const cancel = useAct(CancelAppointmentDocument, again);
  const hold = useAct(HoldAppointmentDocument, again);
  const { id, version } = appointment;
  const how = [t("minutes", { count: appointment.minutes }), word(appointment.mode), appointment.where];
  const isPast = appointment.startsAt && new Date(appointment.startsAt) < new Date();
  return (
    <>
      {appointment.startsAt && appointment.state === "agreed" ? (
        <strong>{time(appointment.startsAt)}</strong>
      ) : (
        <strong>{t(appointment.proposedBy === viewer.id ? "times_proposed" : "times_to_choose")}</strong>
      )}
      <span>{how.filter(Boolean).join(", ")}</span>
      {appointment.state === "proposed" && appointment.proposedBy !== viewer.id && (
        <Form
          label={t("times_to_choose")}
          button={t("accept_time")}
          busy={accept.busy}
          fault={accept.fault}
          submit={({ startsAt }) => accept.act({ id, version, startsAt: startsAt ?? "" })}
        >
          <Radios
            legend={t("times")}
            name="startsAt"
            options={appointment.times.map((one) => [one.startsAt, time(one.startsAt)])}
            first
          />
        </Form>
      )}
      {appointment.state === "proposed" && appointment.proposedBy === viewer.id && (
        <ul>
          {appointment.times.map((one) => (
            <li key={one.startsAt}>{time(one.startsAt)}</li>
          ))}
        </ul>
      )}
      <div className="row">
        {isPast && (
          <Button busy={hold.busy} onClick={() => void hold.act({ id, version })}>
            {t("it_was_held")}
          </Button>
        )}
        <Button className="plain" busy={cancel.busy} onClick={() => void cancel.act({ id, version })}>
          {t("cancel_meeting")}
        </Button>
      </div>
      <Faults of={hold.fault ?? cancel.fault} />
    </>
  );
}

function HowFields() {
  const { t, word } = useWords();
  return (
    <div className="row">
      <Field label={t("how_long")}>
        <input name="minutes" type="number" min={5} max={480} defaultValue={60} required />
      </Field>
      <Choice label={t("how")} name="mode" options={MODES.map((mode) => [mode, word(mode)])} />
    </div>
  );
}

function Proposing({ pair, again }: PartOfPair) {
  const { t } = useWords();
  const { act, busy, fault } = useAct(ProposeAppointmentDocument, again);
  return (
    <Form
      label={t("propose_times")}
      button={t("propose")}
      busy={busy}
      fault={fault}
      submit={({ minutes, mode, where, ...times }) =>
        act({
          id: pair.matchId,
          times: TIMES.flatMap((name) => (times[name] ? [moment(times[name])] : [])),
          minutes: Number(minutes),
          mode: mode as MeetingMode,
          where: where || null,
        })
      }
    >
      {TIMES.map((name, number) => (
        <Field key={name} label={t("time_number", { number: number + 1 })}>
          <input name={name} type="datetime-local" required={number === 0} />
        </Field>
      ))}
      <HowFields />
      <Field label={t("where")}>
        <input name="where" maxLength={300} />
      </Field>
    </Form>
  );
}

function Recording({ pair, again }: PartOfPair) {
  const { t } = useWords();
  const { act, busy, fault } = useAct(RecordMeetingDocument, again);
  return (
    <Form
      label={t("record_meeting")}
      button={t("record")}
      busy={busy}
      fault={fault}
      submit={({ heldAt, minutes, mode, note }) =>
        act({
          id: pair.matchId,
          heldAt: moment(heldAt),
          minutes: Number(minutes),
          mode: mode as MeetingMode,
          note: note || null,
        })
      }
    >
      <Field label={t("when")}>
        <input name="heldAt" type="datetime-local" required />
      </Field>
      <HowFields />
      <Field label={t("note_for_me")} hint={t("note_hint")}>
        <textarea name="note" maxLength={4000} />
      </Field>
    </Form>
  );
}
