// Surveys: what is open and how many answered, planning another, and what was said.
import { useState } from "react";
import { useQuery } from "urql";
import { PlanWaveDocument, ResultsDocument, SurveysDocument, type ResultsQuery, type SurveysQuery } from "../../gql/graphql";
import { Choice, Field, Form, moment, useAct } from "../../ui/act";
import { Faults, Loading, Nothing, Part } from "../../ui/screen";
import { ProgrammeScreen } from "../../ui/programme";
import { Bar, Table } from "../../ui/table";
import { useWords } from "../../words";

type Programme = NonNullable<SurveysQuery["programme"]>;
type Distribution = NonNullable<
  NonNullable<ResultsQuery["programme"]>["figures"]
>["distributions"][number];

export function Surveys({ programme }: { programme: string }) {
  const { t } = useWords();
  const [answer, again] = useQuery({ query: SurveysDocument, variables: { programme } });
  const found = answer.data?.programme;
  return (
    <ProgrammeScreen programme={programme} title={t("surveys")}>
      <Faults of={answer.error} />
      {!found && answer.fetching && <Loading />}
      {found && (
        <>
          <Waves found={found} />
          <Planning found={found} again={() => again({ requestPolicy: "network-only" })} />
          <Results programme={programme} />
        </>
      )}
    </ProgrammeScreen>
  );
}

function Waves({ found }: { found: Programme }) {
  const { t, word, date, percent } = useWords();
  const waves = found.evaluation.waves ?? [];
  const cohorts = new Map(found.cohorts?.map((one) => [one.id.split(":")[1], one.number]));
  const titles = new Map(found.evaluation.instruments?.nodes.map((one) => [one.id, one.title]));
  return (
    <Part title={t("response_rates")}>
      {waves.length === 0 ? (
        <Nothing />
      ) : (
        <Table
          caption={t("response_rates_caption")}
          rows={waves}
          id={(row) => row.id}
          columns={[
            { head: t("survey"), cell: (row) => titles.get(row.instrument) ?? word(row.instrument) },
            { head: t("cohort"), cell: (row) => cohorts.get(row.cohortId) },
            { head: t("state"), cell: (row) => word(row.state) },
            { head: t("opens"), cell: (row) => date(row.opensAt) },
            { head: t("closes"), cell: (row) => date(row.closesAt) },
            { head: t("asked"), number: true, cell: (row) => row.asked.mentor + row.asked.mentee },
            { head: t("mentors_answered"), number: true, cell: (row) => percent(row.responseRates.mentor) },
            { head: t("mentees_answered"), number: true, cell: (row) => percent(row.responseRates.mentee) },
            {
              head: t("together"),
              number: true,
              cell: (row) => (
                <>
                  {percent(row.responseRates.pooled)}{" "}
                  <Bar
                    share={(row.responseRates.pooled ?? 0) / 100}
                    label={t("response_rate", { rate: percent(row.responseRates.pooled) })}
                  />
                </>
              ),
            },
          ]}
        />
      )}
    </Part>
  );
}

function Planning({ found, again }: { found: Programme; again: () => void }) {
  const { t } = useWords();
  const { act, busy, fault } = useAct(PlanWaveDocument, again);
  const surveys = new Map(found.evaluation.instruments?.nodes.map((one) => [one.id, one.title]));
  if (surveys.size === 0 || !found.cohorts?.length) return null;
  return (
    <details>
      <summary>{t("plan_survey")}</summary>
      <Form
        label={t("plan_survey")}
        button={t("plan")}
        busy={busy}
        fault={fault}
        submit={({ cohort, instrument, opensAt, closesAt }) =>
          act({
            cohort: cohort ?? "",
            wave: {
              instrument: instrument ?? "",
              opensAt: { at: moment(opensAt) },
              closesAt: { at: moment(closesAt) },
            },
          })
        }
      >
        <div className="row">
          <Choice label={t("survey")} name="instrument" options={[...surveys]} />
          <Choice
            label={t("cohort")}
            name="cohort"
            options={found.cohorts.map((one): [string, string] => [one.id, `${one.number}`])}
          />
          <Field label={t("opens")}>
            <input name="opensAt" type="datetime-local" required />
          </Field>
          <Field label={t("closes")}>
            <input name="closesAt" type="datetime-local" required />
          </Field>
        </div>
      </Form>
    </details>
  );
}

/** What was answered, one wave and cohort at a time; what the services keep back is not there. */
function Results({ programme }: { programme: string }) {
  const { t, word, number } = useWords();
  const [answer] = useQuery({ query: ResultsDocument, variables: { programme } });
  const [chosen, choose] = useState("");
  const figures = answer.data?.programme?.figures;
  const groups = new Map<string, Distribution[]>();
  for (const one of figures?.distributions ?? []) {
    const name = `${word(one.wave)}, ${one.cohort == null ? t("all_cohorts") : t("cohort_number", { number: one.cohort })}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const names = [...groups.keys()];
  const shown = groups.get(chosen) ?? groups.get(names[0] ?? "") ?? [];
  return (
    <Part title={t("results")}>
      <Faults of={answer.error} passing={["forbidden"]} />
      {figures && names.length === 0 && <Nothing>{t("no_results")}</Nothing>}
      {names.length > 0 && (
        <>
          <Choice label={t("which_survey")} value={chosen || names[0]} change={choose} options={names.map((n) => [n, n])} />
          {shown.map((one) => (
            <section key={`${one.name} ${one.role}`}>
              <h3>
                {one.question} {one.role && `– ${word(one.role)}`}
              </h3>
              <Table
                caption={t("answered_by", { count: one.answered })}
                rows={one.answers}
                id={(row) => row.answer}
                columns={[
                  { head: t("answer"), cell: (row) => row.answer },
                  { head: t("people"), number: true, cell: (row) => row.count ?? "–" },
                  {
                    head: t("share"),
                    number: true,
                    cell: (row) =>
                      row.percent == null ? (
                        "–"
                      ) : (
                        <>
                          {number(row.percent, 1)} %{" "}
                          <Bar share={row.percent / 100} label={`${row.answer}: ${number(row.percent, 1)} %`} />
                        </>
                      ),
                  },
                ]}
              />
            </section>
          ))}
          <p className="quiet">{figures?.statement}</p>
        </>
      )}
    </Part>
  );
}
