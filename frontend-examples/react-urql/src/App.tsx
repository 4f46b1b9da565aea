/** Which page is shown. */

import { useMemo, useState } from "react";
import { useClient } from "urql";
import { filterOf } from "./filter.ts";
import { JobPage } from "./jobs/JobPage.tsx";
import { JobsPage } from "./jobs/JobsPage.tsx";
import { createLiveJobs } from "./jobs/live-jobs.ts";
import { NewJobPage } from "./jobs/NewJobPage.tsx";
import { useRoute } from "./route.ts";

export function App() {
  const client = useClient();
  const route = useRoute();
  // The list is kept while another page is shown, to be there at once on the way back.
  const [search, setSearch] = useState("");
  if (route.page === "jobs" && route.search !== search) setSearch(route.search);
  const filter = useMemo(() => filterOf(search), [search]);
  const jobs = useMemo(() => createLiveJobs(client, filter), [client, filter]);

  switch (route.page) {
    case "jobs":
      return <JobsPage jobs={jobs} filter={filter} />;
    case "job":
      return <JobPage key={route.id} id={route.id} />;
    case "new":
      return <NewJobPage />;
  }
}
