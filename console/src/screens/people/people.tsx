// Who holds which role in a programme; whoever manages it finds people by name, gives roles and ends them.
import { useState } from "react";
import { useQuery } from "urql";
import { Link } from "wouter";
import {
  GrantOwnRoleDocument,
  GrantRoleDocument,
  RevokeRoleDocument,
  RolesDocument,
  type ProgrammeRole,
  type RolesQuery,
} from "../../gql/graphql";
import { Button, Choice, Field, Form, moment, useAct } from "../../ui/act";
import { FindPerson, type Somebody } from "../../ui/people";
import { ProgrammeScreen } from "../../ui/programme";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { Pages, Table, type Column } from "../../ui/table";
import { useRights } from "../../viewer";
import { useWords } from "../../words";

type Programme = NonNullable<RolesQuery["programme"]>;
type Held = NonNullable<Programme["roles"]>["nodes"][number];
type Kind = Programme["roleKinds"][number];

const BUILT_IN: ProgrammeRole[] = [
  "PROGRAMME_MANAGER",
  "COORDINATOR",
  "STEERING_GROUP",
  "INTERVIEWER",
  "LINE_MANAGER",
  "LIAISON",
  "TRAINER",
];

export function People({ programme }: { programme: string }) {
  const { t } = useWords();
  const may = useRights(programme);
  const [after, setAfter] = useState<string | null>(null);
  const [answer, reread] = useQuery({ query: RolesDocument, variables: { programme, after } });
  const again = () => reread({ requestPolicy: "network-only" });
  const found = answer.data?.programme;
  return (
    <ProgrammeScreen programme={programme} title={t("people_and_roles")}>
      {(may("manage_programme") || may("plan_cohorts")) && (
        <p>
          <Link href={`/programmes/${programme}/closing`}>{t("closing")}</Link>
        </p>
      )}
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {found && may("manage_programme") && <Giving found={found} programme={programme} again={again} />}
      {found && <Holders found={found} again={again} mayEnd={may("manage_programme")} />}
      <Pages page={found?.roles?.pageInfo} after={after} go={setAfter} />
    </ProgrammeScreen>
  );
}

function Holders({ found, again, mayEnd }: { found: Programme; again: () => void; mayEnd: boolean }) {
  const { t, word, date } = useWords();
  const end = useAct(RevokeRoleDocument, again);
  const rows = found.roles?.nodes ?? [];
  const titles = new Map(found.roleKinds.map((one) => [one.id, one.title]));
  const ending: Column<Held> = {
    head: t("end_role"),
    cell: (row) => (
      <Button
        className="plain"
        busy={end.busy}
        aria-label={t("end_role_of", {
          role: titles.get(row.role) ?? word(row.role),
          name: row.person?.name ?? t("somebody"),
        })}
        onClick={() => void end.act({ id: row.id })}
      >
        {t("end_role")}
      </Button>
    ),
  };
  return (
    <Part title={t("who_holds_roles")}>
      <Faults of={end.fault} />
      {rows.length === 0 ? (
        <Nothing />
      ) : (
        <Table
          caption={t("who_holds_roles")}
          rows={rows}
          id={(row) => row.id}
          columns={[
            { head: t("name"), cell: (row) => row.person?.name ?? t("somebody") },
            { head: t("role"), cell: (row) => titles.get(row.role) ?? word(row.role) },
            { head: t("may"), cell: (row) => row.rights.map((right) => word(`right_${right}`)).join(", ") },
            { head: t("ends_on"), cell: (row) => date(row.until) },
            { head: t("note"), cell: (row) => row.note },
            ...(mayEnd ? [ending] : []),
          ]}
        />
      )}
    </Part>
  );
}

/** Somebody is found by name, and then given a role. */
function Giving({ found, programme, again }: { found: Programme; programme: string; again: () => void }) {
  const { t } = useWords();
  const [chosen, choose] = useState<Somebody>();
  const [said, say] = useState("");
  const given = () => {
    say(t("role_given", { name: chosen?.name }));
    choose(undefined);
    again();
  };
  return (
    <Part title={t("give_role")}>
      <FindPerson
        label={t("part_of_name")}
        button={t("choose_person")}
        found={(one) => {
          say("");
          choose(one);
        }}
      />
      {chosen && (
        <GivingTo key={chosen.id} somebody={chosen} kinds={found.roleKinds} programme={programme} given={given} />
      )}
      <div aria-live="polite">{said && <p className="said">{said}</p>}</div>
    </Part>
  );
}

function GivingTo({
  somebody,
  kinds,
  programme,
  given,
}: {
  somebody: Somebody;
  kinds: Kind[];
  programme: string;
  given: () => void;
}) {
  const { t } = useWords();
  const [role, setRole] = useState(kinds[0]?.id ?? "");
  const builtIn = useAct(GrantRoleDocument, given);
  const own = useAct(GrantOwnRoleDocument, given);
  const asked = kinds.find((one) => one.id === role)?.note;
  return (
    <Form
      label={t("give_role_to", { name: somebody.name })}
      button={t("give_role")}
      busy={builtIn.busy || own.busy}
      fault={builtIn.fault ?? own.fault}
      submit={({ until, note }) => {
        const common = { programme, person: somebody.id, until: until ? moment(until) : null };
        const enumerated = BUILT_IN.find((one) => one.toLowerCase() === role);
        return enumerated
          ? builtIn.act({ ...common, role: enumerated })
          : own.act({ ...common, role, note: note || null });
      }}
    >
      <h3>{t("give_role_to", { name: somebody.name })}</h3>
      <div className="row">
        <Choice
          label={t("role")}
          name="role"
          value={role}
          change={setRole}
          options={kinds.map((one) => [one.id, one.title])}
        />
        <Field label={t("role_until")} hint={t("role_until_hint")}>
          <input name="until" type="datetime-local" />
        </Field>
        {asked && (
          <Field label={asked}>
            <input name="note" maxLength={500} required />
          </Field>
        )}
      </div>
    </Form>
  );
}
