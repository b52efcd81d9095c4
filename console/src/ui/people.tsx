// Somebody is found by a part of their name, among the people whom one may see.
import { useState } from "react";
import { useQuery } from "urql";
import { FindPeopleDocument } from "../gql/graphql";
import { uuid } from "../viewer";
import { useWords } from "../words";
import { Button, Field } from "./act";
import { Faults } from "./screen";

const SHORTEST = 2;

export interface Somebody {
  id: string;
  name: string;
}

/** The people with something in their name. */
export function usePeople(called: string) {
  const asked = called.trim();
  const [answer] = useQuery({
    query: FindPeopleDocument,
    variables: { called: asked },
    pause: asked.length < SHORTEST,
  });
  const isAsked = asked.length >= SHORTEST;
  return {
    people: isAsked ? (answer.data?.people?.nodes ?? []) : [],
    nobody: isAsked && !answer.fetching && answer.data?.people?.nodes.length === 0,
    error: isAsked ? answer.error : undefined,
  };
}

export function FindPerson({
  label,
  button,
  found,
}: {
  label: string;
  button: string;
  found: (one: Somebody) => void;
}) {
  const { t } = useWords();
  const [called, setCalled] = useState("");
  const { people, nobody, error } = usePeople(called);
  return (
    <search>
      <Field label={label} hint={t("two_letters")}>
        <input type="search" value={called} onChange={({ target }) => setCalled(target.value)} />
      </Field>
      <div aria-live="polite">
        {nobody && <p className="quiet">{t("nobody_called")}</p>}
        <ul className="cards">
          {people.map((one) => (
            <li key={one.id}>
              <strong>{one.name ?? t("somebody")}</strong>
              <span>{one.email}</span>
              <Button
                className="plain"
                aria-label={`${button}: ${one.name}`}
                onClick={() => {
                  found({ id: uuid(one.id), name: one.name ?? t("somebody") });
                  setCalled("");
                }}
              >
                {button}
              </Button>
            </li>
          ))}
        </ul>
      </div>
      <Faults of={error} />
    </search>
  );
}
