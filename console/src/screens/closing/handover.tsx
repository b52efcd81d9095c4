// Another team takes over: who is named gets their roles at once, and whoever ran the programme gives theirs up.
import { useState } from "react";
import { HandOverTeamDocument } from "../../gql/graphql";
import { Button, Choice, Field, Form, useAct } from "../../ui/act";
import { FindPerson, type Somebody } from "../../ui/people";
import { Part } from "../../ui/screen";
import { useWords } from "../../words";
import type { Found } from "./closing";

interface Member extends Somebody {
  role: string;
}

export function HandingOver({ programme, found, again }: { programme: string; found: Found; again: () => void }) {
  const { t, date } = useWords();
  const [team, setTeam] = useState<readonly Member[]>([]);
  const { act, busy, fault } = useAct(HandOverTeamDocument, () => {
    setTeam([]);
    again();
  });
  const kinds = found.roleKinds.map((one): [string, string] => [one.id, one.title]);
  const before = found.teamHandovers?.nodes ?? [];
  function become(id: string, role: string): void {
    setTeam(team.map((one) => (one.id === id ? { ...one, role } : one)));
  }
  return (
    <Part title={t("hand_over_team")}>
      <p>{t("hand_over_team_text")}</p>
      {before.length > 0 && (
        <ul>
          {before.map((one) => (
            <li key={one.id}>
              {date(one.madeAt)} {one.note}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>{t("hand_over")}</summary>
        <FindPerson
          label={t("part_of_name")}
          button={t("choose_person")}
          found={(one) => setTeam([...team.filter((other) => other.id !== one.id), { ...one, role: kinds[0]?.[0] ?? "" }])}
        />
        <Form
          label={t("hand_over")}
          button={t("hand_over_now", { count: team.length })}
          busy={busy}
          fault={fault}
          submit={({ note }) =>
            act({ programme, to: team.map(({ id, role }) => ({ personId: id, role })), note: note || null })
          }
        >
          <ul className="cards">
            {team.map((one, number) => (
              <li key={one.id}>
                <strong>{one.name}</strong>
                <Choice
                  label={t("role_of", { name: one.name })}
                  name={`to.${number}.role`}
                  options={kinds}
                  value={one.role}
                  change={(role) => become(one.id, role)}
                />
                <Button
                  className="plain"
                  aria-label={t("take_from_list", { name: one.name })}
                  onClick={() => setTeam(team.filter((other) => other.id !== one.id))}
                >
                  {t("take_back")}
                </Button>
              </li>
            ))}
          </ul>
          <Field label={t("note")} hint={t("for_the_record")}>
            <input name="note" maxLength={500} />
          </Field>
        </Form>
      </details>
    </Part>
  );
}
