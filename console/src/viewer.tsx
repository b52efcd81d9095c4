// Whoever looks at the screens: what they may is decided by the services, this only leaves out what would be refused.
import { createContext, use } from "react";
import type { ProgrammesQuery, WhoQuery } from "./gql/graphql";

export interface Viewing {
  id: string | undefined;
  name: string;
  roles: NonNullable<WhoQuery["me"]["roles"]>;
  programmes: NonNullable<ProgrammesQuery["programmes"]>["nodes"];
  isAdministrator: boolean;
  /** A file that an answer names by its address, which takes the token of whoever is signed in; false: refused. */
  save: (address: string, name: string) => Promise<boolean>;
}

const Context = createContext<Viewing | null>(null);

export const Viewer = Context.Provider;

export function useViewer(): Viewing {
  const viewer = use(Context);
  if (!viewer) throw new Error("a screen stands outside of its frame");
  return viewer;
}

/** The UUID of a global id: what addresses of screens have. */
export function uuid(id: string): string {
  return id.slice(id.indexOf(":") + 1);
}

/** What somebody may do in a programme; an administrator, everything. */
export function useRights(programme: string): (right: string) => boolean {
  const viewer = useViewer();
  return (right) =>
    viewer.isAdministrator ||
    viewer.roles.some((held) => held.programmeId === programme && held.rights.includes(right));
}
