/** Which page is shown. */

import { useApolloClient } from "@apollo/client/react";
import { useMemo, useState } from "react";
import { filterOf, jobFilterOf } from "./filter.ts";
import { JobList } from "./jobs/job-list.ts";
import { JobPage } from "./pages/JobPage.tsx";
import { JobsPage } from "./pages/JobsPage.tsx";
import { NewJobPage } from "./pages/NewJobPage.tsx";
import { useRoute } from "./route.ts";

export function App() {
  const client = useApolloClient();
  const route = useRoute();
  // The list is kept while another page is shown: who comes back finds it as long as it was.
  const [search, setSearch] = useState("");
  if (route.page === "jobs" && route.search !== search) setSearch(route.search);
  const filter = useMemo(() => filterOf(search), [search]);
  const list = useMemo(
    () => new JobList(client, jobFilterOf(filter)),
    [client, filter],
  );

  switch (route.page) {
    case "jobs":
      return <JobsPage filter={filter} list={list} />;
    case "job":
      return <JobPage key={route.id} id={route.id} />;
    case "new":
      return <NewJobPage />;
  }
}
