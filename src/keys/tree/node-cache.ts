/**
 * Opened nodes, a bounded number of them, least recently used out first. What leaves is zeroed,
 * so a buffer from here must not be held across an `await`.
 */
export interface NodeCache {
  get(id: number): Buffer | undefined;
  put(id: number, keys: Buffer): void;
  drop(id: number): void;
  clear(): void;
}

/** @param limit nodes of 8 KiB kept open. */
export function createNodeCache(limit: number): NodeCache {
  const nodes = new Map<number, Buffer>(); // a Map keeps insertion order: the first is the oldest
  const drop = (id: number): void => {
    nodes.get(id)?.fill(0);
    nodes.delete(id);
  };
  return {
    get(id) {
      const keys = nodes.get(id);
      if (keys !== undefined) {
        nodes.delete(id);
        nodes.set(id, keys);
      }
      return keys;
    },
    put(id, keys) {
      if (nodes.get(id) !== keys) drop(id);
      nodes.set(id, keys);
      for (const oldest of nodes.keys()) {
        if (nodes.size <= limit) break;
        drop(oldest);
      }
    },
    drop,
    clear() {
      for (const keys of nodes.values()) keys.fill(0);
      nodes.clear();
    },
  };
}
