/** The whole page, on a store of its own. */

import { render } from "@testing-library/react";
import { RelayEnvironmentProvider } from "react-relay";
import { App } from "../src/App.tsx";
import { createEnvironment } from "../src/relay/environment.ts";

export function openPage() {
  return render(
    <RelayEnvironmentProvider environment={createEnvironment()}>
      <App />
    </RelayEnvironmentProvider>,
  );
}
