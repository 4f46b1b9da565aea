export function NoSuchJob() {
  return (
    <div className="empty">
      <h1>There is no such job.</h1>
      <a href="#/">All jobs</a>
    </div>
  );
}
