// @vitest-environment node
// What is read before the page is drawn is for the one person who was there.
import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { openDatabase, readEarly, takeEarly } from "./early";

it("what was read early is taken once, and by nobody else", async () => {
  const before = await openDatabase("ada");
  await before.saveEpoch("e");
  before.close();
  await readEarly("ada", undefined);
  expect(takeEarly("ben")).toBeUndefined();
  const reading = takeEarly("ada");
  expect(reading?.restored).toMatchObject({ epoch: "e", conversations: [] });
  expect(takeEarly("ada")).toBeUndefined();
  (await reading?.database)?.close();
});

it("what is not read yet can be waited for", async () => {
  const isRead = readEarly("ada", undefined);
  const reading = takeEarly("ada");
  expect(reading?.restored).toBeUndefined();
  const database = await reading?.database;
  expect(await database?.restore()).toMatchObject({ conversations: [] });
  await isRead;
  database?.close();
});
