// The blueprint that a programme runs by, as a text: checked as one types, its changes shown before they are made.
import { useEffect, useMemo, useState } from "react";
import { useMutation, useQuery } from "urql";
import { stringify } from "yaml";
import {
  AmendBlueprintDocument,
  CheckBlueprintDocument,
  PreviewBlueprintDocument,
  ProgrammeBlueprintDocument,
  type PreviewBlueprintMutation,
  type ProgrammeBlueprintQuery,
} from "../../gql/graphql";
import { Button, useAct } from "../../ui/act";
import { DocumentField } from "../../ui/document/document";
import { read, type Problem } from "../../ui/document/written";
import { ProgrammeScreen } from "../../ui/programme";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { Table } from "../../ui/table";
import { useWords } from "../../words";
import { Help } from "./help";
import type { Schema } from "./schema";

const STILL_MS = 400;
type InUse = NonNullable<NonNullable<ProgrammeBlueprintQuery["programme"]>["blueprint"]>;
type Preview = PreviewBlueprintMutation["previewBlueprint"];

export function Blueprint({ programme }: { programme: string }) {
  const { t } = useWords();
  const [answer, reread] = useQuery({ query: ProgrammeBlueprintDocument, variables: { programme } });
  const inUse = answer.data?.programme?.blueprint;
  return (
    <ProgrammeScreen programme={programme} title={t("blueprint")}>
      <p>{t("blueprint_text")}</p>
      <Faults of={answer.error} />
      {!inUse && answer.fetching && <Loading />}
      {inUse && (
        <Editor
          key={inUse.version}
          programme={programme}
          inUse={inUse}
          schema={answer.data?.blueprintSchema as Schema | null}
          again={() => reread({ requestPolicy: "network-only" })}
        />
      )}
    </ProgrammeScreen>
  );
}

function Editor({
  programme,
  inUse,
  schema,
  again,
}: {
  programme: string;
  inUse: InUse;
  schema: Schema | null;
  again: () => void;
}) {
  const { t } = useWords();
  const [text, setText] = useState(() => stringify(inUse.blueprint));
  const [at, setAt] = useState(0);
  const [preview, setPreview] = useState<Preview>();
  const { problems, warnings } = useChecked(text);
  const written = useMemo(() => read(text), [text]);
  const looking = useAct(PreviewBlueprintDocument, (data) => setPreview(data.previewBlueprint));
  const publishing = useAct(AmendBlueprintDocument, again);
  function change(next: string): void {
    setText(next);
    setPreview(undefined);
  }
  return (
    <Part title={t("edit_blueprint")}>
      <DocumentField label={t("blueprint_document")} text={text} change={change} problems={problems} at={setAt}>
        {schema && <Help schema={schema} path={written.pathAt(at)} />}
      </DocumentField>
      {warnings.map(({ line, text: said }) => (
        <p key={line + said} className="quiet">
          {t("line_number", { line })}: {said}
        </p>
      ))}
      <div className="row">
        <Button
          className="plain"
          busy={looking.busy}
          disabled={problems.length > 0}
          onClick={() => void looking.act({ programme, text })}
        >
          {t("what_it_touches")}
        </Button>
        <Button
          busy={publishing.busy}
          disabled={!preview?.possible || preview.changes.length === 0}
          onClick={() => void publishing.act({ programme, version: inUse.version, text })}
        >
          {t("publish_blueprint")}
        </Button>
      </div>
      <Faults of={looking.fault ?? publishing.fault} />
      <div aria-live="polite">{preview && <Changes preview={preview} />}</div>
    </Part>
  );
}

/** What the service finds in the text, once it stands still for a moment. */
function useChecked(text: string): { problems: Problem[]; warnings: Problem[] } {
  const [, check] = useMutation(CheckBlueprintDocument);
  const [found, setFound] = useState<{ problems: Problem[]; warnings: Problem[] }>({ problems: [], warnings: [] });
  useEffect(() => {
    let isNewest = true;
    const waiting = setTimeout(() => {
      void check({ text }).then(({ data }) => {
        if (!isNewest || !data) return;
        const of = (level: string) =>
          data.checkBlueprint.faults
            .filter((fault) => fault.level === level)
            .map(({ line, pointer, detail }) => ({ line: line ?? 1, text: `${pointer || "/"}: ${detail}` }));
        setFound({ problems: of("error"), warnings: of("warning") });
      });
    }, STILL_MS);
    return () => {
      isNewest = false;
      clearTimeout(waiting);
    };
  }, [check, text]);
  return found;
}

function Changes({ preview }: { preview: Preview }) {
  const { t } = useWords();
  if (preview.changes.length === 0) return <Nothing>{t("nothing_changes")}</Nothing>;
  return (
    <>
      <p className={preview.possible ? "said" : "refusal"}>{t(preview.possible ? "can_be_published" : "cannot_be")}</p>
      <Table
        caption={t("what_it_touches")}
        rows={preview.changes}
        id={(row) => row.pointer}
        columns={[
          { head: t("member"), cell: (row) => <code>{row.pointer}</code> },
          { head: t("touches"), cell: (row) => row.touches },
          { head: t("services"), cell: (row) => row.services.join(", ") },
          { head: t("why_it_cannot"), cell: (row) => row.refused },
        ]}
      />
    </>
  );
}
