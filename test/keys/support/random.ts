import { randomBytes } from "node:crypto";

import type { Random } from "../../../src/base/clock.ts";

/** The system's random bytes. */
export const systemRandom: Random = { bytes: (size) => randomBytes(size) };
