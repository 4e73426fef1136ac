/**
 * Reader of occasions. An occasion with `same_as` takes over whatever it does not say itself, and
 * `all` stands for every item the occasion takes; both are filled in here, once.
 */
import type { Declared, Occasion } from "./model.ts";
import { declaredIn, id, ids } from "./read-declared.ts";
import {
  flag,
  listOfUnique,
  mapOf,
  object,
  report,
  scalarOf,
  wrongType,
  idMatching,
  ID,
} from "./read.ts";
import type { Fields, Read } from "./read.ts";

type ItemsOf = Readonly<Record<string, readonly string[] | "all">>;
/** An occasion as written: what it does not say is `null`. */
interface Draft extends Declared {
  readonly requires: readonly string[] | null;
  readonly offers: readonly string[] | null;
  readonly declares: readonly string[] | null;
  readonly consents: Occasion["consents"] | null;
  readonly purposes: ItemsOf | null;
  readonly methods: readonly string[] | null;
  readonly makes: readonly string[] | null;
  readonly opens: boolean;
  readonly automatic: boolean;
  readonly isolated: boolean;
  readonly exclusive: boolean;
  readonly sameAs: string | null;
}

export const occasions: Read<Readonly<Record<string, Occasion>>> = (at) => {
  const drafts = mapOf((name, inner) => object((fields) => draft(name, fields))(inner))(at);
  const filled: Record<string, Occasion> = Object.create(null) as Record<string, Occasion>;
  for (const [name, one] of Object.entries(drafts)) {
    const model = one.sameAs === null ? undefined : drafts[one.sameAs];
    filled[name] = fillIn(one, model);
  }
  return filled;
};

const consentsAsked: Read<Occasion["consents"]> = object((fields) => ({
  requires: fields.may("requires", ids, []),
  offers: fields.may("offers", ids, []),
}));

const itemsOfPurpose: Read<readonly string[] | "all"> = (at) => {
  if (at.node.kind === "list") return ids(at);
  if (scalarOf(at) !== "all") wrongType(at, "a list of items or `all`");
  return "all";
};

const purposesServed: Read<ItemsOf> = (at) => {
  if (at.node.kind === "list") {
    const named = listOfUnique(idMatching(ID))(at);
    return Object.fromEntries(named.filter((one) => one !== "").map((one) => [one, "all"]));
  }
  return mapOf((_, inner) => itemsOfPurpose(inner))(at);
};

function draft(name: string, fields: Fields): Draft {
  return {
    ...declaredIn(name, fields),
    requires: fields.may("requires", ids, null),
    offers: fields.may("offers", ids, null),
    declares: fields.may("declares", ids, null),
    consents: fields.may("consents", consentsAsked, null),
    purposes: fields.may("for", purposesServed, null),
    methods: fields.may("methods", ids, null),
    makes: fields.may("makes", ids, null),
    opens: fields.may("opens", flag, false),
    automatic: fields.may("automatic", flag, false),
    isolated: fields.may("isolated", flag, false),
    exclusive: fields.may("exclusive", flag, false),
    sameAs: fields.may(
      "same_as",
      (at) => {
        const other = id(at);
        if (other === name) report(at, "same-as-chain", `\`${name}\` points at itself`);
        return other;
      },
      null,
    ),
  };
}

function fillIn(one: Draft, model: Draft | undefined): Occasion {
  const requires = one.requires ?? model?.requires ?? [];
  const offers = one.offers ?? model?.offers ?? [];
  const purposes: Record<string, readonly string[]> = Object.create(null) as Record<
    string,
    readonly string[]
  >;
  for (const [purpose, items] of Object.entries(one.purposes ?? model?.purposes ?? {})) {
    purposes[purpose] = items === "all" ? [...requires, ...offers] : items;
  }
  return {
    ...one,
    requires,
    offers,
    declares: one.declares ?? model?.declares ?? [],
    consents: one.consents ?? model?.consents ?? { requires: [], offers: [] },
    purposes,
    methods: one.methods ?? model?.methods ?? [],
    makes: one.makes ?? model?.makes ?? [],
  };
}
