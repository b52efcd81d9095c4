// Who has a place at an activity, who waits, and who was there, for those who run it.
import { useState } from "react";
import { useQuery } from "urql";
import {
  RecordAttendanceDocument,
  WhoComesDocument,
  WithdrawAttendanceDocument,
  type ActivityPartsFragment,
  type WhoComesQuery,
} from "../../gql/graphql";
import { Choice, Field, Form, useAct } from "../../ui/act";
import { FindPerson } from "../../ui/people";
import { Facts, Faults, Nothing, Part } from "../../ui/screen";
import { useWords } from "../../words";

type Registration = NonNullable<WhoComesQuery["registrations"]>["nodes"][number];
type Attendance = NonNullable<WhoComesQuery["attendance"]>["nodes"][number];

export function Coming({ activity, again }: { activity: ActivityPartsFragment; again: () => void }) {
  const { t } = useWords();
  const { id } = activity;
  const [answer, reread] = useQuery({ query: WhoComesDocument, variables: { id } });
  const reload = () => {
    reread({ requestPolicy: "network-only" });
    again();
  };
  const registered = answer.data?.registrations?.nodes ?? [];
  const attended = answer.data?.attendance?.nodes ?? [];
  return (
    <>
      <Faults of={answer.error} passing={["forbidden"]} />
      <Facts of={[[t("door_code"), answer.data?.activityDoor?.doorCode], [t("link"), answer.data?.activityDoor?.link]]} />
      <Part title={t("who_comes")}>
        <Names of={registered.filter((one) => !one.waits)} />
      </Part>
      {registered.some((one) => one.waits) && (
        <Part title={t("waiting_place")}>
          <Names of={registered.filter((one) => one.waits)} />
        </Part>
      )}
      <Part title={t("attendance")}>
        <Names of={attended} />
        {!activity.cancelledAt && <Recording id={id} registered={registered} attended={attended} done={reload} />}
        {attended.length > 0 && <Withdrawing id={id} attended={attended} done={reload} />}
      </Part>
    </>
  );
}

function Names({ of }: { of: (Registration | Attendance)[] }) {
  const { t } = useWords();
  if (of.length === 0) return <Nothing />;
  return (
    <ol>
      {of.map((one) => (
        <li key={one.id}>{one.person?.name ?? t("somebody")}</li>
      ))}
    </ol>
  );
}

/** The list of those who have a place, to be ticked; whoever else was there is found by name. */
function Recording({
  id,
  registered,
  attended,
  done,
}: {
  id: string;
  registered: Registration[];
  attended: Attendance[];
  done: () => void;
}) {
  const { t } = useWords();
  const { act, busy, fault } = useAct(RecordAttendanceDocument, done);
  const [more, setMore] = useState<{ id: string; name: string }[]>([]);
  const there = new Set(attended.map((one) => one.personId));
  const listed = [
    ...registered.filter((one) => !one.waits).map((one) => ({ id: one.personId, name: one.person?.name ?? t("somebody") })),
    ...more,
  ].filter((one) => !there.has(one.id));
  return (
    <details>
      <summary>{t("record_attendance")}</summary>
      <FindPerson
        label={t("find_others")}
        button={t("to_the_list")}
        found={(one) => setMore([...more.filter((before) => before.id !== one.id), one])}
      />
      <Form
        label={t("record_attendance")}
        button={t("record")}
        busy={busy}
        fault={fault}
        submit={async (fields) => {
          const people = listed.filter((one) => fields[`person.${one.id}`] === "on").map((one) => one.id);
          return people.length > 0 && act({ id, people });
        }}
      >
        <fieldset>
          <legend>{t("who_was_there")}</legend>
          {listed.length === 0 && <Nothing />}
          {listed.map((one) => (
            <label key={one.id} className="check">
              <input type="checkbox" name={`person.${one.id}`} defaultChecked={more.includes(one)} />
              {one.name}
            </label>
          ))}
        </fieldset>
      </Form>
    </details>
  );
}

function Withdrawing({ id, attended, done }: { id: string; attended: Attendance[]; done: () => void }) {
  const { t } = useWords();
  const { act, busy, fault } = useAct(WithdrawAttendanceDocument, done);
  return (
    <details>
      <summary>{t("take_attendance_back")}</summary>
      <Form
        label={t("take_attendance_back")}
        button={t("take_attendance_back")}
        busy={busy}
        fault={fault}
        submit={({ person, reason }) => act({ id, person: person ?? "", reason: reason ?? "" })}
      >
        <Choice
          label={t("name")}
          name="person"
          options={attended.map((one) => [one.personId, one.person?.name ?? t("somebody")])}
        />
        <Field label={t("reason")}>
          <input name="reason" required maxLength={500} />
        </Field>
      </Form>
    </details>
  );
}
