// The frame of a programme's screens: its name, and the ways between them that somebody's rights open.
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useRights, useViewer, uuid } from "../viewer";
import { useWords } from "../words";
import { Screen } from "./screen";

export function ProgrammeScreen({
  programme,
  title,
  children,
}: {
  programme: string;
  title: string;
  children: ReactNode;
}) {
  const { t } = useWords();
  const may = useRights(programme);
  const [where] = useLocation();
  const viewer = useViewer();
  const name = viewer.programmes.find((one) => uuid(one.id) === programme)?.title;
  const base = `/programmes/${programme}`;
  const ways: [string, string, boolean][] = [
    [base, t("dashboard"), viewer.isAdministrator || viewer.roles.some((held) => held.programmeId === programme)],
    [`${base}/applications`, t("applications"), may("decide_applications")],
    [`${base}/matching`, t("matching"), may("match_people")],
    [`${base}/pairs`, t("pairs"), may("read_relationships")],
    [`${base}/activities`, t("activities"), true],
    [`${base}/library`, t("library"), true],
    [`${base}/surveys`, t("surveys"), may("run_evaluation")],
    [`${base}/listening`, t("listening"), may("interview") || may("run_evaluation")],
    [`${base}/people`, t("people_and_roles"), may("manage_programme") || may("decide_applications")],
    [`${base}/imports`, t("imports"), may("decide_applications")],
    [`${base}/blueprint`, t("blueprint"), may("manage_programme")],
    [`${base}/reports`, t("reports"), may("read_reports")],
  ];
  return (
    <Screen
      title={title}
      above={
        <nav aria-label={name ?? t("programme")} className="ways">
          <span className="programme">{name}</span>
          <ul>
            {ways
              .filter(([, , open]) => open)
              .map(([href, text]) => (
                <li key={href}>
                  <Link href={href} aria-current={href === where || (href !== base && where.startsWith(`${href}/`)) ? "page" : undefined}>
                    {text}
                  </Link>
                </li>
              ))}
          </ul>
        </nav>
      }
    >
      {children}
    </Screen>
  );
}
