/** Trigger.dev loads `init.ts` at the root of a folder of `dirs` before any task. */
import "./jobwire";
