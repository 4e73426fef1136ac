/** What the operator records of a processor: read whole, or every fault told at once. */
import { expect, test } from "vitest";
import { CONTRACT_CONTENTS, NO_FACTS, readFacts } from "../../../src/engine/processor/facts.ts";
import { keyFromSeed } from "../../../src/engine/processor/sign.ts";

const KEY = keyFromSeed(new Uint8Array(32).fill(3)).publicKey;

test("nothing recorded is nothing", () => {
  expect(readFacts("{}")).toEqual(NO_FACTS);
});

test("a whole document is read as it stands", () => {
  const contract = { document: "17", signed_on: "2026-11-02", contents: CONTRACT_CONTENTS };
  const sub = { name: "Example Relay", work: "delivery", country: "IE" };
  const consent = { document: "18", on: "2026-11-20" };
  const document = {
    contract,
    carrier: { kind: "https", url: "https://pay.example/orders", key: KEY },
    identity: "Example Pay",
    people_told_on: "2026-11-10",
    people_posted_on: "2026-10-01",
    sub_processors: [{ ...sub, consent }, sub],
  };
  expect(readFacts(JSON.stringify(document))).toEqual({
    contract: { document: "17", signedOn: "2026-11-02", contents: CONTRACT_CONTENTS },
    carrier: document.carrier,
    identity: "Example Pay",
    peopleToldOn: "2026-11-10",
    peoplePostedOn: "2026-10-01",
    subProcessors: [
      { ...sub, consent },
      { ...sub, consent: null },
    ],
  });
});

test.each([
  ["no JSON", "carrier: manual", ["a JSON object"]],
  ["too large", JSON.stringify({ identity: "x".repeat(17_000) }), ["a JSON object"]],
  ["a key that means nothing", '{"price": 1}', ["price means nothing here"]],
  ["an unknown carrier", '{"carrier": {"kind": "pigeon"}}', ["carrier.kind"]],
  [
    "an address without TLS, and no key",
    '{"carrier": {"kind": "https", "url": "http://pay.example/"}}',
    ["carrier.url"],
  ],
  ["a day there is not", '{"people_told_on": "2026-02-30"}', ["people_told_on is a day"]],
  ["sub-processors that are no list", '{"sub_processors": {}}', ["sub_processors is a list"]],
  ["a sub-processor that is none", '{"sub_processors": [1]}', ["sub_processors.0 is an object"]],
  [
    "a sub-processor without work, with half a consent",
    '{"sub_processors": [{"name": "x", "country": "IE", "consent": {"on": "2026-11-20"}}]}',
    ["sub_processors.0.consent has a document", "sub_processors.0 has a name"],
  ],
  [
    "two faults at once",
    '{"contract": {"document": "17"}, "identity": 7}',
    ["contract.contents", "contract.signed_on is needed", "identity is a text"],
  ],
])("%s is refused, with every fault", (_what, text, says) => {
  const error = (() => {
    try {
      return readFacts(text);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: "ERR_USAGE" });
  for (const each of says) expect(String(error)).toContain(each);
});
