// One question of a programme's form, as a field.
import { useState } from "react";
import { Button, Check, Field } from "../../ui/act";
import { useRefusal } from "../../ui/refusals";
import { useWords } from "../../words";
import { nameOf, type Question } from "./questions";

const LONG = 200; // characters: a text that may be longer has several lines

interface Of {
  question: Question;
  label: string;
  criteria: readonly { id: string; title: string }[];
  required: boolean;
  say: (name: string, value: string) => void;
}

export function QuestionField({ question, label, criteria, required, say }: Of) {
  const { t } = useWords();
  const name = nameOf(question);
  const { kind, labels = {} } = question;
  const change = ({ target }: { target: { value: string } }) => say(name, target.value);
  if (kind === "consent") return <Check label={label} name={name} value="yes" required={required} />;
  if (kind === "ranking") return <Ranking question={question} label={label} name={name} criteria={criteria} />;
  if (kind === "choice" || kind === "boolean") {
    const options = kind === "boolean" ? [["true", t("yes")], ["false", t("no")]] : (question.options ?? []).map((one) => [one, labels[one] ?? one]);
    return (
      <Field label={label}>
        <select name={name} required={required} defaultValue="" onChange={change}>
          <option value="" />
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Field>
    );
  }
  if (kind === "list" || (kind === "text" && (question.max_length ?? LONG + 1) > LONG)) {
    return (
      <Field label={label} hint={kind === "list" ? t(question.of === "language" ? "language_codes" : "one_a_line") : undefined}>
        <textarea name={name} required={required} maxLength={question.max_length} />
      </Field>
    );
  }
  const type = { integer: "number", date: "date", email: "email" }[kind as string] ?? "text";
  return (
    <Field label={label}>
      <input
        name={name}
        type={type}
        required={required}
        min={question.min ?? undefined}
        max={question.max ?? undefined}
        maxLength={type === "text" ? question.max_length : undefined}
        onChange={change}
      />
    </Field>
  );
}

/** The topics that count most, first to last. */
function Ranking({ question, label, name, criteria }: Pick<Of, "question" | "label" | "criteria"> & { name: string }) {
  const { t } = useWords();
  const refusal = useRefusal(name);
  const [chosen, choose] = useState<string[]>(() => Array<string>(question.min ?? 1).fill(""));
  const most = Math.min(question.max ?? criteria.length, criteria.length);
  return (
    <fieldset aria-describedby={refusal?.id}>
      <legend>{label}</legend>
      <input type="hidden" name={name} value={chosen.filter(Boolean).join(" ")} />
      {chosen.map((value, place) => (
        <Field key={place} label={t("place_number", { number: place + 1 })}>
          <select
            value={value}
            onChange={({ target }) => choose(chosen.map((one, at) => (at === place ? target.value : one)))}
          >
            <option value="" />
            {criteria
              .filter(({ id }) => id === value || !chosen.includes(id))
              .map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
          </select>
        </Field>
      ))}
      {chosen.length < most && (
        <Button className="plain" onClick={() => choose([...chosen, ""])}>
          {t("another_topic")}
        </Button>
      )}
      {refusal && (
        <span id={refusal.id} className="refusal">
          {refusal.text}
        </span>
      )}
    </fieldset>
  );
}
