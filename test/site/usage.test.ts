import { describe, expect, test } from "vitest";
import { usageItems } from "../../reference/remotemeeting/usage.ts";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Mobile/15E148 Safari/604.1";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150.0.7000.1 Safari/537.36";
const TABLET = "Mozilla/5.0 (Linux; Android 16; SM-X910) Chrome/150.0 Safari/537.36";

describe("a use of the service", () => {
  test.each([
    [IPHONE, "iOS", "phone"],
    [WINDOWS, "Windows", "desktop"],
    [TABLET, "Android", "tablet"],
    ["", "other", "desktop"],
  ])("keeps of %j only the families %s and %s", (userAgent, os, device) => {
    expect(usageItems("/me", userAgent, null)).toEqual({ os, device, usage_record: "/me" });
  });

  test.each([
    ["203.0.113.7", "ip_public", "203.0.113.7"],
    ["::ffff:203.0.113.7", "ip_public", "203.0.113.7"],
    ["2001:db8::1", "ip_public", "2001:db8::1"],
    ["127.0.0.1", "ip_private", "127.0.0.1"],
    ["::1", "ip_private", "::1"],
    ["::ffff:10.1.2.3", "ip_private", "10.1.2.3"],
    ["172.31.0.1", "ip_private", "172.31.0.1"],
    ["172.32.0.1", "ip_public", "172.32.0.1"],
    ["fd00::1", "ip_private", "fd00::1"],
    ["fe80::1", "ip_private", "fe80::1"],
  ])("files the address %s under %s", (address, item, value) => {
    expect(usageItems("/", "", address)[item]).toBe(value);
  });

  test("keeps no address that is none", () => {
    expect(Object.keys(usageItems("/", "", "unknown"))).toEqual(["os", "device", "usage_record"]);
  });
});
