// A file that is kept by a click, where it stands behind the token of whoever is signed in.
import { useState } from "react";
import { useViewer } from "../viewer";
import { useWords } from "../words";
import { Button } from "./act";

export function Save({ address, name, children }: { address: string; name: string; children: string }) {
  const { t } = useWords();
  const { save } = useViewer();
  const [state, setState] = useState<"idle" | "busy" | "refused">("idle");
  async function keep(): Promise<void> {
    setState("busy");
    setState((await save(address, name)) ? "idle" : "refused");
  }
  return (
    <span>
      <Button className="plain" busy={state === "busy"} onClick={() => void keep()}>
        {children}
      </Button>
      {state === "refused" && (
        <span role="alert" className="refusal">
          {t("no_such_file")}
        </span>
      )}
    </span>
  );
}
