/** The list of custodians: what it says, and what is wrong with it, by line or field. */
import { expect, test } from "vitest";

import { parseCustodians } from "../../src/cli/read-custodians.ts";

const AT = { file: "c.json", folder: "/etc/jikim" };
const THREE = [
  { name: "archive room", socket: "/run/a/s" },
  { name: "기억", socket: "m/s" },
  { name: "own-disk.2", root: "share" },
];
const change = (i: number, fields: object): string =>
  JSON.stringify({ custodians: THREE.map((each, at) => (at === i ? fields : each)) });

test("three custodians, by socket or slot file, with paths from the document's folder", () => {
  expect(parseCustodians(JSON.stringify({ custodians: THREE }), AT)).toEqual([
    { name: "archive room", kind: "socket", path: "/run/a/s" },
    { name: "기억", kind: "socket", path: "/etc/jikim/m/s" },
    { name: "own-disk.2", kind: "root", path: "/etc/jikim/share" },
  ]);
});

test.each([
  ['{ "custodians": [\n  { "name": "a" },\n  { "name" "b" }\n] }', "c.json:3 is not JSON"],
  ['{ "custodians": [\n  { "name": "a" },\n] }', "c.json is not JSON"],
  ["", "c.json is not JSON"],
  ["[]", "c.json: the document is an object"],
  ['{ "custodian": [] }', "c.json: custodian is no field here"],
  ["{}", "c.json: custodians is a list of three: any two of them have the root"],
  [
    JSON.stringify({ custodians: THREE.slice(1) }),
    "c.json: custodians is a list of three: any two of them have the root",
  ],
  [change(1, {}), "c.json: custodians[1].name is up to 64 letters"],
  [change(1, { name: " x", socket: "s" }), "c.json: custodians[1].name is up to 64"],
  [change(1, { name: "x\u001b[31m", socket: "s" }), "c.json: custodians[1].name is up to 64"],
  [change(1, { name: "x".repeat(65), socket: "s" }), "c.json: custodians[1].name is up to 64"],
  [change(2, { name: "x" }), "c.json: custodians[2] has either a socket or a root"],
  [
    change(2, { name: "x", socket: "a", root: "b" }),
    "c.json: custodians[2] has either a socket or a root",
  ],
  [change(2, { name: "x", root: "" }), "c.json: custodians[2].root is a path"],
  [change(2, { name: "x", sockett: "a" }), "c.json: custodians[2].sockett is no field here"],
  [
    JSON.stringify({ custodians: [...THREE.slice(0, 2), "x"] }),
    "c.json: custodians[2] is an object",
  ],
  [
    change(2, { name: "archive room", root: "b" }),
    "c.json: custodians[2].name is another custodian's too",
  ],
  [
    change(1, { name: "x", socket: "/run/a/../a/s" }),
    "c.json: custodians[1] lies where another one does",
  ],
])("%j is refused", (text, says) => {
  let told = "";
  try {
    parseCustodians(text, AT);
  } catch (error) {
    told = String(error);
  }
  expect(told).toContain(says);
});
