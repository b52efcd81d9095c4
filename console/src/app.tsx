// The frame of every screen: who is signed in, where one can go, and the screen itself.
import { useQuery } from "urql";
import { Link, Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { ProgrammesDocument, WhoDocument } from "./gql/graphql";
import { Activities } from "./screens/activities/activities";
import { Activity } from "./screens/activities/activity";
import { Blueprint } from "./screens/blueprint/blueprint";
import { Closing } from "./screens/closing/closing";
import { Dashboard } from "./screens/dashboard/dashboard";
import { Application } from "./screens/applications/application";
import { Applications } from "./screens/applications/applications";
import { Import } from "./screens/imports/import";
import { Imports } from "./screens/imports/imports";
import { Keys } from "./screens/keys/keys";
import { Library } from "./screens/library/library";
import { Resource } from "./screens/library/resource";
import { FocusGroup } from "./screens/listening/group";
import { Listening } from "./screens/listening/listening";
import { Matching } from "./screens/matching/matching";
import { Run } from "./screens/matching/run";
import { Offer } from "./screens/offers/offer";
import { Pair } from "./screens/pair/pair";
import { Pairs } from "./screens/pairs/pairs";
import { Policy } from "./screens/policy/policy";
import { People } from "./screens/people/people";
import { Report } from "./screens/reports/report";
import { Reports } from "./screens/reports/reports";
import { Start } from "./screens/start/start";
import { Surveys } from "./screens/surveys/surveys";
import { Webhook } from "./screens/webhooks/webhook";
import { Webhooks } from "./screens/webhooks/webhooks";
import { WhatIf } from "./screens/whatif/whatif";
import type { Session } from "./session";
import { Button } from "./ui/act";
import { Faults, Loading, Screen } from "./ui/screen";
import { LANGUAGES, choose, language, useWords } from "./words";
import { save } from "./client";
import { Viewer } from "./viewer";

export function App({ session }: { session: Session }) {
  const { t } = useWords();
  const [who] = useQuery({ query: WhoDocument, pause: session.isAdministrator });
  const [programmes] = useQuery({ query: ProgrammesDocument });
  const loading = (who.fetching && !who.data) || (programmes.fetching && !programmes.data);
  const me = who.data?.me;
  const viewer = {
    id: me?.id,
    name: me?.person?.name ?? (session.isAdministrator ? t("administrator") : ""),
    roles: me?.roles ?? [],
    programmes: programmes.data?.programmes?.nodes ?? [],
    isAdministrator: session.isAdministrator,
    save: (address: string, name: string) => save(session, address, name),
  };
  return (
    <Router hook={useHashLocation}>
      <Viewer value={viewer}>
        <a className="skip" href="#main" onClick={toMain}>
          {t("skip")}
        </a>
        <header>
          <Link href="/" className="brand">
            {t("mentoring")}
          </Link>
          <span className="who">{viewer.name}</span>
          <Language />
          <Button onClick={() => void session.signOut()}>{t("sign_out")}</Button>
        </header>
        <main id="main" tabIndex={-1}>
          <Faults of={who.error ?? programmes.error} />
          {loading ? (
            <Loading />
          ) : (
            <Switch>
              <Route path="/" component={Start} />
              <Route path="/programmes/:programme">{({ programme }) => <Dashboard programme={programme} />}</Route>
              <Route path="/programmes/:programme/applications">
                {({ programme }) => <Applications programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/matching">
                {({ programme }) => <Matching programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/policy">{({ programme }) => <Policy programme={programme} />}</Route>
              <Route path="/cohorts/:id/what-if">{({ id }) => <WhatIf cohort={id} />}</Route>
              <Route path="/programmes/:programme/pairs/:kind?">
                {({ programme, kind }) => <Pairs programme={programme} kind={kind} key={kind} />}
              </Route>
              <Route path="/programmes/:programme/activities">
                {({ programme }) => <Activities programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/surveys">
                {({ programme }) => <Surveys programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/reports">
                {({ programme }) => <Reports programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/people">
                {({ programme }) => <People programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/imports">
                {({ programme }) => <Imports programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/blueprint">
                {({ programme }) => <Blueprint programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/library">
                {({ programme }) => <Library programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/listening">
                {({ programme }) => <Listening programme={programme} />}
              </Route>
              <Route path="/programmes/:programme/closing">
                {({ programme }) => <Closing programme={programme} />}
              </Route>
              <Route path="/resources/:id">{({ id }) => <Resource id={id} />}</Route>
              <Route path="/focus-groups/:id">{({ id }) => <FocusGroup id={id} />}</Route>
              <Route path="/imports/:id">{({ id }) => <Import id={id} />}</Route>
              <Route path="/api-keys" component={Keys} />
              <Route path="/webhooks" component={Webhooks} />
              <Route path="/webhooks/:id">{({ id }) => <Webhook id={id} />}</Route>
              <Route path="/runs/:id">{({ id }) => <Run id={id} />}</Route>
              <Route path="/reports/:id">{({ id }) => <Report id={id} />}</Route>
              <Route path="/applications/:id">{({ id }) => <Application id={id} />}</Route>
              <Route path="/activities/:id">{({ id }) => <Activity id={id} />}</Route>
              <Route path="/offers/:id">{({ id }) => <Offer id={id} />}</Route>
              <Route path="/pairs/:id">{({ id }) => <Pair id={id} />}</Route>
              <Route>
                <Screen title={t("not_found")}>
                  <Link href="/">{t("home")}</Link>
                </Screen>
              </Route>
            </Switch>
          )}
        </main>
      </Viewer>
    </Router>
  );
}

/** The page of who is not signed in, or of an installation that cannot sign people in. */
export function Welcome({ session, fault }: { session?: Session; fault?: string }) {
  const { t } = useWords();
  return (
    <>
      <header>
        <span className="brand">{t("mentoring")}</span>
        <Language />
      </header>
      <main>
        <Screen title={t("welcome")}>
          <p>{t("welcome_text")}</p>
          {session && <Button onClick={() => void session.signIn()}>{t("sign_in")}</Button>}
          {fault && (
            <div role="alert" className="fault">
              <p>{t("no_sign_in")}</p>
              <code>{fault}</code>
            </div>
          )}
        </Screen>
      </main>
    </>
  );
}

function Language() {
  const { t } = useWords();
  return (
    <select aria-label={t("language")} value={language()} onChange={(event) => void choose(event.target.value)}>
      {Object.entries(LANGUAGES).map(([id, name]) => (
        <option key={id} value={id} lang={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** The address is the route, so the link to the page's main part moves the focus by itself. */
function toMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
