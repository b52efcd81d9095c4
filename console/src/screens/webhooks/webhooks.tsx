// The webhooks of an organisation, for its administrator: the list, and another one.
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import { MakeWebhookDocument, WebhooksDocument } from "../../gql/graphql";
import { Choice, Field, Form, useAct } from "../../ui/act";
import { Faults, Loading, Nothing, Part, Screen } from "../../ui/screen";
import { Pages, Table } from "../../ui/table";
import { useViewer, uuid } from "../../viewer";
import { useWords } from "../../words";

export function Webhooks() {
  const { t, word } = useWords();
  const [after, setAfter] = useState<string | null>(null);
  const [answer] = useQuery({ query: WebhooksDocument, variables: { after } });
  const rows = answer.data?.webhooks?.nodes;
  return (
    <Screen title={t("webhooks")}>
      <p>{t("webhooks_text")}</p>
      <Faults of={answer.error} />
      {!rows && answer.fetching && <Loading />}
      {rows?.length === 0 && <Nothing />}
      {rows && rows.length > 0 && (
        <Table
          caption={t("webhooks")}
          rows={rows}
          id={(row) => row.id}
          columns={[
            { head: t("address"), cell: (row) => <Link href={`/webhooks/${row.id}`}>{row.url}</Link> },
            { head: t("description"), cell: (row) => row.description },
            { head: t("state"), cell: (row) => word(row.state) },
            { head: t("queued"), number: true, cell: (row) => row.queued },
            { head: t("given_up"), number: true, cell: (row) => row.givenUp },
          ]}
        />
      )}
      <Pages page={answer.data?.webhooks?.pageInfo} after={after} go={setAfter} />
      <Making />
    </Screen>
  );
}

function Making() {
  const { t } = useWords();
  const { programmes } = useViewer();
  const [, go] = useLocation();
  const { act, busy, fault } = useAct(MakeWebhookDocument, (data) => go(`/webhooks/${data.makeWebhook.id}`));
  return (
    <Part title={t("make_webhook")}>
      <Form
        label={t("make_webhook")}
        button={t("make_webhook")}
        busy={busy}
        fault={fault}
        submit={({ url, types, programmeId, description }) => {
          const named = (types ?? "").split(/[\s,]+/).filter(Boolean);
          return act({
            url: url ?? "",
            types: named.length > 0 ? named : null,
            programmeId: programmeId || null,
            description: description || null,
          });
        }}
      >
        <Field label={t("address")} hint={t("address_hint")}>
          <input name="url" type="url" required maxLength={2000} />
        </Field>
        <Field label={t("description")}>
          <input name="description" maxLength={200} />
        </Field>
        <Field label={t("event_types")} hint={t("event_types_hint")}>
          <input name="types" />
        </Field>
        <Choice
          label={t("programme")}
          name="programmeId"
          options={[["", t("all")], ...programmes.map((one): [string, string] => [uuid(one.id), one.title])]}
        />
      </Form>
    </Part>
  );
}
