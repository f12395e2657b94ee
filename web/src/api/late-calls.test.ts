// @vitest-environment node
// Calls that come after the page.
import { expect, it, vi } from "vitest";
import type { User } from "../gen/confab/auth/v1/user_pb";
import type { Calls } from "./calls";
import { LateCalls, remembersNobody } from "./late-calls";

const ADA = { userId: "a" } as User;

function someCalls() {
  const remembered = { get: () => ADA, set: vi.fn(), clear: vi.fn() };
  const calls = { auth: { name: "auth" }, transport: { unary: vi.fn(async () => "answer"), stream: vi.fn() }, remembered } as unknown as Calls;
  return { calls, remembered };
}

it.each([
  ["an empty storage", () => ({ getItem: () => null }), true],
  ["somebody", () => ({ getItem: () => "somebody" }), false],
  [
    "a storage that is refused",
    () => {
      throw new Error("refused");
    },
    false,
  ],
])("nobody is there only if that is certain: %s", (_, storage, isNobody) => {
  expect(remembersNobody(storage)).toBe(isNobody);
});

it("they are fetched once, when they are needed", async () => {
  const { calls } = someCalls();
  const load = vi.fn(async () => calls);
  const late = new LateCalls(load, true);
  expect(load).not.toHaveBeenCalled();
  expect(await late.auth).toBe(calls.auth);
  const call = [{}, undefined, undefined, undefined, {}] as unknown as Parameters<Calls["transport"]["unary"]>;
  expect(await late.transport.unary(...call)).toBe("answer");
  expect(load).toHaveBeenCalledTimes(1);
});

it("what could not be fetched is fetched again", async () => {
  const { calls } = someCalls();
  const load = vi.fn<() => Promise<Calls>>().mockRejectedValueOnce(new TypeError("no net")).mockResolvedValue(calls);
  const late = new LateCalls(load, true);
  await expect(late.fetch()).rejects.toThrow("no net");
  expect(await late.fetch()).toBe(calls);
});

it("nobody is remembered before they are there, and whoever gets in after that", async () => {
  const { calls, remembered } = someCalls();
  const late = new LateCalls(async () => calls, true);
  expect(late.remembered.get()).toBeNull();
  await late.fetch();
  expect(late.remembered.get()).toBe(ADA);
  late.remembered.set(ADA);
  late.remembered.clear();
  expect(remembered.set).toHaveBeenCalledWith(ADA);
  expect(remembered.clear).toHaveBeenCalledTimes(1);
});

it("whoever was signed in is not taken for nobody because they cannot be fetched", async () => {
  const late = new LateCalls(() => Promise.reject(new TypeError("no net")), false);
  await expect(late.fetch()).rejects.toThrow("no net");
  expect(late.remembered.get()).toBeUndefined();
});
