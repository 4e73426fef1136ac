/** Families of systems and devices, and no more: a version or model would point at a person. */

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows/i, "Windows"],
  [/iPhone|iPad|iPod/i, "iOS"],
  [/Android/i, "Android"],
  [/CrOS/i, "ChromeOS"],
  [/Mac OS X|Macintosh/i, "macOS"],
  [/Linux/i, "Linux"],
];

/** "Windows", "macOS" … or "other". */
export function systemFamily(userAgent: string): string {
  return SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** "phone", "tablet" or "desktop". */
export function deviceFamily(userAgent: string): string {
  if (/iPad|Tablet|Android(?!.*Mobile)/i.test(userAgent)) return "tablet";
  if (/Mobile|iPhone/i.test(userAgent)) return "phone";
  return "desktop";
}
