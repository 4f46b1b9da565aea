"""The executors: where jobs run, what each of them can do, and how it fares."""
