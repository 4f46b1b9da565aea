// The official graphql-ws server over ws, with a pubsub in memory: nothing but a fan-out.
import { createServer } from "node:http";
import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const subscribers = new Set();

function publish(job) {
  for (const subscriber of subscribers) subscriber(job);
}

/** What is published from now on; it ends with its reader. */
function published() {
  const waiting = [];
  let wake = null;
  const take = (job) => {
    if (wake) {
      wake({ value: job, done: false });
      wake = null;
    } else {
      waiting.push(job);
    }
  };
  subscribers.add(take);
  return {
    next: () =>
      waiting.length
        ? Promise.resolve({ value: waiting.shift(), done: false })
        : new Promise((resolve) => (wake = resolve)),
    return: () => {
      subscribers.delete(take);
      wake?.({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const required = (type) => ({ type: new GraphQLNonNull(type) });
const Job = new GraphQLObjectType({
  name: "Job",
  fields: {
    id: required(GraphQLID),
    version: required(GraphQLInt),
    tag: required(GraphQLString),
    type: required(GraphQLString),
    status: required(GraphQLString),
    isTerminal: required(GraphQLBoolean),
    attemptCount: required(GraphQLInt),
    createdAt: required(GraphQLString),
  },
});
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: "Query", fields: { ok: { type: GraphQLBoolean } } }),
  subscription: new GraphQLObjectType({
    name: "Subscription",
    fields: {
      jobs: { type: Job, subscribe: published, resolve: (job) => job },
    },
  }),
});

const http = createServer((request, response) => {
  const count = Number(new URL(request.url, "http://localhost").searchParams.get("count"));
  for (let number = 0; number < count; number += 1) {
    publish({
      id: `job_${number.toString().padStart(26, "0")}`,
      version: 1,
      tag: `at-${(performance.timeOrigin + performance.now()).toFixed(3)}`,
      type: "no-op",
      status: "QUEUED",
      isTerminal: false,
      attemptCount: 0,
      createdAt: new Date().toISOString(),
    });
  }
  response.end();
});
useServer({ schema }, new WebSocketServer({ server: http, path: "/graphql" }));
http.listen(Number(process.argv[2]), "127.0.0.1", 2048, () => console.log("ready"));
