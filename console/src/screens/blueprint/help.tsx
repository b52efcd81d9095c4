// What the member may hold in which the cursor stands.
import { useWords } from "../../words";
import { explained, type Schema } from "./schema";

export function Help({ schema, path }: { schema: Schema; path: readonly string[] }) {
  const { t } = useWords();
  const found = explained(schema, path);
  return (
    <details open>
      <summary>{found.path.length > 0 ? found.path.join(" › ") : t("blueprint")}</summary>
      {found.description && <p>{found.description}</p>}
      {found.values.length > 0 && <p>{t("one_of", { values: found.values.join(", ") })}</p>}
      {found.members.length > 0 && (
        <div className="members" role="region" aria-label={t("members")} tabIndex={0}>
          <dl>
            {found.members.map(({ name, description, isRequired }) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                  {isRequired && ` (${t("needed")})`}
                </dt>
                <dd>{description}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </details>
  );
}
