// A resource in its languages: each a title, and a text or a link.
import { useState } from "react";
import type { NewWording } from "../../gql/graphql";
import { Button, Choice, Field } from "../../ui/act";
import { LANGUAGES, language, useWords } from "../../words";

export function WordingFields() {
  const { t } = useWords();
  const [count, setCount] = useState(1);
  return (
    <>
      {[...Array(count).keys()].map((number) => (
        <fieldset key={number}>
          <legend>{t("in_a_language", { number: number + 1 })}</legend>
          <Choice
            label={t("language")}
            name={`wordings.${number}.language`}
            first={number === 0 ? language() : undefined}
            options={Object.entries(LANGUAGES)}
          />
          <Field label={t("title")}>
            <input name={`wordings.${number}.title`} required maxLength={200} />
          </Field>
          <Field label={t("words")}>
            <textarea name={`wordings.${number}.text`} />
          </Field>
          <Field label={t("link")}>
            <input name={`wordings.${number}.link`} type="url" maxLength={2000} />
          </Field>
        </fieldset>
      ))}
      <div className="row">
        <Button className="plain" onClick={() => setCount(count + 1)}>
          {t("another_language")}
        </Button>
      </div>
    </>
  );
}

/** The wordings that the fields say. */
export function wordingsOf(fields: Record<string, string>): NewWording[] {
  const found: NewWording[] = [];
  for (let number = 0; `wordings.${number}.title` in fields; number++) {
    const of = (name: string) => fields[`wordings.${number}.${name}`] ?? "";
    found.push({ language: of("language"), title: of("title"), text: of("text") || null, link: of("link") || null });
  }
  return found;
}
