/** What stands in the place of an empty list. */

interface Props {
  isFiltered: boolean;
  onClear: () => void;
}

export function NoJobs({ isFiltered, onClear }: Props) {
  return isFiltered ? (
    <div className="empty">
      <p>No job matches.</p>
      <button type="button" onClick={onClear}>
        Clear the filter
      </button>
    </div>
  ) : (
    <div className="empty">
      <p>No jobs yet.</p>
      <a href="#/new">Schedule the first one</a>
    </div>
  );
}
