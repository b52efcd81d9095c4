// Changing something: the button says that it is at work, and a refusal stands where it was asked for.
import { useState, type FormEvent, type ReactNode } from "react";
import { useMutation, type AnyVariables, type CombinedError, type TypedDocumentNode } from "urql";
import { useWords } from "../words";
import { Faults } from "./screen";

/** What a mutation does, whether it is at work, and what was said against it. */
export function useAct<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  then?: (data: Data) => void,
) {
  const [, execute] = useMutation(document);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<CombinedError>();
  async function act(variables: Variables): Promise<boolean> {
    setBusy(true);
    // A repeated request has its effect once; the services keep what they answered under the key.
    const answer = await execute(variables, {
      fetchOptions: { headers: { "Idempotency-Key": crypto.randomUUID() } },
    });
    setBusy(false);
    setFault(answer.error);
    if (answer.error || !answer.data) return false;
    then?.(answer.data);
    return true;
  }
  return { act, busy, fault };
}

export function Button({
  busy,
  children,
  ...more
}: { busy?: boolean; children: ReactNode } & React.ButtonHTMLAttributes<HTMLButtonElement>) {
  const { t } = useWords();
  return (
    <button type="button" {...more} disabled={busy || more.disabled}>
      {busy ? t("working") : children}
    </button>
  );
}

/** A form; `submit` gets its fields, by name. It is emptied once that went well. */
export function Form({
  label,
  button,
  busy,
  fault,
  submit,
  children,
}: {
  label: string;
  button: string;
  busy: boolean;
  fault: CombinedError | undefined;
  submit: (fields: Record<string, string>) => Promise<boolean>;
  children?: ReactNode;
}) {
  async function submitted(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    if (await submit(fields)) form.reset();
  }
  return (
    <form aria-label={label} onSubmit={(event) => void submitted(event)}>
      {children}
      <Button type="submit" busy={busy}>
        {button}
      </Button>
      <Faults of={fault} />
    </form>
  );
}

export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      {hint && <small>{hint}</small>}
      {children}
    </label>
  );
}

export function Choice({
  label,
  name,
  options,
  value,
  change,
}: {
  label: string;
  name?: string;
  options: [string, string][];
  value?: string;
  change?: (value: string) => void;
}) {
  return (
    <Field label={label}>
      <select name={name} value={value} onChange={change && ((event) => change(event.target.value))}>
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}
