// The organisation's API keys, for its administrator: made and rotated with the secret shown once, and revoked.
import { useState } from "react";
import { useQuery } from "urql";
import {
  ApiKeysDocument,
  MakeApiKeyDocument,
  RevokeApiKeyDocument,
  RotateApiKeyDocument,
  type KeyPartsFragment,
  type KeyScope,
} from "../../gql/graphql";
import { Button, Field, Form, moment, Radios, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Nothing, Part, Screen } from "../../ui/screen";
import { Pages } from "../../ui/table";
import { useWords } from "../../words";

const SCOPES: KeyScope[] = [
  "HR_PROVISION",
  "APPLICATIONS_READ",
  "APPLICATIONS_WRITE",
  "INTEGRATIONS_READ",
  "INTEGRATIONS_WRITE",
];

interface Shown {
  name: string;
  secret: string;
}

export function Keys() {
  const { t } = useWords();
  const [after, setAfter] = useState<string | null>(null);
  const [answer, reread] = useQuery({ query: ApiKeysDocument, variables: { after } });
  const [shown, show] = useState<Shown>();
  const rows = answer.data?.apiKeys?.nodes;
  function again(made?: { secret: string; apiKey: KeyPartsFragment }): void {
    show(made && { name: made.apiKey.name, secret: made.secret });
    reread({ requestPolicy: "network-only" });
  }
  return (
    <Screen title={t("api_keys")}>
      <p>{t("api_keys_text")}</p>
      <Faults of={answer.error} />
      <div aria-live="polite">{shown && <Secret of={shown} />}</div>
      {!rows && answer.fetching && <Loading />}
      {rows?.length === 0 && <Nothing />}
      {rows?.map((key) => <OneKey key={key.id} of={key} again={again} />)}
      <Pages page={answer.data?.apiKeys?.pageInfo} after={after} go={setAfter} />
      <Making made={again} />
    </Screen>
  );
}

function Secret({ of }: { of: Shown }) {
  const { t } = useWords();
  return (
    <div className="said">
      <p>{t("key_shown_once", { name: of.name })}</p>
      <p className="secret">{of.secret}</p>
    </div>
  );
}

type Again = (made?: { secret: string; apiKey: KeyPartsFragment }) => void;

function OneKey({ of: { id, version, name, ...key }, again }: { of: KeyPartsFragment; again: Again }) {
  const { t, word, date, time } = useWords();
  const rotate = useAct(RotateApiKeyDocument, (data) => again(data.rotateApiKey));
  const revoke = useAct(RevokeApiKeyDocument, () => again());
  const isOver = key.revokedAt != null || new Date(key.expiresAt) < new Date();
  return (
    <Part title={name}>
      <Facts
        of={[
          [t("state"), key.revokedAt ? t("revoked_on", { date: date(key.revokedAt) }) : t(isOver ? "expired" : "counts")],
          [t("may"), key.scopes.map((scope) => word(`scope_${scope.replace(":", "_")}`)).join(", ")],
          [t("made_on"), date(key.madeAt)],
          [t("ends_on"), date(key.expiresAt)],
          [t("last_used"), key.lastUsedAt ? time(key.lastUsedAt) : t("never")],
          [t("secret_before_until"), key.previousUntil ? time(key.previousUntil) : null],
        ]}
      />
      {!isOver && (
        <details>
          <summary>{t("change_key", { name })}</summary>
          <Form
            label={t("rotate_key", { name })}
            button={t("rotate")}
            busy={rotate.busy}
            fault={rotate.fault}
            submit={({ overlapHours }) => rotate.act({ id, version, overlapHours: Number(overlapHours) })}
          >
            <Field label={t("overlap_hours")} hint={t("overlap_hours_hint")}>
              <input name="overlapHours" type="number" min={0} max={168} defaultValue={24} required />
            </Field>
          </Form>
          <p>{t("revoke_text")}</p>
          <Button className="plain" busy={revoke.busy} onClick={() => void revoke.act({ id, version })}>
            {t("revoke")}
          </Button>
          <Faults of={revoke.fault} />
        </details>
      )}
    </Part>
  );
}

function Making({ made }: { made: Again }) {
  const { t, word } = useWords();
  const { act, busy, fault } = useAct(MakeApiKeyDocument, (data) => made(data.makeApiKey));
  return (
    <Part title={t("make_key")}>
      <Form
        label={t("make_key")}
        button={t("make_key")}
        busy={busy}
        fault={fault}
        submit={({ name, scopes, expiresAt }) =>
          act({
            name: name ?? "",
            scopes: (scopes?.split(" ") ?? []) as KeyScope[],
            expiresAt: expiresAt ? moment(expiresAt) : null,
          })
        }
      >
        <Field label={t("key_for")} hint={t("key_for_hint")}>
          <input name="name" required maxLength={200} />
        </Field>
        <Radios
          legend={t("may")}
          name="scopes"
          several
          options={SCOPES.map((scope) => [scope, word(`scope_${scope}`)])}
        />
        <Field label={t("counts_until")} hint={t("counts_until_hint")}>
          <input name="expiresAt" type="datetime-local" />
        </Field>
      </Form>
    </Part>
  );
}
