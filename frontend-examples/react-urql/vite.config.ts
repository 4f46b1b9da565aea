import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const proxy = {
  "/graphql": {
    target: process.env["JOBWIRE_URL"] ?? "http://127.0.0.1:8000",
    ws: true,
  },
};

export default defineConfig({
  base: "./",
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
  test: { environment: "jsdom" },
});
