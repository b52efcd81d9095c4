// What a programme gives its people to read: for everybody in it; whoever runs activities gives more.
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import { GiveResourceDocument, LibraryDocument } from "../../gql/graphql";
import { Field, Form, Radios, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Faults, Loading, Nothing } from "../../ui/screen";
import { Pages } from "../../ui/table";
import { useRights } from "../../viewer";
import { useWords } from "../../words";
import { WordingFields, wordingsOf } from "./wordings";

const ROLES = ["mentor", "mentee"];

export function Library({ programme }: { programme: string }) {
  const { t, date, word } = useWords();
  const may = useRights(programme);
  const [after, setAfter] = useState<string | null>(null);
  const [answer] = useQuery({ query: LibraryDocument, variables: { programme, after } });
  const found = answer.data?.programme?.resources;
  return (
    <ProgrammeScreen programme={programme} title={t("library")}>
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {found?.nodes.length === 0 && <Nothing />}
      <ul className="cards">
        {found?.nodes.map((one) => (
          <li key={one.id}>
            <Link href={`/resources/${one.id}`}>{one.title}</Link>
            <span>
              {t("version_of", { number: one.number })}, {date(one.publishedAt)}
            </span>
            {one.roles.length > 0 && <span>{t("for_whom", { who: one.roles.map(word).join(", ") })}</span>}
            {one.readAt && <span>{t(one.readNumber === one.number ? "you_read_it" : "you_read_earlier")}</span>}
            {one.withdrawnAt && <span>{t("taken_out")}</span>}
          </li>
        ))}
      </ul>
      <Pages page={found?.pageInfo} after={after} go={setAfter} />
      {found && may("run_activities") && <Giving programme={programme} />}
    </ProgrammeScreen>
  );
}

function Giving({ programme }: { programme: string }) {
  const { t, word } = useWords();
  const [, go] = useLocation();
  const { act, busy, fault } = useAct(GiveResourceDocument, (data) => go(`/resources/${data.giveResource.id}`));
  return (
    <details>
      <summary>{t("give_resource")}</summary>
      <Form
        label={t("give_resource")}
        button={t("give_it")}
        busy={busy}
        fault={fault}
        submit={(fields) =>
          act({
            programme,
            wordings: wordingsOf(fields),
            roles: fields.roles ? fields.roles.split(" ") : null,
            phase: null,
            note: fields.note || null,
          })
        }
      >
        <p>{t("give_resource_text")}</p>
        <WordingFields />
        <Radios legend={t("only_for")} name="roles" several options={ROLES.map((role) => [role, word(role)])} />
        <Field label={t("note")} hint={t("note_of_version")}>
          <input name="note" maxLength={500} />
        </Field>
      </Form>
    </details>
  );
}
