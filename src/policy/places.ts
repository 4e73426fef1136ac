import type { Node } from "./document.ts";
import { below } from "./document.ts";
import type { Place } from "./issue.ts";

/** Where each path stands: a scalar is pointed at itself, a map or list by its key. */
export type PlaceIndex = ReadonlyMap<string, Place>;

/** The places of a tree, by path: `occasions.sign_up.requires[2]`. */
export function indexPlaces(root: Node): PlaceIndex {
  const places = new Map<string, Place>([["", root.place]]);
  const visit = (node: Node, path: string): void => {
    if (node.kind === "map") {
      for (const { key, keyPlace, value } of node.entries) {
        const inner = below(path, key);
        places.set(inner, value.kind === "scalar" ? value.place : keyPlace);
        visit(value, inner);
      }
    } else if (node.kind === "list") {
      node.entries.forEach((entry, index) => {
        places.set(`${path}[${index}]`, entry.place);
        visit(entry, `${path}[${index}]`);
      });
    }
  };
  visit(root, "");
  return places;
}

const START: Place = Object.freeze({ file: "", line: 1, column: 1 });

/**
 * The place of a path, or of the nearest thing around it that is written in the file: what a
 * default filled in has no place of its own.
 * @example placeOf(places, "processors.kcp.contact") // the key `kcp`, when it names no contact
 */
export function placeOf(places: PlaceIndex, path: string): Place {
  for (let at = path; at !== ""; at = around(at)) {
    const place = places.get(at);
    if (place) return place;
  }
  return places.get("") ?? START;
}

function around(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
