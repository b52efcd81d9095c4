// What a report has beside its figures: themes, words of people, case studies, recommendations, decisions, its editions.
import { Part } from "../../ui/screen";
import { Table } from "../../ui/table";
import { useWords } from "../../words";
import type { Found } from "./report";

export function Parts({ of }: { of: Found }) {
  const { t, word, date } = useWords();
  return (
    <>
      {of.themes && of.themes.items.length > 0 && (
        <Part title={t("themes")}>
          <p>{of.themes.statement}</p>
          <dl className="facts">
            {of.themes.items.map((theme) => (
              <div key={theme.themeId}>
                <dt>
                  {theme.title} ({theme.shown})
                </dt>
                <dd>{theme.description}</dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
      {of.quotes.length > 0 && (
        <Part title={t("quotes")}>
          {of.quotes.map((quote) => (
            <blockquote key={quote.text}>
              “{quote.text}” – {word(quote.role)}
            </blockquote>
          ))}
        </Part>
      )}
      {of.caseStudies.length > 0 && (
        <Part title={t("case_studies")}>
          {of.caseStudies.map((study) => (
            <article key={study.caseStudyId}>
              {study.sections.map(({ title, text }) => (
                <div key={title}>
                  <h3>{title}</h3>
                  <p>{text}</p>
                </div>
              ))}
            </article>
          ))}
        </Part>
      )}
      {of.recommendations.length > 0 && (
        <Part title={t("recommendations")}>
          <Table
            caption={t("recommendations")}
            rows={of.recommendations}
            id={(row) => row.recommendationId}
            columns={[
              { head: t("recommendation"), cell: (row) => row.text },
              { head: t("due_on"), cell: (row) => date(row.dueOn) },
              { head: t("state"), cell: (row) => (row.overdue ? t("overdue") : word(row.state)) },
              { head: t("team"), cell: (row) => row.team },
            ]}
          />
        </Part>
      )}
      {of.decisions.length > 0 && (
        <Part title={t("committee_decisions")}>
          {of.decisions.map((one) => (
            <blockquote key={one.decisionId}>
              {one.committee}, {date(one.decidedOn)}: {one.text}
            </blockquote>
          ))}
        </Part>
      )}
      {of.notes.length > 0 && (
        <Part title={t("editions")}>
          <ul>
            {of.notes.map((note) => (
              <li key={note.at + note.text}>
                {t("edition", { number: note.edition })}, {date(note.at)}: {note.text}
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}
