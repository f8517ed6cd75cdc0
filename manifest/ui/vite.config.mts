import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The server fills in where Connect's script lies; other builds stand elsewhere. */
function connectScript(): Plugin {
  return {
    name: "connect-script",
    apply: (_, { mode }) => mode !== "production",
    transformIndexHtml: (html) => html.replace(/<script[^>]*connectScript[^>]*><\/script>/, ""),
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [react(), connectScript()],
  // The pages lie under /connect/, on whatever host and path the server has.
  base: "./",
  // Atlaskit's own build for browsers of today: smaller than the one for old ones.
  resolve: {
    mainFields: ["module:es2019", "browser", "module"],
    alias: { "@atlaskit/feature-gate-js-client/feature-gates": resolve(import.meta.dirname, "src/gates.ts") },
  },
  build: {
    outDir: mode === "forge" ? "dist-forge" : "dist",
    target: "es2022",
    // Nothing inline: the policy of the page allows no `data:` scripts, fonts or pictures.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: ["admin.html", "panel.html"],
      // Installed for the Forge build alone; see README.md.
      external: mode === "forge" ? [] : ["@forge/bridge"],
    },
  },
  test: { include: ["src/**/*.test.ts"] },
}));
