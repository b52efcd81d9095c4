// Changing something: the button says that it is at work, and a refusal stands where it was asked for.
import { cloneElement, useEffect, useRef, useState, type FormEvent, type ReactElement, type ReactNode } from "react";
import { useMutation, type AnyVariables, type CombinedError, type TypedDocumentNode } from "urql";
import { useWords } from "../words";
import { NOTHING_REFUSED, refusedOf, Refusals, useRefusal } from "./refusals";
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

/**
 * A form; `submit` gets its fields, by name. It is emptied once that went well; what was refused stands at its fields,
 * and the first of them has the focus.
 */
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
  const here = useRef<HTMLFormElement>(null);
  const [refused, setRefused] = useState(NOTHING_REFUSED);
  useEffect(() => setRefused(refusedOf(fault, here.current)), [fault]);
  useEffect(() => here.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus(), [refused]);
  async function submitted(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    if (await submit(fieldsOf(new FormData(form)))) form.reset();
  }
  return (
    <form ref={here} aria-label={label} onSubmit={(event) => void submitted(event)}>
      <Refusals value={refused}>{children}</Refusals>
      <Button type="submit" busy={busy}>
        {button}
      </Button>
      <Faults of={fault} atFields={refused.pointers} />
    </form>
  );
}

/** What a form says, by the names of its fields; boxes of one name that are ticked stand together, with spaces between. */
function fieldsOf(data: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of data) fields[name] = name in fields ? `${fields[name]} ${String(value)}` : String(value);
  return fields;
}

interface Control {
  name?: string;
  "aria-invalid"?: boolean;
  "aria-describedby"?: string;
}

export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: ReactElement<Control>;
}) {
  const refusal = useRefusal(children.props.name);
  return (
    <div className="field">
      <label>
        <span>{label}</span>
        {hint && <small>{hint}</small>}
        {refusal ? cloneElement(children, { "aria-invalid": true, "aria-describedby": refusal.id }) : children}
      </label>
      <Refusal of={refusal} />
    </div>
  );
}

export function Check({
  label,
  name,
  value,
  required = false,
}: {
  label: string;
  name: string;
  value?: string;
  required?: boolean;
}) {
  const refusal = useRefusal(name);
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          name={name}
          value={value}
          required={required}
          aria-invalid={refusal && true}
          aria-describedby={refusal?.id}
        />
        {label}
      </label>
      <Refusal of={refusal} />
    </>
  );
}

/** One of a few, each with its words: [value, words]; with `several` any of them, and none. */
export function Radios({
  legend,
  name,
  options,
  first = false,
  several = false,
}: {
  legend: string;
  name: string;
  options: [string, string][];
  first?: boolean;
  several?: boolean;
}) {
  const refusal = useRefusal(name);
  return (
    <fieldset aria-describedby={refusal?.id}>
      <legend>{legend}</legend>
      <div className="row">
        {options.map(([value, text], number) => (
          <label key={value} className="check">
            <input
              type={several ? "checkbox" : "radio"}
              name={name}
              value={value}
              required={!several}
              defaultChecked={first && number === 0}
              aria-invalid={refusal && true}
            />
            {text}
          </label>
        ))}
      </div>
      <Refusal of={refusal} />
    </fieldset>
  );
}

function Refusal({ of }: { of: { id: string; text: string } | undefined }) {
  return (
    of && (
      <span id={of.id} className="refusal">
        {of.text}
      </span>
    )
  );
}

/** The moment that a field of local date and time says, where the browser is; what is none is for the service to refuse. */
export function moment(local: string | undefined): string {
  const found = new Date(local ?? "");
  return Number.isNaN(found.getTime()) ? (local ?? "") : found.toISOString();
}

/** What a field for local date and time shows of a moment. */
export function local(at: string): string {
  const found = new Date(at);
  return new Date(found.getTime() - found.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function Choice({
  label,
  name,
  options,
  first,
  value,
  change,
}: {
  label: string;
  name?: string;
  options: [string, string][];
  first?: string;
  value?: string;
  change?: (value: string) => void;
}) {
  return (
    <Field label={label}>
      <select name={name} defaultValue={first} value={value} onChange={change && ((event) => change(event.target.value))}>
        {options.map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}
