// Signing in with the installation's identity provider: authorisation code with PKCE, refresh, and its end.
import * as oauth from "oauth4webapi";

const SCOPES = [
  "organisation:admin",
  ...["applications", "matching", "sessions", "evaluation", "integrations"].flatMap((name) => [
    `${name}:read`,
    `${name}:write`,
  ]),
];
// A tab is signed in by itself, and for as long as it is open. Access tokens are not kept beyond the page.
const KEPT = "mentoring.session";
const ASKED = "mentoring.asked";
const EARLY_MS = 30_000;

interface Installation {
  issuer: string;
  clientId: string;
}

interface Asked {
  verifier: string;
  state: string;
  route: string;
}

export class Session {
  scopes: ReadonlySet<string> = new Set();
  private access = "";
  private until = 0;
  private renewing: Promise<void> | undefined;

  private constructor(
    private readonly server: oauth.AuthorizationServer,
    private readonly client: oauth.Client,
  ) {}

  /** What this installation signs people in with; the person is signed in if the tab was, or comes from there. */
  static async begin(): Promise<Session> {
    const installation = (await (await fetch("installation.json")).json()) as Installation;
    const issuer = new URL(installation.issuer);
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure(issuer)),
    );
    const session = new Session(server, { client_id: installation.clientId });
    const said = new URLSearchParams(location.search);
    if (said.has("state")) await session.finish();
    else if (said.has("login_hint")) await session.signIn(said.get("login_hint") ?? undefined);
    else if (sessionStorage.getItem(KEPT)) await session.renew().catch(() => session.forget());
    return session;
  }

  get signedIn(): boolean {
    return this.access !== "";
  }

  get isAdministrator(): boolean {
    return this.scopes.has("organisation:admin");
  }

  /** Leave for the identity provider, which is told whom a link was for (login_hint of OpenID Connect). */
  async signIn(whom?: string): Promise<void> {
    this.forget();
    const asked: Asked = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      route: location.hash,
    };
    sessionStorage.setItem(ASKED, JSON.stringify(asked));
    const there = new URL(this.server.authorization_endpoint ?? "");
    there.search = new URLSearchParams({
      client_id: this.client.client_id,
      redirect_uri: here(),
      response_type: "code",
      scope: SCOPES.join(" "),
      state: asked.state,
      code_challenge: await oauth.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: "S256",
      ...(whom && { login_hint: whom }),
    }).toString();
    location.assign(there);
  }

  /** End the session here and, as far as it offers that, at the identity provider. */
  async signOut(): Promise<void> {
    const refresh = sessionStorage.getItem(KEPT);
    this.forget();
    if (refresh && this.server.revocation_endpoint) {
      await oauth
        .revocationRequest(this.server, this.client, oauth.None(), refresh, this.insecure)
        .catch(() => undefined);
    }
    if (this.server.end_session_endpoint) {
      const there = new URL(this.server.end_session_endpoint);
      there.searchParams.set("client_id", this.client.client_id);
      there.searchParams.set("post_logout_redirect_uri", here());
      location.assign(there);
    } else location.assign(here());
  }

  /** An access token that is valid for a moment longer. */
  async token(): Promise<string> {
    if (this.signedIn && Date.now() > this.until - EARLY_MS) {
      this.renewing ??= this.renew().finally(() => (this.renewing = undefined));
      await this.renewing;
    }
    return this.access;
  }

  /** Somebody comes back from the identity provider with a code. */
  private async finish(): Promise<void> {
    const asked = JSON.parse(sessionStorage.getItem(ASKED) ?? "{}") as Partial<Asked>;
    const address = new URL(location.href);
    sessionStorage.removeItem(ASKED);
    history.replaceState(null, "", here() + (asked.route ?? ""));
    if (!asked.verifier || !asked.state) return;
    const parameters = oauth.validateAuthResponse(this.server, this.client, address, asked.state);
    const answer = await oauth.authorizationCodeGrantRequest(
      this.server,
      this.client,
      oauth.None(),
      parameters,
      here(),
      asked.verifier,
      this.insecure,
    );
    this.take(await oauth.processAuthorizationCodeResponse(this.server, this.client, answer));
  }

  private async renew(): Promise<void> {
    const refresh = sessionStorage.getItem(KEPT) ?? "";
    const answer = await oauth.refreshTokenGrantRequest(
      this.server,
      this.client,
      oauth.None(),
      refresh,
      this.insecure,
    );
    this.take(await oauth.processRefreshTokenResponse(this.server, this.client, answer));
  }

  private take(tokens: oauth.TokenEndpointResponse): void {
    this.access = tokens.access_token;
    this.until = Date.now() + (tokens.expires_in ?? 300) * 1000;
    this.scopes = new Set((tokens.scope ?? "").split(" "));
    if (tokens.refresh_token) sessionStorage.setItem(KEPT, tokens.refresh_token);
  }

  private forget(): void {
    sessionStorage.removeItem(KEPT);
    this.access = "";
  }

  private get insecure() {
    return insecure(new URL(this.server.issuer));
  }
}

/** The console's own address, without what follows. */
function here(): string {
  return location.origin + location.pathname;
}

/** A provider on this machine may do without TLS. */
function insecure(issuer: URL) {
  return { [oauth.allowInsecureRequests]: ["127.0.0.1", "localhost"].includes(issuer.hostname) };
}
