/** A Jobwire that keeps what the hooks post to it. */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { after, beforeEach } from "node:test";

export interface Posted {
  id: string;
  type: string;
  run: { id: string; attempt: number; tags: string[] };
  output?: unknown;
  error?: { name: string; message: string; stackTrace?: string };
  progress?: { fraction: number | null; message?: string };
  logs?: {
    at: string;
    level: string;
    message: string;
    fields?: Record<string, unknown>;
    dropped?: number;
  }[];
}

export const SECRET = "a secret of the tests";

/** The events that have come, and each request as it was. */
export const posted: Posted[] = [];
export const requests: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
/** What is answered. */
export const answer: { status: number; isGiven: boolean } = {
  status: 200,
  isGiven: true,
};

const server = createServer(async (request, response) => {
  const body = await text(request);
  requests.push({ headers: request.headers, body });
  posted.push(JSON.parse(body));
  if (answer.isGiven) response.writeHead(answer.status).end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;

beforeEach(() => {
  process.env.JOBWIRE_WEBHOOK_URL = `http://127.0.0.1:${port}/api/trigger/webhook`;
  process.env.TRIGGER_WEBHOOK_SECRET = SECRET;
  Object.assign(answer, { status: 200, isGiven: true });
  posted.length = 0;
  requests.length = 0;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

export function told(): string[] {
  return posted.map((event) => event.type);
}
