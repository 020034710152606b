import assert from "node:assert/strict";
import { anchorOf, blocksOf } from "./runbook.ts";

Deno.test("anchorOf() makes the anchors that GitHub makes", () => {
  assert.equal(anchorOf("Cron jobs"), "cron-jobs");
  assert.equal(
    anchorOf("Immediate actions (the first 30 minutes)"),
    "immediate-actions-the-first-30-minutes",
  );
  assert.equal(anchorOf("SLOs"), "slos");
});

Deno.test("blocksOf() tells headings, words, lists, tables and commands apart", () => {
  const blocks = blocksOf([
    "# Runbook",
    "",
    "Read **this** and [that](x.md)",
    "twice.",
    "- one `a`",
    "  and more",
    "- two",
    "",
    "```sh",
    "deno task doctor",
    "# not a heading",
    "```",
    "| a | b |",
    "| - | - |",
  ].join("\n"));
  assert.deepEqual(blocks, [
    { kind: "heading", level: 1, id: "runbook", text: "Runbook" },
    { kind: "text", text: "Read this and that twice." },
    { kind: "list", items: ["one a and more", "two"] },
    { kind: "code", text: "deno task doctor\n# not a heading" },
    { kind: "table", text: "| a | b |\n| - | - |" },
  ]);
});

Deno.test("blocksOf() gives headings of the same name anchors of their own, as GitHub does", () => {
  const ids = blocksOf("## Mails\n### What to check\n## Jobs\n### What to check")
    .map((block) => block.kind === "heading" ? block.id : null);
  assert.deepEqual(ids, ["mails", "what-to-check", "jobs", "what-to-check-1"]);
});
