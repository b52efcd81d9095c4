// Where everybody begins: what waits, offers, pairs, activities; for a team its programmes.
import { useQuery } from "urql";
import { Link } from "wouter";
import { StartDocument, type StartQuery } from "../../gql/graphql";
import { Faults, Loading, Nothing, Part, Screen } from "../../ui/screen";
import { Habits } from "../habits/habits";
import { useViewer, uuid } from "../../viewer";
import { useWords } from "../../words";

export function Start() {
  const { t } = useWords();
  const viewer = useViewer();
  const [answer] = useQuery({ query: StartDocument, pause: viewer.isAdministrator });
  const me = answer.data?.me;
  const worked = viewer.isAdministrator
    ? viewer.programmes
    : viewer.programmes.filter((one) => viewer.roles.some((held) => held.programmeId === uuid(one.id)));
  return (
    <Screen title={t("hello", { name: viewer.name })}>
      <Faults of={answer.error} />
      {worked.length > 0 && (
        <Part title={t("programmes")}>
          <ul className="cards">
            {worked.map((one) => (
              <li key={one.id}>
                <Link href={`/programmes/${uuid(one.id)}`}>{one.title}</Link>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {viewer.isAdministrator && (
        <Part title={t("organisation")}>
          <p>
            <Link href="/webhooks">{t("webhooks")}</Link>
          </p>
          <p>
            <Link href="/api-keys">{t("api_keys")}</Link>
          </p>
        </Part>
      )}
      {!viewer.isAdministrator && (me ? <Mine me={me} /> : <Loading />)}
    </Screen>
  );
}

function Mine({ me }: { me: StartQuery["me"] }) {
  const { t, word, date, time } = useWords();
  const viewer = useViewer();
  const offers = me.matches?.nodes ?? [];
  const waits = me.waitsForMe ?? [];
  const pairs = me.home?.relationships ?? [];
  const activities = me.home?.nextActivities ?? [];
  const applications = me.applications?.nodes ?? [];
  const programmes = new Set(pairs.map((pair) => pair.programmeId));
  return (
    <>
      {(offers.length > 0 || waits.length > 0) && (
        <Part title={t("waits_for_me")}>
          <ul className="cards">
            {offers.map((offer) => (
              <li key={offer.id}>
                <Link href={`/offers/${uuid(offer.id)}`}>
                  {t("offer_of", { name: (offer.mentorId === me.id ? offer.mentee : offer.mentor)?.name })}
                </Link>
                <span>{t("until", { date: date(offer.expiresAt) })}</span>
              </li>
            ))}
            {waits.map((one) => (
              <li key={one.what + one.id}>
                <Link href={`/pairs/${one.matchId}`}>{word(`waits_${one.what}`)}</Link>
                <span>{date(one.since)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {pairs.length > 0 && (
        <Part title={t("my_pairs")}>
          <ul className="cards">
            {pairs.map((pair) => (
              <li key={pair.id}>
                <Link href={`/pairs/${pair.matchId}`}>
                  {(pair.mentorId === me.id ? pair.mentee : pair.mentor)?.name ?? t("my_partner")}
                </Link>
                <span>{word(pair.state)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {programmes.size > 0 && (
        <Part title={t("next_activities")}>
          {activities.length === 0 && <Nothing />}
          <ul className="cards">
            {activities.map((activity) => (
              <li key={activity.id}>
                <Link href={`/activities/${activity.id}`}>{activity.title}</Link>
                <span>{time(activity.startsAt)}</span>
                {activity.registeredMyself && <span>{t("registered")}</span>}
              </li>
            ))}
          </ul>
          {[...programmes].map((id) => (
            <p key={id}>
              <Link href={`/programmes/${id}/activities`}>
                {t("all_activities", { programme: viewer.programmes.find((one) => uuid(one.id) === id)?.title })}
              </Link>{" "}
              <Link href={`/programmes/${id}/library`}>{t("library")}</Link>
            </p>
          ))}
        </Part>
      )}
      {programmes.size > 0 && <Habits programmes={programmes} />}
      {applications.length > 0 && (
        <Part title={t("my_applications")}>
          <ul className="cards">
            {applications.map((one) => (
              <li key={one.id}>
                <strong>{word(one.role)}</strong>
                <span>{word(one.state)}</span>
                <span>{date(one.submittedAt)}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={t("inbox")}>
        {me.notifications?.nodes.length ? (
          <ul className="cards">
            {me.notifications.nodes.map((one) => (
              <li key={one.id}>
                <strong>{one.title}</strong>
                <span>{date(one.createdAt)}</span>
              </li>
            ))}
          </ul>
        ) : (
          <Nothing />
        )}
      </Part>
    </>
  );
}
