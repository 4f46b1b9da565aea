import { defineConfig } from "vite";

const proxy = { "/graphql": { target: "http://127.0.0.1:8000", ws: true } };

export default defineConfig({ server: { proxy }, preview: { proxy } });
