import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// What `mentoring up` serves is in the gateway's package, so that a machine without Node shows it.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../services/gateway/src/mentoring_gateway/built_console",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
  },
  // `npm run dev` works on a running system: MENTORING=http://127.0.0.1:… npm run dev
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/dev", "/installation.json"].map((path) => [
        path,
        {
          target: process.env.MENTORING,
          rewrite: (asked: string) => asked.replace(/^\/installation/, "/console/installation"),
        },
      ]),
    ),
  },
});
