// One resource: read, and marked as read; for who gives it, its versions, how many read it, another version.
import { useQuery } from "urql";
import { Link } from "wouter";
import {
  MarkResourceReadDocument,
  PublishResourceDocument,
  ResourceDocument,
  ResourceVersionsDocument,
  WithdrawResourceDocument,
  type ResourceQuery,
} from "../../gql/graphql";
import { Button, Check, Field, Form, useAct } from "../../ui/act";
import { ProgrammeScreen } from "../../ui/programme";
import { Save } from "../../ui/save";
import { Facts, Faults, Loading, Part } from "../../ui/screen";
import { Table } from "../../ui/table";
import { useRights, useViewer } from "../../viewer";
import { LANGUAGES, useWords } from "../../words";
import { WordingFields, wordingsOf } from "./wordings";

type Found = NonNullable<ResourceQuery["resource"]>;

export function Resource({ id }: { id: string }) {
  const [answer, reread] = useQuery({ query: ResourceDocument, variables: { id } });
  const found = answer.data?.resource;
  if (!found) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return <One of={found} again={() => reread({ requestPolicy: "network-only" })} />;
}

function One({ of, again }: { of: Found; again: () => void }) {
  const { t, date, word } = useWords();
  const viewer = useViewer();
  const gives = useRights(of.programmeId)("run_activities");
  const named = (language: string) => LANGUAGES[language as keyof typeof LANGUAGES] ?? language;
  return (
    <ProgrammeScreen programme={of.programmeId} title={of.title}>
      <p>
        <Link href={`/programmes/${of.programmeId}/library`}>{t("library")}</Link>
      </p>
      {of.withdrawnAt && <p className="said">{t("taken_out")}</p>}
      <Facts
        of={[
          [t("version"), of.number],
          [t("published_on"), date(of.publishedAt)],
          [t("languages"), of.languages.map(named).join(", ")],
          [t("only_for"), of.roles.map(word).join(", ")],
          [t("read_by"), of.readings?.read],
          [t("read_newest_by"), of.readings?.readNewest],
        ]}
      />
      {of.text && <blockquote lang={of.language.split(":").at(-1)}>{of.text}</blockquote>}
      {of.link && (
        <p>
          <a href={of.link} rel="noreferrer">
            {of.link}
          </a>
        </p>
      )}
      {of.file && (
        <Save address={of.file.url} name={of.file.name}>
          {of.file.name}
        </Save>
      )}
      {!gives && !viewer.isAdministrator && <Reading of={of} again={again} />}
      {gives && <Versions id={of.id} key={of.number} />}
      {gives && !of.withdrawnAt && <Changing of={of} again={again} />}
    </ProgrammeScreen>
  );
}

function Reading({ of, again }: { of: Found; again: () => void }) {
  const { t, date } = useWords();
  const mark = useAct(MarkResourceReadDocument, again);
  return (
    <>
      {of.readAt && of.readNumber === of.number ? (
        <p className="said">{t("you_read_it_on", { date: date(of.readAt) })}</p>
      ) : (
        <div className="row">
          <Button busy={mark.busy} onClick={() => void mark.act({ id: of.id })}>
            {t("mark_as_read")}
          </Button>
        </div>
      )}
      <Faults of={mark.fault} />
    </>
  );
}

function Versions({ id }: { id: string }) {
  const { t, date } = useWords();
  const [answer] = useQuery({ query: ResourceVersionsDocument, variables: { id } });
  return (
    <Part title={t("versions")}>
      <Faults of={answer.error} />
      <Table
        caption={t("versions")}
        rows={answer.data?.resourceVersions ?? []}
        id={(row) => String(row.number)}
        columns={[
          { head: t("version"), number: true, cell: (row) => row.number },
          { head: t("published_on"), cell: (row) => date(row.publishedAt) },
          { head: t("title"), cell: (row) => row.wordings.map((one) => `${one.language}: ${one.title}`).join("; ") },
          { head: t("note"), cell: (row) => row.note },
        ]}
      />
    </Part>
  );
}

function Changing({ of: { id, version }, again }: { of: Found; again: () => void }) {
  const { t } = useWords();
  const publish = useAct(PublishResourceDocument, again);
  const withdraw = useAct(WithdrawResourceDocument, again);
  return (
    <>
      <details>
        <summary>{t("publish_version")}</summary>
        <Form
          label={t("publish_version")}
          button={t("publish")}
          busy={publish.busy}
          fault={publish.fault}
          submit={(fields) =>
            publish.act({
              id,
              version,
              wordings: wordingsOf(fields),
              tellReaders: fields.tellReaders === "on",
              note: fields.note || null,
            })
          }
        >
          <WordingFields />
          <Check label={t("tell_readers")} name="tellReaders" />
          <Field label={t("note")} hint={t("note_of_version")}>
            <input name="note" maxLength={500} />
          </Field>
        </Form>
      </details>
      <div className="row">
        <Button className="plain" busy={withdraw.busy} onClick={() => void withdraw.act({ id, version })}>
          {t("take_out")}
        </Button>
      </div>
      <Faults of={withdraw.fault} />
    </>
  );
}
