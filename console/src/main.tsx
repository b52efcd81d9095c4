import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { App, Welcome } from "./app";
import { clientOf } from "./client";
import { Session } from "./session";
import "./style.css";
import { speak } from "./words";

const root = createRoot(document.getElementById("root")!);

async function start(): Promise<void> {
  await speak();
  try {
    const session = await Session.begin();
    root.render(
      <StrictMode>
        {session.signedIn ? (
          <Provider value={clientOf(session)}>
            <App session={session} />
          </Provider>
        ) : (
          <Welcome session={session} />
        )}
      </StrictMode>,
    );
  } catch (fault) {
    root.render(<Welcome fault={String(fault)} />);
  }
}

void start();
