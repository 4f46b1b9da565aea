/** Which page is shown. */

import { useMemo, useState } from "react";
import { filterOf, jobFilterOf } from "./filter.ts";
import { JobPage } from "./job/JobPage.tsx";
import { JobsPage } from "./jobs/JobsPage.tsx";
import { liveJobs } from "./jobs/live-jobs.ts";
import { NewJobPage } from "./new/NewJobPage.tsx";
import { useRoute } from "./route.ts";

export function App() {
  const route = useRoute();
  // The list is kept while another page is shown, to be there at once on the way back.
  const [search, setSearch] = useState("");
  if (route.page === "jobs" && route.search !== search) setSearch(route.search);
  const filter = useMemo(() => filterOf(search), [search]);
  const jobs = useMemo(() => liveJobs(jobFilterOf(filter)), [filter]);

  switch (route.page) {
    case "jobs":
      return <JobsPage jobs={jobs} filter={filter} />;
    case "job":
      return <JobPage key={route.id} id={route.id} />;
    case "new":
      return <NewJobPage />;
  }
}
