// Copies the browser libraries from node_modules (npm ci --ignore-scripts) into static/, once per
// version, so that neither the server nor a developer's machine needs Node. What it writes is
// committed, and static/vendor/SHA384SUMS lets anyone check it:
//   cd static/vendor && sha384sum --check SHA384SUMS
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const vendor = join(root, "static/vendor");
const written = [];

function put(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  written.push(path);
}

function copy(from, to) {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  cpSync(join(modules, from), join(root, to));
  written.push(join(root, to));
}

rmSync(vendor, { recursive: true, force: true });

// Bootstrap: our own choice of its parts, with our tokens as its variables. The map is kept
// because the manifest storage follows the sourceMappingURL comment.
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;
const css = sass.compile(join(root, "tools/bootstrap.scss"), {
  loadPaths: [modules],
  style: "compressed",
  sourceMap: true,
  sourceMapIncludeSources: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  quietDeps: true,
});
const map = css.sourceMap;
map.sources = map.sources.map((source) => relative(root, fileURLToPath(source)));
const banner =
  `/*! Bootstrap v${version("bootstrap")} (https://getbootstrap.com/), MIT; ` +
  "parts chosen in tools/bootstrap.scss */";
put(
  join(vendor, "bootstrap/bootstrap.css"),
  `${css.css}\n${banner}\n/*# sourceMappingURL=bootstrap.css.map */\n`,
);
put(join(vendor, "bootstrap/bootstrap.css.map"), `${JSON.stringify(map)}\n`);
copy("bootstrap/LICENSE", "static/vendor/bootstrap/LICENSE");

copy("htmx.org/dist/htmx.min.js", "static/vendor/htmx/htmx.min.js");
copy("htmx.org/LICENSE", "static/vendor/htmx/LICENSE");

// The drawing of mind maps, as a plain script: its global is MindElixir.default.
copy("mind-elixir/dist/MindElixir.iife.js", "static/vendor/mind-elixir/MindElixir.iife.js");
copy("mind-elixir/dist/MindElixir.css", "static/vendor/mind-elixir/MindElixir.css");
copy("mind-elixir/LICENSE", "static/vendor/mind-elixir/LICENSE");

for (const weight of [400, 600, 700]) {
  for (const subset of ["thai", "latin"]) {
    const name = `sarabun-${subset}-${weight}-normal.woff2`;
    copy(`@fontsource/sarabun/files/${name}`, `static/vendor/sarabun/${name}`);
  }
}
copy("@fontsource/sarabun/LICENSE", "static/vendor/sarabun/LICENSE");

// One sprite: the Lucide icons of the design, the strokes of the urgency stamp, and the mark.
const ICONS = `
  house inbox book-open users menu search bell chevron-down chevron-left arrow-right mail mail-open
  stamp circle-check check clock clock-alert calendar-clock undo-2 reply send pen-line megaphone phone
  message-circle message-circle-question-mark file-text file-spreadsheet paperclip download printer
  camera image school network list-checks ear lightbulb bookmark refresh-cw plus x ellipsis eye lock
  shield-check key-round id-card circle-alert info
`.trim().split(/\s+/);
const OWN = {
  mark: ["0 0 28 24", '<path d="M3 4.5h22M3 12c4-4 7-3.6 11-.6s7 3.2 11-.4M3 19.5h12" stroke-width="3"/>'],
  "stroke-1": ["0 0 4 14", '<path d="M2 .5v13" stroke-width="2.7" stroke-linecap="butt"/>'],
  "stroke-2": ["0 0 9 14", '<path d="M2 .5v13M7 .5v13" stroke-width="2.7" stroke-linecap="butt"/>'],
  "stroke-3": ["0 0 14 14", '<path d="M2 .5v13M7 .5v13M12 .5v13" stroke-width="2.7" stroke-linecap="butt"/>'],
};
const pen =
  'fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"';
const symbols = ICONS.map((name) => {
  const svg = readFileSync(join(modules, `lucide-static/icons/${name}.svg`), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.indexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24" ${pen}>${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
});
for (const [name, [box, shapes]] of Object.entries(OWN)) {
  symbols.push(`<symbol id="${name}" viewBox="${box}" ${pen}>${shapes}</symbol>`);
}
put(
  join(root, "static/icons/sprite.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n` +
    `<!-- Lucide ${version("lucide-static")} (ISC licence, https://lucide.dev); mark and strokes: the portal's own -->\n` +
    `${symbols.join("\n")}\n</svg>\n`,
);
copy("lucide-static/LICENSE", "static/vendor/lucide/LICENSE");

// Only for the tests: the accessibility rules which the browser tests run on every page.
copy("axe-core/axe.min.js", "tests/vendor/axe.min.js");

const sums = written
  .map((path) => {
    const hash = createHash("sha384").update(readFileSync(path)).digest("hex");
    return `${hash}  ${relative(vendor, path)}`;
  })
  .sort((a, b) => (a.slice(98) < b.slice(98) ? -1 : 1));
writeFileSync(join(vendor, "SHA384SUMS"), `${sums.join("\n")}\n`);
