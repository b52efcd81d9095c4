// A joiner is nominated, matched, completes, counts as an outcome and leaves: by the clients that openapi-generator makes
// of each service's document. Told by the environment: API, HR and TEAM (access tokens), PROGRAMME, COHORT, and a WORD
// that tells this run from others.

import java.net.http.HttpRequest;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import mentoring.applications.api.ApplicationsApi;
import mentoring.applications.api.NominationsApi;
import mentoring.applications.api.PeopleApi;
import mentoring.applications.model.Decision;
import mentoring.applications.model.NewApplication;
import mentoring.applications.model.NewLeaving;
import mentoring.applications.model.NewNomination;
import mentoring.applications.model.PairCourseView;
import mentoring.applications.model.PersonProvisioned;
import mentoring.applications.model.ProvisionedPerson;
import mentoring.applications.model.Proxy;
import mentoring.evaluation.api.OutcomesApi;
import mentoring.evaluation.model.NewHrOutcome;
import mentoring.matching.api.GroupsAndBuddiesApi;
import mentoring.matching.model.StandingRelationship;
import mentoring.matching.model.StandingRelationships;
import mentoring.matching.model.TakenOver;
import mentoring.sessions.api.RelationshipsApi;

public class Journey {
  private static final String WORD = told("WORD");
  private static final UUID PROGRAMME = UUID.fromString(told("PROGRAMME"));
  private static final UUID COHORT = UUID.fromString(told("COHORT"));

  public static void main(String[] none) throws Exception {
    PeopleApi people = new PeopleApi(applications("HR"));
    Map<NewApplication.RoleEnum, UUID> joined = new EnumMap<>(NewApplication.RoleEnum.class);
    for (NewApplication.RoleEnum role : NewApplication.RoleEnum.values()) {
      String number = WORD + "-" + role.getValue();
      ProvisionedPerson person =
          new ProvisionedPerson().name(role.getValue() + " " + WORD).email(number + "@hr.example.org");
      PersonProvisioned made = people.provisionPerson(number, person, null, null, null);
      holds(made.getId().equals(people.provisionPerson(number, person, null, null, null).getId()), "the same person");
      joined.put(role, made.getId());
    }
    UUID mentor = joined.get(NewApplication.RoleEnum.MENTOR);
    UUID mentee = joined.get(NewApplication.RoleEnum.MENTEE);

    NewNomination nominee = new NewNomination().role(NewNomination.RoleEnum.MENTEE).personId(mentee);
    var nominated = new NominationsApi(applications("HR")).nominatePerson(PROGRAMME, nominee, null);
    holds("endorsed".equals(String.valueOf(nominated.getState())), "nominated: " + nominated.getState());

    ApplicationsApi team = new ApplicationsApi(applications("TEAM"));
    for (NewApplication.RoleEnum role : NewApplication.RoleEnum.values()) {
      NewApplication applies = new NewApplication().role(role).cohortId(COHORT).answers(Map.of());
      applies.personId(joined.get(role)).proxy(new Proxy().reason("signed on paper"));
      UUID application = team.submitApplication(PROGRAMME, applies, null).getId();
      team.decideApplication(application, new Decision().decision(Decision.DecisionEnum.ACCEPT), null, null);
    }
    StandingRelationship pair = new StandingRelationship().leadId(mentor).memberIds(List.of(mentee));
    StandingRelationships standing =
        new StandingRelationships().relationships(List.of(pair.startsOn(LocalDate.of(2026, 1, 5))));
    GroupsAndBuddiesApi matching = new GroupsAndBuddiesApi(matching("TEAM"));
    TakenOver taken = onceThere(() -> matching.takeOverRelationships(COHORT, standing, null, null), found -> true);
    UUID match = taken.getMatches().get(0).getId();
    RelationshipsApi relationships = new RelationshipsApi(sessions("TEAM"));
    onceThere(() -> relationships.closeRelationship(match, null, null), found -> true);
    onceThere(
        () -> people.listPairs(PROGRAMME, null, null, null, null, null, null).getItems(),
        found -> found.stream().anyMatch(one -> isCompleted(one, match)));

    NewHrOutcome outcome = new NewHrOutcome().outcome(NewHrOutcome.OutcomeEnum.RETENTION);
    outcome.role(NewHrOutcome.RoleEnum.MENTEE).definition("still employed a year later").months(12).people(40);
    outcome.withOutcome(37).source("HR of " + WORD).measuredOn(LocalDate.of(2026, 6, 30));
    OutcomesApi outcomes = new OutcomesApi(evaluation("HR"));
    onceThere(() -> outcomes.recordHrOutcome(PROGRAMME, outcome, null), found -> found.getId() != null);

    NewLeaving leaving = new NewLeaving().lastDay(LocalDate.of(2026, 9, 30)).reason(NewLeaving.ReasonEnum.RETIRED);
    holds(people.recordLeaving(mentee, leaving, null, null).getLastDay() != null, "left");
    try {
      people.provisionPerson(WORD + "-nobody", new ProvisionedPerson().name("x").email("x"), null, null, null);
      throw new AssertionError("an address that is none was taken");
    } catch (mentoring.applications.ApiException refused) {
      holds(refused.getCode() == 422 && refused.getResponseBody().contains("invalid_request"), refused.getMessage());
    }
  }

  private static boolean isCompleted(PairCourseView pair, UUID match) {
    return pair.getId().equals(match) && "completed".equals(String.valueOf(pair.getState()));
  }

  /** What the services tell each other by events is there a moment later. */
  private static <T> T onceThere(Callable<T> ask, Predicate<T> found) throws Exception {
    Exception last = new IllegalStateException("it did not come");
    for (int turn = 0; turn < 300; turn++) {
      try {
        T answer = ask.call();
        if (found.test(answer)) {
          return answer;
        }
      } catch (Exception refused) {
        last = refused;
      }
      Thread.sleep(100);
    }
    throw last;
  }

  private static void holds(boolean so, String said) {
    if (!so) {
      throw new AssertionError(said);
    }
  }

  private static String told(String name) {
    String value = System.getenv(name);
    holds(value != null, name + " is not told");
    return value;
  }

  private static Consumer<HttpRequest.Builder> as(String token) {
    String header = "Bearer " + told(token);
    return request -> request.header("Authorization", header);
  }

  private static mentoring.applications.ApiClient applications(String token) {
    var client = new mentoring.applications.ApiClient().setRequestInterceptor(as(token));
    client.updateBaseUri(told("API") + "/applications");
    return client;
  }

  private static mentoring.matching.ApiClient matching(String token) {
    var client = new mentoring.matching.ApiClient().setRequestInterceptor(as(token));
    client.updateBaseUri(told("API") + "/matching");
    return client;
  }

  private static mentoring.sessions.ApiClient sessions(String token) {
    var client = new mentoring.sessions.ApiClient().setRequestInterceptor(as(token));
    client.updateBaseUri(told("API") + "/sessions");
    return client;
  }

  private static mentoring.evaluation.ApiClient evaluation(String token) {
    var client = new mentoring.evaluation.ApiClient().setRequestInterceptor(as(token));
    client.updateBaseUri(told("API") + "/evaluation");
    return client;
  }
}
