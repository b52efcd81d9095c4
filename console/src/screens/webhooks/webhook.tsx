// One webhook: whether it answers, its secret once it is asked for, a pause, and what was sent to it.
import { useState } from "react";
import { useQuery } from "urql";
import { Link, useLocation } from "wouter";
import {
  DeleteWebhookDocument,
  DeliveriesDocument,
  PauseWebhookDocument,
  ResumeWebhookDocument,
  RotateWebhookSecretDocument,
  VerifyWebhookDocument,
  WebhookDocument,
  WebhookSecretDocument,
  type WebhookPartsFragment,
} from "../../gql/graphql";
import { Button, Choice, useAct } from "../../ui/act";
import { Facts, Faults, Loading, Nothing, Part, Screen } from "../../ui/screen";
import { Pages, Table } from "../../ui/table";
import { useWords } from "../../words";

const DELIVERY_STATES = ["queued", "delivered", "failed"];

export function Webhook({ id }: { id: string }) {
  const { t, word, time } = useWords();
  const [answer, reread] = useQuery({ query: WebhookDocument, variables: { id } });
  const found = answer.data?.webhook;
  if (!found) return answer.fetching ? <Loading /> : <Faults of={answer.error} />;
  return (
    <Screen
      title={found.description || t("webhook")}
      above={
        <nav aria-label={t("webhooks")} className="ways">
          <Link href="/webhooks">{t("webhooks")}</Link>
        </nav>
      }
    >
      <Facts
        of={[
          [t("address"), found.url],
          [t("state"), word(found.state)],
          [t("event_types"), found.types.join(", ") || t("all")],
          [t("queued"), found.queued],
          [t("given_up"), found.givenUp],
          [t("last_success"), time(found.lastSuccessAt)],
          [t("failing_since"), time(found.failingSince)],
          [t("reason"), found.disabledBecause],
        ]}
      />
      <Changing webhook={found} again={() => reread({ requestPolicy: "network-only" })} />
      <Secret key={found.version} id={id} />
      <Deliveries id={id} />
    </Screen>
  );
}

function Changing({ webhook, again }: { webhook: WebhookPartsFragment; again: () => void }) {
  const { t } = useWords();
  const [, go] = useLocation();
  const verify = useAct(VerifyWebhookDocument, again);
  const pause = useAct(PauseWebhookDocument, again);
  const resume = useAct(ResumeWebhookDocument, again);
  const rotate = useAct(RotateWebhookSecretDocument, again);
  const remove = useAct(DeleteWebhookDocument, () => go("/webhooks"));
  const { id, version, state } = webhook;
  return (
    <>
      <div className="row">
        {state === "unverified" && (
          <Button busy={verify.busy} onClick={() => void verify.act({ id })}>
            {t("verify_webhook")}
          </Button>
        )}
        {state === "active" && (
          <Button className="plain" busy={pause.busy} onClick={() => void pause.act({ id, version })}>
            {t("pause")}
          </Button>
        )}
        {(state === "paused" || state === "disabled") && (
          <Button busy={resume.busy} onClick={() => void resume.act({ id, version })}>
            {t("resume")}
          </Button>
        )}
        <Button className="plain" busy={rotate.busy} onClick={() => void rotate.act({ id, version })}>
          {t("rotate_secret")}
        </Button>
      </div>
      <Faults of={verify.fault ?? pause.fault ?? resume.fault ?? rotate.fault} />
      <details>
        <summary>{t("delete_webhook")}</summary>
        <p>{t("delete_webhook_text")}</p>
        <Button busy={remove.busy} onClick={() => void remove.act({ id, version })}>
          {t("delete_webhook")}
        </Button>
        <Faults of={remove.fault} />
      </details>
    </>
  );
}

/** What deliveries are signed with; asking for it is kept in the audit log. */
function Secret({ id }: { id: string }) {
  const { t, time } = useWords();
  const [isAsked, ask] = useState(false);
  const [answer] = useQuery({
    query: WebhookSecretDocument,
    variables: { id },
    pause: !isAsked,
    requestPolicy: "network-only",
  });
  const found = isAsked ? answer.data?.webhookSecret : undefined;
  return (
    <Part title={t("secret")}>
      <p>{t("secret_text")}</p>
      <div className="row">
        <Button className="plain" onClick={() => ask(!isAsked)} aria-expanded={isAsked}>
          {t(isAsked ? "hide_secret" : "show_secret")}
        </Button>
      </div>
      <div aria-live="polite">
        {found && (
          <p className="said">
            <code>{found.secret}</code>
            {found.previousUntil && <small> {t("secret_before_until", { date: time(found.previousUntil) })}</small>}
          </p>
        )}
      </div>
      <Faults of={isAsked ? answer.error : undefined} />
    </Part>
  );
}

function Deliveries({ id }: { id: string }) {
  const { t, word, time } = useWords();
  const [state, setState] = useState("");
  const [after, setAfter] = useState<string | null>(null);
  const [answer] = useQuery({ query: DeliveriesDocument, variables: { id, state: state || null, after } });
  const rows = answer.data?.webhookDeliveries?.nodes ?? [];
  return (
    <Part title={t("deliveries")}>
      <search>
        <Choice
          label={t("state")}
          value={state}
          change={(value) => {
            setState(value);
            setAfter(null);
          }}
          options={[["", t("all")], ...DELIVERY_STATES.map((one): [string, string] => [one, word(one)])]}
        />
      </search>
      <Faults of={answer.error} />
      {rows.length === 0 ? (
        <Nothing />
      ) : (
        <Table
          caption={t("deliveries")}
          rows={rows}
          id={(row) => row.id}
          columns={[
            { head: t("event_type"), cell: (row) => row.type },
            { head: t("state"), cell: (row) => word(row.state) },
            { head: t("when"), cell: (row) => time(row.attemptedAt ?? row.queuedAt) },
            { head: t("attempts"), number: true, cell: (row) => row.attempts },
            { head: t("answered_with"), cell: (row) => row.status ?? row.error },
          ]}
        />
      )}
      <Pages page={answer.data?.webhookDeliveries?.pageInfo} after={after} go={setAfter} />
    </Part>
  );
}
