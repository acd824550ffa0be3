// Everything that a screen reader relies on: names, captions, scopes, levels of headings, identifiers.
const faults = [];
let checked = 0;
function demand(element, holds, fault) {
  checked++;
  if (!holds) {
    faults.push(`${fault}: ${element.outerHTML.slice(0, 120)}`);
  }
}
const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];

for (const svg of all("svg:not([aria-hidden])")) {
  demand(svg, svg.getAttribute("role") === "img", "a drawing without role=img");
  demand(svg, byId(svg.getAttribute("aria-labelledby"))?.textContent.length > 20, "a drawing without a name");
}
for (const table of all("table")) {
  demand(table, table.caption?.textContent.trim(), "a table without a caption");
  demand(table, [...table.tHead.rows].flatMap((r) => [...r.cells]).every((c) => c.tagName === "TD" || c.scope), "a header without a scope");
  demand(table, [...table.tBodies[0].rows].every((r) => r.cells[0].scope === "row"), "a row without a header");
}
for (const region of all("section, [role=region], nav, input")) {
  const label = region.getAttribute("aria-label") ?? byId(region.getAttribute("aria-labelledby"))?.textContent;
  demand(region, label || region.closest("label")?.textContent.trim(), "a region or field without a name");
}
let level = 0;
for (const heading of all("h1, h2, h3, h4, h5, h6")) {
  const next = Number(heading.tagName[1]);
  demand(heading, next <= level + 1, "a heading that skips a level");
  level = next;
}
demand(document.body, all("h1").length === 1 && all("main").length === 1, "one h1, one main");
const ids = all("[id]").map((e) => e.id);
demand(document.body, new Set(ids).size === ids.length, "a duplicate identifier");
for (const link of all("a[href^='#']")) {
  demand(link, byId(link.getAttribute("href").slice(1)), "a link without a target");
}
return { looked: checked, faults };
