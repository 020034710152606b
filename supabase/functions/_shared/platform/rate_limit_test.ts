import assert from "node:assert/strict";
import { callerAddress, networkOf } from "./rate_limit.ts";

Deno.test("networkOf() counts all addresses of one IPv6 network as one", () => {
  for (
    const [address, network] of [
      ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
      ["2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
      ["[2001:db8:1:2::9]", "2001:db8:1:2::/64"],
      ["2001:db8::1", "2001:db8:0:0::/64"],
      ["fe80::1%eth0", "fe80:0:0:0::/64"],
      ["::1", "0:0:0:0::/64"],
      ["::", "0:0:0:0::/64"],
    ] as const
  ) {
    assert.equal(networkOf(address), network, address);
  }
});

Deno.test("networkOf() leaves IPv4 alone, however it is written, and what is no address", () => {
  for (
    const [address, network] of [
      ["192.0.2.7", "192.0.2.7"],
      ["::ffff:192.0.2.7", "192.0.2.7"],
      ["unknown", "unknown"],
      ["a:b:c", "a:b:c"],
      ["", ""],
    ] as const
  ) {
    assert.equal(networkOf(address), network, address);
  }
});

Deno.test("callerAddress() counts a visitor once who writes another address of theirs each time", () => {
  const of = (value: string) => callerAddress(new Headers({ "x-forwarded-for": value }));
  assert.equal(of("6.6.6.6, 2001:db8:1:2::a"), of("7.7.7.7, 2001:db8:1:2:b::"));
});
