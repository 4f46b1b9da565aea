import react from "@vitejs/plugin-react";
import { withFilter } from "vite";
import relay from "vite-plugin-relay";
import { defineConfig } from "vitest/config";

const proxy = {
  "/graphql": {
    target: process.env["JOBWIRE_URL"] ?? "http://127.0.0.1:8000",
    ws: true,
  },
};

export default defineConfig({
  base: "./",
  plugins: [withFilter(relay, { transform: { id: /\/src\// } }), react()],
  server: { proxy },
  preview: { proxy },
  // Relay and React DOM are most of it.
  build: { chunkSizeWarningLimit: 600 },
  test: { environment: "jsdom", testTimeout: 30_000 },
});
