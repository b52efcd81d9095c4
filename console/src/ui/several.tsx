// Several people, found by name one after the other; their field is named as the list that they become.
import { FindPerson, type Somebody } from "./people";
import { useWords } from "../words";
import { Button } from "./act";
import { useRefusal } from "./refusals";

export function SeveralPeople({
  label,
  name,
  chosen,
  change,
}: {
  label: string;
  name: string;
  chosen: readonly Somebody[];
  change: (chosen: readonly Somebody[]) => void;
}) {
  const { t } = useWords();
  const refusal = useRefusal(name);
  return (
    <fieldset aria-describedby={refusal?.id}>
      <legend>{label}</legend>
      <input type="hidden" name={name} value={chosen.map((one) => one.id).join(" ")} />
      <ul className="cards">
        {chosen.map((one) => (
          <li key={one.id}>
            <strong>{one.name}</strong>
            <Button
              className="plain"
              aria-label={t("take_from_list", { name: one.name })}
              onClick={() => change(chosen.filter((other) => other.id !== one.id))}
            >
              {t("take_back")}
            </Button>
          </li>
        ))}
      </ul>
      <FindPerson
        label={t("part_of_name")}
        button={t("choose_person")}
        found={(one) => change([...chosen.filter((other) => other.id !== one.id), one])}
      />
      {refusal && (
        <span id={refusal.id} className="refusal">
          {refusal.text}
        </span>
      )}
    </fieldset>
  );
}
